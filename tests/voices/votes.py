"""Made-up votes, from a seed: people of known camps, who see some statements and slip now and then."""

from __future__ import annotations

import random

Event = tuple[int, int, int]


def camps(sizes: tuple[int, ...], statements: int, *, seed: int = 7, slips: float = 0.1) -> list[Event]:
    """Return votes of camps that disagree in turn: the camp of participant p is found with ``camp_of``."""
    lots = random.Random(seed)
    lines = [[lots.choice((1, -1)) for _ in range(statements)] for _ in sizes]
    events = []
    for participant, camp in enumerate(camp for camp, size in enumerate(sizes) for _ in range(size)):
        for statement in lots.sample(range(statements), k=max(7, statements * 2 // 3)):
            vote = lines[camp][statement] if lots.random() > slips else lots.choice((1, 0, -1))
            events.append((participant, statement, vote))
    lots.shuffle(events)
    return events


def camp_of(sizes: tuple[int, ...]) -> list[int]:
    """Return the camp of each participant, in the order of their numbers."""
    return [camp for camp, size in enumerate(sizes) for _ in range(size)]
