"""The one table of supervision: which step is whose, from which states it can be taken, where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hearing_app.people.permissions import Act, Actor, may
from hearing_app.registry.supervision.vocabulary import State, Step

AUDIT, ANSWER = Act.CARRY_OUT_AUDITS, Act.ANSWER_AUDITS
_BEFORE_REPORT = frozenset({State.PLANNED, State.IN_PROGRESS})
_AT_WORK = frozenset({State.IN_PROGRESS, State.REPORTED})
_BEGUN_OR_OVER = frozenset({State.IN_PROGRESS, State.REPORTED, State.CLOSED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Move:
    """Who takes a step, from which states, and to which state it leads; ``None`` where the state stays."""

    acts: tuple[Act, ...]
    states: frozenset[State]
    to: State | None = None


# A body's word is never cut off: it replies also after an audit was closed or cancelled, and says of a
# cancelled one's remedies that they are done. In a closed one none is open. Corrections stand
# beside what they correct at any time, and belong to the side that said it (see ``acting``).
MOVES: Mapping[Step, Move] = {
    Step.PLANNED: Move((AUDIT,), frozenset(), State.PLANNED),
    Step.BEGUN: Move((AUDIT,), frozenset({State.PLANNED}), State.IN_PROGRESS),
    Step.POSTPONED: Move((AUDIT,), _BEFORE_REPORT),
    Step.FINDING: Move((AUDIT,), _AT_WORK),
    Step.REPLY: Move((ANSWER,), _BEGUN_OR_OVER),
    Step.REMEDY: Move((AUDIT, ANSWER), _AT_WORK),
    Step.DONE: Move((ANSWER,), _AT_WORK | {State.CANCELLED}),
    Step.RETURNED: Move((AUDIT,), _AT_WORK),
    Step.REPORTED: Move((AUDIT,), frozenset({State.IN_PROGRESS}), State.REPORTED),
    Step.CORRECTION: Move((AUDIT, ANSWER), frozenset(State)),
    Step.CLOSED: Move((AUDIT,), frozenset({State.REPORTED}), State.CLOSED),
    Step.CANCELLED: Move((AUDIT,), _BEFORE_REPORT, State.CANCELLED),
}


def steps_open_to(actor: Actor, state: State) -> list[Step]:
    """Return the steps that the table gives an actor's role in a state, in the table's order."""
    return [
        step
        for step, move in MOVES.items()
        if state in move.states and any(may(actor, act) for act in move.acts)
    ]
