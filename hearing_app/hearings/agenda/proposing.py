"""Who gets the floor, and in which item: a proposal from wishes to speak, within the minutes there are.

A pure function of what it is given, so anyone can repeat it. The aim is a fair floor: each theme, then each
question that somebody wishes to speak for has a voice before anyone's second matter is heard, wherever the
minutes allow. ``RULES`` says in the public's words what is done, and in which order.

Opinion groups have a claim to items, never to speakers: what sets a group apart has its item, and where
nobody was drawn to speak in it, minutes are kept for its comments. Votes are cast without a name, and a
facilitator chooses the statements: if either could give somebody the floor, the draw would be steered.

Which voices a number of minutes allows is found exactly, not by trying luck: people speak for several matters
at once and need different minutes, so a simple first-come choice could silence a matter for no reason.

Among speakers a minute more never lowers what is heard (first themes, then questions). It can change who
speaks: somebody earlier in the draw who needs two turns' minutes, for whom there was one, then comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

MINUTES = 3
INTERPRETED = 2
"""How many times as long somebody with an interpreter speaks (California Government Code 54954.3(b)(2))."""

KEPT_AT_MOST = 2
"""At most one part in so many of the speakers' minutes is kept for what sets groups apart."""

RULES = (
    (
        "minutes",
        "Everyone has the same minutes, and twice as many with an interpreter. Comments that are read out "
        "count like any other.",
    ),
    ("once", "Nobody speaks twice."),
    (
        "voice",
        "Each theme, then each question that somebody wishes to speak about gets a voice, as far as the "
        "minutes allow.",
    ),
    (
        "groups",
        "What sets a group of opinion apart in the votes has its item: where nobody was drawn to speak in "
        "it, some minutes are kept for the comments behind it, half of the speakers' minutes at most. Votes "
        "never decide who speaks.",
    ),
    ("first", "People who have never spoken at a hearing before are looked at first, then the others."),
    (
        "draw",
        "Among them the draw decides. Somebody is passed over only when their minutes do not fit any more, "
        "or when the minutes left are needed so that another theme or question is heard.",
    ),
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """One wish to speak, by the comment it came with, and what the comment speaks for.

    ``themes`` are names; ``question`` is an id or "".
    ``own_minutes``, where they are not 0, are what a facilitator has given this one.
    """

    comment_id: str
    interpreter: bool = False
    first_time: bool = False
    themes: tuple[str, ...] = ()
    question: str = ""
    system: str = ""
    own_minutes: int = 0

    def minutes(self, each: int = MINUTES) -> int:
        """Return the minutes that this speaker needs, where everyone has ``each``."""
        return self.own_minutes or (each * INTERPRETED if self.interpreter else each)

    @property
    def matters(self) -> frozenset[tuple[str, str]]:
        """What is heard when this speaker is: pairs of a kind and a name."""
        named = [("question", self.question), *(("theme", one) for one in self.themes)]
        return frozenset(pair for pair in named if pair[1])


@dataclass(frozen=True, slots=True)
class Topic:
    """What an item can be about: a theme, a question or a system, with the comments that lie behind it.

    ``groups`` are the names of opinion groups that something in it sets apart.
    """

    kind: str
    name: str
    title: str
    comment_ids: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fixed:
    """An item without speakers, such as the opening; ``where`` is "start", "middle" or "end"."""

    title: str
    kind: str
    minutes: int
    where: str = "start"


@dataclass(frozen=True, slots=True)
class Proposed:
    """An item of a proposal: ``minutes`` are its own, beside those of its speakers."""

    title: str
    kind: str
    minutes: int
    topic: Topic | None = None
    speakers: tuple[Speaker, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody for whom there was no place: ``number`` on the waiting list from 1 on, and the rule's id."""

    number: int
    comment_id: str
    why: str


WHY = {
    "time": "Their minutes do not fit into what is left.",
    "voice": "The minutes left were needed so that another theme or question is heard.",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """An agenda as it is proposed. ``used`` minutes of ``there``; ``unheard`` are matters without a voice.

    Among these are the groups for which no item is there: ("group", "A").
    """

    items: tuple[Proposed, ...]
    waiting: tuple[Waiting, ...]
    used: int
    there: int
    unheard: tuple[tuple[str, str], ...] = field(default=())


def propose(
    speakers: Iterable[Speaker],
    minutes: int,
    order: Sequence[str],
    *,
    topics: Sequence[Topic] = (),
    fixed: Sequence[Fixed] = (),
    each: int = MINUTES,
    placed: Sequence[Speaker] = (),
) -> Proposal:
    """Propose an agenda of at most so many minutes.

    ``order`` is the draw: numbers of comments, the first to be looked at first. ``placed`` are those who have
    a place already, because a facilitator fixed it; they come first and count. Fixed items come before
    speakers: where they alone need more than the minutes, nobody has a place. A comment that comes twice
    counts once; one that the draw does not name stands behind those that it names.
    """
    there = minutes - sum(one.minutes for one in fixed)
    rank = {comment_id: place for place, comment_id in reversed(list(enumerate(order)))}
    kept = {one.comment_id: one for one in placed}
    wishing = {one.comment_id: one for one in speakers if one.comment_id not in kept}
    queue = sorted(
        wishing.values(),
        key=lambda one: (not one.first_time, rank.get(one.comment_id, len(rank)), one.comment_id),
    )
    groups = {group for topic in topics for group in topic.groups}
    claims = frozenset[str]()
    while True:
        reserved = _reserved(topics, claims, max(there, 0) // KEPT_AT_MOST // each)
        within = there - each * len(reserved)
        chosen, waiting = choose(queue, within, each=each, placed=tuple(kept.values()))
        spoken = [*kept.values(), *chosen]
        left = there - sum(one.minutes(each) for one in spoken)
        items = _seated(spoken, topics, max(left, 0), each, reserved)
        missing = groups - {group for one in items if one.topic for group in one.topic.groups}
        if missing <= claims:
            break
        # With minutes kept for these, others may lose their speakers: they are looked at again.
        claims |= missing
    items = _with_fixed(items, fixed, each)
    heard = {matter for one in spoken for matter in one.matters}
    unheard = {matter for one in wishing.values() for matter in one.matters} - heard
    unheard |= {("group", one) for one in missing}
    used = sum(one.minutes + sum(person.minutes(each) for person in one.speakers) for one in items)
    return Proposal(tuple(items), tuple(waiting), used, minutes, tuple(sorted(unheard)))


def choose(
    queue: Sequence[Speaker], there: int, *, each: int = MINUTES, placed: Sequence[Speaker] = ()
) -> tuple[list[Speaker], list[Waiting]]:
    """Return who of a queue speaks within so many minutes, in its order, and who waits.

    Whoever is next has the floor, unless then fewer themes or questions could be heard than without.
    """
    heard = frozenset[tuple[str, str]]().union(*(one.matters for one in placed))
    left = max(0, there - sum(one.minutes(each) for one in placed))
    best = most_heard(queue, left, heard, each)
    chosen: list[Speaker] = []
    waiting: list[Waiting] = []
    for place, one in enumerate(queue):
        need = one.minutes(each)
        if need > left:
            waiting.append(Waiting(len(waiting) + 1, one.comment_id, "time"))
            continue
        with_them = heard | one.matters
        if worth(with_them) == best or most_heard(queue[place + 1 :], left - need, with_them, each) == best:
            chosen.append(one)
            heard, left = with_them, left - need
        else:
            waiting.append(Waiting(len(waiting) + 1, one.comment_id, "voice"))
    return chosen, waiting


def worth(matters: Iterable[tuple[str, str]]) -> tuple[int, int]:
    """Return how many themes and questions are heard: compared in this order."""
    kinds = Counter(kind for kind, _ in matters)
    return kinds["theme"], kinds["question"]


def most_heard(
    queue: Sequence[Speaker], minutes: int, heard: frozenset[tuple[str, str]], each: int = MINUTES
) -> tuple[int, int]:
    """Return the most that can be heard (``worth``) if some of these speak within so many minutes.

    Exact: an integer programme with a yes or no for each kind of speaker and each matter, solved by HiGHS.
    """
    # Who speaks for the same matters at the same length is alike here: one of them is enough to look at. Who
    # adds nothing is left out.
    needs: dict[frozenset[tuple[str, str]], int] = {}
    for one in queue:
        adds, need = one.matters - heard, one.minutes(each)
        if adds and need <= minutes:
            needs[adds] = min(need, needs.get(adds, need))
    new = sorted(frozenset[tuple[str, str]]().union(*needs))
    everything = worth(heard | set(new))
    if _is_enough(needs, new, minutes):
        return everything
    kinds = sorted(needs.items(), key=lambda pair: sorted(pair[0]))
    # A theme weighs more than all questions together.
    weight = {"question": 1, "theme": 1 + sum(kind == "question" for kind, _ in new)}
    gain = np.array([0.0] * len(kinds) + [-float(weight[kind]) for kind, _ in new])
    # A matter is heard only if one who speaks for it does: matter - sum of its speakers <= 0.
    covers = np.zeros((len(new) + 1, len(kinds) + len(new)))
    for row, matter in enumerate(new):
        covers[row, len(kinds) + row] = 1
        covers[row, : len(kinds)] = [-float(matter in adds) for adds, _ in kinds]
    covers[len(new), : len(kinds)] = [need for _, need in kinds]
    most = np.array([0.0] * len(new) + [float(minutes)])
    found = milp(
        gain,
        constraints=LinearConstraint(covers, ub=most),
        integrality=np.ones(len(gain)),
        bounds=Bounds(0, 1),
    )
    spoken = {matter for place, matter in enumerate(new) if found.x[len(kinds) + place] > 0.5}
    return worth(heard | spoken)


def _is_enough(
    needs: Mapping[frozenset[tuple[str, str]], int], new: Sequence[tuple[str, str]], minutes: int
) -> bool:
    """Return whether everything new can surely be heard: the quick answer where there are minutes enough."""
    left, missing = minutes, set(new)
    while missing:
        adds, need = max(needs.items(), key=lambda pair: (len(pair[0] & missing) / pair[1], sorted(pair[0])))
        missing -= adds
        left -= need
        if left < 0:
            return False
    return True


def _reserved(topics: Sequence[Topic], claims: frozenset[str], most: int) -> tuple[Topic, ...]:
    """Return the topics, ``most`` of them, in which most of these groups are heard: as few as that needs.

    Of several such choices the one that comes first in the order of the topics. Every choice is looked at:
    with five groups at most, never more than five topics are needed, and topics of the same groups are alike.
    """
    alike: dict[frozenset[str], Topic] = {}
    for topic in topics:
        if adds := claims & set(topic.groups):
            alike.setdefault(adds, topic)
    open_to = list(alike.values())
    best: tuple[Topic, ...] = ()
    heard = 0
    for size in range(1, min(most, len(claims), len(open_to)) + 1):
        for some in combinations(open_to, size):
            count = len(claims & {group for topic in some for group in topic.groups})
            if count > heard:
                best, heard = some, count
        if heard == len(claims):
            break
    return best


def _seated(
    spoken: Sequence[Speaker],
    topics: Sequence[Topic],
    left: int,
    each: int,
    reserved: Sequence[Topic] = (),
) -> list[Proposed]:
    """Give each speaker an item; topics that only have comments get ``each`` minutes while there are some.

    Those ``reserved`` get theirs first.
    """
    seats: dict[tuple[str, str], list[Speaker]] = {(one.kind, one.name): [] for one in topics}
    others: list[Speaker] = []
    for one in spoken:
        mine = [("theme", name) for name in one.themes]
        mine += [("question", one.question), ("system", one.system)]
        open_to = [topic for topic in seats if topic in mine]
        themes = [topic for topic in open_to if topic[0] == "theme"]
        # Of several themes the one for which fewest speak.
        seat = min(themes or open_to[:1], key=lambda topic: len(seats[topic]), default=None)
        (others if seat is None else seats[seat]).append(one)
    own_minutes: dict[tuple[str, str], int] = {}
    for topic in (*reserved, *(one for one in topics if one.groups), *topics):
        key = topic.kind, topic.name
        if key not in own_minutes:
            own_minutes[key] = each if not seats[key] and topic.comment_ids and each <= left else 0
            left -= own_minutes[key]
    items = []
    for topic in topics:
        people, own = tuple(seats[topic.kind, topic.name]), own_minutes[topic.kind, topic.name]
        if people or own:
            items.append(Proposed(topic.title, "comments", own, topic, people))
    if others:
        items.append(Proposed("Other matters", "comments", 0, None, tuple(others)))
    return items


def _with_fixed(items: Sequence[Proposed], fixed: Sequence[Fixed], each: int) -> list[Proposed]:
    made = {
        where: [Proposed(one.title, one.kind, one.minutes) for one in fixed if one.where == where]
        for where in ("start", "middle", "end")
    }
    lengths = [one.minutes + sum(person.minutes(each) for person in one.speakers) for one in items]
    # A break stands where the two halves differ least.
    half = min(
        range(len(items), -1, -1), key=lambda place: abs(2 * sum(lengths[:place]) - sum(lengths)), default=0
    )
    return [*made["start"], *items[:half], *made["middle"], *items[half:], *made["end"]]
