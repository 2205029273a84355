"""What is proposed: within the minutes, nobody twice, every matter heard where that can be, by the draw."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.hearings.agenda.proposing import (
    Fixed,
    Proposal,
    Speaker,
    Topic,
    choose,
    propose,
    worth,
)

NAMES = [f"C-{number}" for number in range(8)]
THEMES, QUESTIONS, GROUPS = ("pictures", "stops", "cost"), ("", "use", "rules"), ("A", "B", "C")
TOPICS = tuple(Topic("theme", one, one.capitalize(), (f"X-{one}",)) for one in THEMES)


def a_speaker(comment_id: str) -> st.SearchStrategy[Speaker]:
    return st.builds(
        Speaker,
        comment_id=st.just(comment_id),
        interpreter=st.booleans(),
        first_time=st.booleans(),
        themes=st.lists(st.sampled_from(THEMES), unique=True, max_size=2).map(tuple),
        question=st.sampled_from(QUESTIONS),
        system=st.just("cameras"),
    )


some_speakers = st.integers(0, 8).flatmap(
    lambda count: st.tuples(*(a_speaker(name) for name in NAMES[:count])).map(list)
)
some_minutes = st.integers(0, 30)
a_draw = st.permutations(NAMES)
some_topics = st.tuples(
    *(
        st.builds(
            Topic,
            kind=st.just("theme"),
            name=st.just(name),
            title=st.just(name),
            comment_ids=st.just((f"X-{name}",)),
            groups=st.lists(st.sampled_from(GROUPS), unique=True, max_size=3).map(tuple),
        )
        for name in THEMES
    )
)


def spoken(proposal: Proposal) -> list[Speaker]:
    return [person for item in proposal.items for person in item.speakers]


def voiced(proposal: Proposal) -> set[str]:
    return {group for item in proposal.items if item.topic for group in item.topic.groups}


def best_by_hand(speakers: list[Speaker], minutes: int) -> tuple[int, int]:
    """Every set of speakers that fits, looked at one by one."""
    sets = (some for size in range(len(speakers) + 1) for some in combinations(speakers, size))
    return max(
        worth({matter for one in some for matter in one.matters})
        for some in sets
        if sum(6 if one.interpreter else 3 for one in some) <= minutes
    )


@settings(max_examples=150, deadline=None)
@given(some_speakers, some_minutes, a_draw)
def test_the_minutes_hold_nobody_speaks_twice_and_everyone_is_accounted_for(
    speakers: list[Speaker], minutes: int, draw: list[str]
) -> None:
    made = propose([*speakers, *speakers[:3]], minutes, draw, topics=TOPICS)
    there = [one.comment_id for one in spoken(made)]
    assert len(set(there)) == len(there)
    needed = sum(6 if one.interpreter else 3 for one in spoken(made))
    assert needed + sum(item.minutes for item in made.items) == made.used <= max(minutes, 0)
    assert {*there, *(one.comment_id for one in made.waiting)} == {one.comment_id for one in speakers}
    assert [one.number for one in made.waiting] == list(range(1, len(made.waiting) + 1))


@settings(max_examples=150, deadline=None)
@given(some_speakers, some_minutes, a_draw)
def test_as_much_is_heard_as_any_choice_could_let_be_heard(
    speakers: list[Speaker], minutes: int, draw: list[str]
) -> None:
    made = propose(speakers, minutes, draw, topics=TOPICS)
    heard = {matter for one in spoken(made) for matter in one.matters}
    assert worth(heard) == best_by_hand(speakers, minutes)
    wished = {matter for one in speakers for matter in one.matters}
    assert set(made.unheard) == wished - heard


@settings(max_examples=80, deadline=None)
@given(some_speakers, some_minutes, a_draw, st.randoms(use_true_random=False))
def test_in_which_order_wishes_come_makes_no_difference(
    speakers: list[Speaker], minutes: int, draw: list[str], shuffler: object
) -> None:
    mixed = list(speakers)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    assert propose(mixed, minutes, draw, topics=TOPICS) == propose(speakers, minutes, draw, topics=TOPICS)


@settings(max_examples=80, deadline=None)
@given(some_speakers, some_minutes, a_draw)
def test_a_minute_more_never_lowers_what_is_heard_nor_whom_the_draw_puts_first(
    speakers: list[Speaker], minutes: int, draw: list[str]
) -> None:
    queue = sorted(speakers, key=lambda one: (not one.first_time, draw.index(one.comment_id)))
    fewer, more = ([one in choose(queue, each)[0] for one in queue] for each in (minutes, minutes + 1))
    heard = [
        worth({matter for one, is_in in zip(queue, some, strict=True) if is_in for matter in one.matters})
        for some in (fewer, more)
    ]
    assert heard[1] >= heard[0]
    # Where nothing else can be heard, the first place at which the two differ goes to somebody more.
    if heard[1] == heard[0]:
        assert more >= fewer


def test_a_minute_more_can_take_somebody_their_place() -> None:
    queue = [Speaker("long", interpreter=True), Speaker("short")]
    assert [one.comment_id for one in choose(queue, 5)[0]] == ["short"]
    assert [one.comment_id for one in choose(queue, 6)[0]] == ["long"]


def test_an_interpreter_doubles_the_minutes() -> None:
    assert Speaker("a").minutes() == 3
    assert Speaker("a", interpreter=True).minutes() == 6
    assert Speaker("a", interpreter=True).minutes(2) == 4


def test_first_time_speakers_come_before_the_draw_and_the_draw_before_arrival() -> None:
    speakers = [Speaker("C-1"), Speaker("C-2"), Speaker("C-3", first_time=True)]
    made = propose(speakers, 6, ["C-2", "C-1", "C-3"])
    assert [one.comment_id for one in spoken(made)] == ["C-3", "C-2"]
    assert [(one.number, one.comment_id, one.why) for one in made.waiting] == [(1, "C-1", "time")]


def test_somebody_is_passed_over_so_that_a_theme_is_heard_and_is_told_why() -> None:
    speakers = [Speaker("C-1", themes=("stops",)), Speaker("C-2", themes=("stops",))]
    speakers.append(Speaker("C-3", themes=("cost",)))
    made = propose(speakers, 6, ["C-1", "C-2", "C-3"], topics=TOPICS)
    assert [one.comment_id for one in spoken(made)] == ["C-1", "C-3"]
    assert [(one.comment_id, one.why) for one in made.waiting] == [("C-2", "voice")]


def test_one_who_speaks_for_two_matters_makes_room_for_a_third() -> None:
    """A first-come choice of the draw would take C-1 and C-2, and never hear the cost."""
    speakers = [
        Speaker("C-1", themes=("pictures",)),
        Speaker("C-2", themes=("stops",)),
        Speaker("C-3", themes=("stops", "cost")),
    ]
    made = propose(speakers, 6, ["C-1", "C-2", "C-3"], topics=TOPICS)
    assert {one.comment_id for one in spoken(made)} == {"C-1", "C-3"}
    assert made.unheard == ()


@settings(max_examples=200, deadline=None)
@given(some_speakers, some_minutes, a_draw, some_topics)
def test_every_group_is_heard_that_half_of_the_minutes_could_let_be_heard(
    speakers: list[Speaker], minutes: int, draw: list[str], topics: tuple[Topic, ...]
) -> None:
    made = propose(speakers, minutes, draw, topics=topics)
    assert made.used <= minutes
    # Every set of items that could be read out within half of the minutes, looked at one by one.
    sets = (some for size in range(len(topics) + 1) for some in combinations(topics, size))
    possible = max(len({g for one in some for g in one.groups}) for some in sets if 6 * len(some) <= minutes)
    assert len(voiced(made)) >= possible
    everyone = {group for one in topics for group in one.groups}
    assert {name for kind, name in made.unheard if kind == "group"} == everyone - voiced(made)


@settings(max_examples=150, deadline=None)
@given(some_speakers, some_minutes, a_draw, some_topics)
def test_groups_keep_minutes_and_never_choose_who_speaks(
    speakers: list[Speaker], minutes: int, draw: list[str], topics: tuple[Topic, ...]
) -> None:
    """Who speaks is who would speak without any group, were there some minutes less."""
    made = propose(speakers, minutes, draw, topics=topics)
    without = tuple(replace(one, groups=()) for one in topics)
    shorter = [propose(speakers, minutes - 3 * kept, draw, topics=without) for kept in range(4)]
    names = {one.comment_id for one in spoken(made)}
    assert names in [{one.comment_id for one in spoken(other)} for other in shorter]


def test_an_item_of_a_group_is_kept_where_nobody_was_drawn_for_it() -> None:
    topics = (TOPICS[0], replace(TOPICS[1], groups=("A",)), replace(TOPICS[2], groups=("A", "B")))
    speakers = [Speaker(name, themes=("pictures",)) for name in ("C-1", "C-2", "C-3")]
    plain = propose(speakers, 9, ["C-2", "C-3", "C-1"], topics=TOPICS)
    assert [(item.title, len(item.speakers)) for item in plain.items] == [("Pictures", 3)]
    # One item in which both groups are heard is enough, and the last in the draw waits.
    made = propose(speakers, 9, ["C-2", "C-3", "C-1"], topics=topics)
    assert [(i.title, i.minutes, [one.comment_id for one in i.speakers]) for i in made.items] == [
        ("Pictures", 0, ["C-2", "C-3"]),
        ("Cost", 3, []),
    ]
    assert [(one.comment_id, one.why) for one in made.waiting] == [("C-1", "time")]
    # Who is drawn for the group's theme gives it a voice, and nothing is kept.
    drawn = propose([*speakers, Speaker("C-4", themes=("cost",))], 9, ["C-4", "C-2", "C-3"], topics=topics)
    assert [(item.title, item.minutes) for item in drawn.items] == [("Pictures", 0), ("Cost", 0)]
    # Half of the minutes is the most: of two minutes' turns one fits into five.
    short = propose(speakers, 5, ["C-2", "C-3", "C-1"], topics=topics, each=3)
    assert [(item.title, item.minutes) for item in short.items] == [("Pictures", 0)]
    assert set(short.unheard) == {("group", "A"), ("group", "B")}


def test_fixed_items_stand_where_they_belong_and_the_break_in_the_middle() -> None:
    fixed = (
        Fixed("Opening", "opening", 5),
        Fixed("Statement of the force", "statement", 10),
        Fixed("Break", "break", 10, "middle"),
        Fixed("Closing", "closing", 5, "end"),
    )
    speakers = [Speaker(f"C-{n}", themes=(theme,)) for n, theme in enumerate(("stops", "cost"))]
    made = propose(speakers, 36, ["C-0", "C-1"], topics=TOPICS[1:], fixed=fixed)
    assert [item.title for item in made.items] == [
        "Opening", "Statement of the force", "Stops", "Break", "Cost", "Closing",
    ]  # fmt: skip
    assert (made.used, made.there) == (36, 36)
    none = propose(speakers, 30, ["C-0", "C-1"], topics=TOPICS, fixed=fixed)
    assert spoken(none) == []
    assert len(none.waiting) == 2


def test_who_has_a_place_keeps_it_and_counts() -> None:
    kept = Speaker("C-9", themes=("stops",), interpreter=True)
    made = propose([Speaker("C-1", themes=("stops",)), kept], 9, ["C-1"], topics=TOPICS, placed=(kept,))
    assert [one.comment_id for one in spoken(made)] == ["C-9", "C-1"]
    assert made.used == 9


def test_without_wishes_the_comments_are_summed_up_and_without_anything_there_is_nothing() -> None:
    made = propose([], 7, [], topics=TOPICS)
    assert [(item.title, item.minutes) for item in made.items] == [("Pictures", 3), ("Stops", 3)]
    assert propose([], 60, []).items == ()


def test_without_themes_questions_and_systems_make_the_items() -> None:
    topics = (Topic("question", "use", "Should it be used?"), Topic("system", "cameras", "Street cameras"))
    speakers = [Speaker("C-1", question="use"), Speaker("C-2", system="cameras"), Speaker("C-3")]
    made = propose(speakers, 60, ["C-1", "C-2", "C-3"], topics=topics)
    assert [(item.title, [one.comment_id for one in item.speakers]) for item in made.items] == [
        ("Should it be used?", ["C-1"]),
        ("Street cameras", ["C-2"]),
        ("Other matters", ["C-3"]),
    ]


@pytest.mark.parametrize("count", [200])
def test_two_hundred_wishes_for_forty_themes_are_weighed(count: int) -> None:
    themes = [f"theme-{n}" for n in range(40)]
    speakers = [
        Speaker(f"C-{n:03}", n % 7 == 0, n % 3 == 0, (themes[n % 40], themes[(n * 7) % 40]))
        for n in range(count)
    ]
    topics = [Topic("theme", one, one, (f"X-{one}",), ("ABCDE"[n % 5],)) for n, one in enumerate(themes)]
    made = propose(speakers, 60, [one.comment_id for one in speakers], topics=topics)
    assert made.used <= 60
    assert voiced(made) == set("ABCDE")
    assert len(spoken(made)) + len(made.waiting) == count
