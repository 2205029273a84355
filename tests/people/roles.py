"""What the table of roles is made of: one call, what it needs, and what it finds in the record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hearing_app.errors import HearingError
from hearing_app.hearings.comments.cards import Typed
from hearing_app.hearings.hearing import Hearing
from hearing_app.people.accounts import Account
from hearing_app.people.permissions import Act

# What the state of a comment allows a facilitator, written from the rules of moderation.
ALLOWED_MOVES = {
    "submitted": {"published", "held", "rejected"},
    "held": {"published", "rejected"},
    "published": {"held"},
    "rejected": set(),
    "withdrawn": set(),
}
Call = Callable[..., Any]
# Where it is guarded, the act, the function, what it is given, and what it says to whoever may do it.
Calls = tuple[tuple[str, Act, Call, dict[str, Any], type[HearingError] | None], ...]


@dataclass(frozen=True)
class Row:
    """One guarded call in one state: what it needs, and what it says to whoever may do it."""

    where: str
    act: Act
    call: Call
    state: str = ""
    says: type[HearingError] | None = None
    # A few functions take the engine, because they work in several transactions.
    takes_engine: bool = False
    # What one is asked to confirm, where the function asks for it whatever the act.
    confirms: str = ""


@dataclass(frozen=True)
class Worked:
    """What another facilitator has done in the hearing, each thing in its own comment."""

    appealed: str
    proposed: str
    redacted: str
    file_id: str
    translated: str
    card: str
    typed: Typed
    theme: int
    statement: int
    draft_id: str


@dataclass(frozen=True)
class World:
    """A record with a comment in every state, with accounts in both, and with the work of a colleague."""

    hearing: Hearing
    comments: dict[str, str]
    speaking: str
    open: Account
    disabled: Account
    invited: str
    worked: Worked
    folder: Path
