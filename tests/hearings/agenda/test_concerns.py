"""What sets groups of opinion apart reaches the agenda: through statements and comments, not people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import sqrt

import pytest
from sqlalchemy import Engine

from hearing_app.documents.agenda_desk import draft_html
from hearing_app.hearings.agenda.arranging import begin
from hearing_app.hearings.agenda.concerns import Concern, concerns_in, concerns_of, where_heard
from hearing_app.hearings.agenda.proposal import OUTSIDE_THEMES, propose_anew
from hearing_app.hearings.comments.comment import withdraw
from hearing_app.hearings.comments.themes import name_theme, sort_comments
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.voting.casting import Vote, cast, voting_code
from hearing_app.hearings.voting.results import Counted, Results, results_of
from hearing_app.hearings.voting.statements import add
from hearing_app.store.engine import writing
from tests.hearings.agendas import AFTER, DURING, FAY, ID, KEY, act, announce, look, sign_up

STATEMENTS, VOTERS = 8, (20, 16)


def line(camp: int, statement: int) -> int:
    """Both camps agree with the first four, one of them with the next two, the other with the last two."""
    if statement <= 4:
        return 1
    return 1 if (statement <= 6) == (camp == 0) else -1


@pytest.fixture
def voted(engine: Engine) -> tuple[Hearing, list[str], list[str]]:
    """A hearing that has closed, with its comments, and the receipts they came with."""
    hearing = announce(engine)
    receipts = [sign_up(engine, speaking="no") for _ in range(STATEMENTS)]
    with writing(engine) as db:
        for number, one in enumerate(receipts, 1):
            words = f"This is statement number {number} of eight."
            add(db, FAY, ID, words, comment_id=one.comment_id, at=DURING + timedelta(hours=3))
        people = [camp for camp, size in enumerate(VOTERS) for _ in range(size)]
        for person, camp in enumerate(people):
            code = voting_code(KEY, ID, f"{person:032x}")
            for number in range(1, STATEMENTS + 1):
                sent = Vote(ID, code, number, line(camp, number), is_new=True)
                cast(db, KEY, sent, at=DURING + timedelta(hours=4))
    return hearing, [one.comment_id for one in receipts], [one.code for one in receipts]


def by_hand(results: Results) -> set[tuple[str, int]]:
    """The same, group by group and statement by statement, in plain arithmetic: no one's code but this."""
    found = set()
    for place, name in enumerate(results.groups.names):
        for one in results.statements:
            agree, seen = one.by_group[place][0], sum(one.by_group[place])
            others = [counts for number, counts in enumerate(one.by_group) if number != place]
            other, other_seen = sum(counts[0] for counts in others), sum(sum(counts) for counts in others)
            above_half = 2 * sqrt(seen + 1) * ((agree + 1) / (seen + 1) - 0.5)
            both = (agree + other + 2) / (seen + other_seen + 2)
            error = sqrt(both * (1 - both) * (1 / (seen + 1) + 1 / (other_seen + 1))) if both < 1 else 0
            gap = (agree + 1) / (seen + 1) - (other + 1) / (other_seen + 1)
            if error and above_half > 1.2816 and gap / error > 1.2816:
                found.add((name, one.statement.number))
    return found


def test_a_group_is_tied_to_the_comments_behind_what_it_alone_agrees_with(
    engine: Engine, voted: tuple[Hearing, list[str], list[str]]
) -> None:
    hearing, comments, receipts = voted
    assert look(engine, concerns_of, hearing, at=hearing.window[1]) == [], "while results are not shown"
    concerns = look(engine, concerns_of, hearing, at=AFTER)
    results = look(engine, results_of, hearing, at=AFTER)
    assert {(one.group, one.statement) for one in concerns} == by_hand(results)
    assert by_hand(results) == {("A", 5), ("A", 6), ("B", 7), ("B", 8)}
    assert all(one.comment_id == comments[one.statement - 1] for one in concerns)
    # What its author takes back ties no group to anything.
    withdraw(engine, KEY, receipts[4])
    left = {(one.group, one.statement) for one in look(engine, concerns_of, hearing, at=AFTER)}
    assert ("A", 5) not in left
    assert {("A", 6), ("B", 7), ("B", 8)} <= left


def test_one_that_only_comes_nearest_is_no_concern(
    engine: Engine, voted: tuple[Hearing, list[str], list[str]]
) -> None:
    """Where nothing is sure, the results list for a group the nearest; the agenda does not take it."""
    hearing, _, _ = voted
    results = look(engine, results_of, hearing, at=AFTER)
    weak = tuple(
        Counted(one.statement, one.votes, ((6, 5, 9), (4, 5, 7)), one.common) for one in results.statements
    )
    unsure = Results(
        results.voters, results.cast, weak, results.groups, results.apart, results.agreed, results.disagreed
    )
    assert by_hand(unsure) == set()
    assert concerns_in(unsure) == []
    none = Results(results.voters, results.cast, results.statements, results.groups, (), results.agreed, ())
    assert concerns_in(none) == [], "without clear groups"


def test_a_proposal_gives_each_group_an_item_and_nobody_the_floor(
    engine: Engine, voted: tuple[Hearing, list[str], list[str]]
) -> None:
    hearing, comments, _ = voted
    speakers = [sign_up(engine).comment_id for _ in range(12)]
    with writing(engine) as db:
        crowd = name_theme(db, FAY, ID, "Cost", at=AFTER)
        sort_comments(db, FAY, ID, crowd, into=speakers, at=AFTER)
        faces = name_theme(db, FAY, ID, "Faces", at=AFTER)
        sort_comments(db, FAY, ID, faces, into=[*comments[:1], *comments[4:6]], at=AFTER)
    draft, made = act(engine, propose_anew, act(engine, begin).revision, 65)
    items = {item.title: item for item in draft.arrangement.items}
    assert items["Faces"].comment_ids == tuple(sorted([comments[0], *comments[4:6]]))
    # What group B agrees with is in no theme: it has an item all the same.
    assert set(items[OUTSIDE_THEMES].comment_ids) == set(comments[6:8])
    assert [items[name].minutes for name in ("Faces", OUTSIDE_THEMES)] == [3, 3]
    assert [place.comment_id for name in ("Faces", OUTSIDE_THEMES) for place in items[name].places] == []
    assert set(draft.arrangement.speakers) <= set(speakers)
    assert not [matter for matter in made.unheard if matter[0] == "group"]
    heard = look(engine, where_heard, hearing, draft.arrangement.items, at=AFTER)
    numbers = {item.title: place for place, item in enumerate(draft.arrangement.items, 1)}
    outside, of_faces = numbers[OUTSIDE_THEMES], numbers["Faces"]
    assert [(one.group, one.items) for one in heard] == [("A", (of_faces,)), ("B", (outside,))]
    page = draft_html(draft, hearing, {}, heard)
    assert f"<strong>Group A:</strong> heard in item {of_faces}" in page
    assert f'statement 7 from comment <span class="comment-number">{comments[6]}</span>' in page
    assert "in no item yet" in draft_html(draft, hearing, {}, [replace(heard[0], items=())])
    assert "Groups of opinion" not in draft_html(draft, hearing, {})
    # An agenda without these items says so; one without minutes for them, too.
    assert [one.items for one in look(engine, where_heard, hearing, (), at=AFTER)] == [(), ()]
    empty = items["Faces"].model_copy(update={"minutes": 0})
    assert look(engine, where_heard, hearing, [empty], at=AFTER)[0].items == ()
    assert Concern("A", 5, comments[4]) in heard[0].concerns
