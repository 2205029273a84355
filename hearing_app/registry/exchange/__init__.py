"""Entries in the words of other standards, and back: what the other side can hold is kept, the rest is named.

A module for each standard. Its ``write`` turns the fields of an entry (or of a draft) into the other side's
document and its ``read`` turns a document into the fields of a draft. What an export cannot hold is found by
reading it back and comparing (``trip``), so that no loss can be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Draft = dict[str, Any]
"""Fields of an entry as JSON carries them, without sources: not yet fit to publish."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A stated field, or a part of one ("suppliers.note"), that the other side does not give back."""

    field: str
    why: str


@dataclass(frozen=True, slots=True)
class Export:
    """An entry as the other standard has it.

    ``missing`` are what that standard asks for and the entry does not state; ``caveats`` what whoever hands
    it on should know.
    """

    document: Any
    not_held: tuple[Lost, ...] = ()
    missing: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unplaced:
    """Something that the other side says and that no field of ours can take, as it was said."""

    place: str
    said: Any
    why: str


@dataclass(frozen=True, slots=True)
class Import:
    """A draft made from another standard's document, and what of that document is not in it."""

    draft: Draft
    unplaced: tuple[Unplaced, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What the register itself knows of the version that is exported: where it stands and when it came.

    ``base`` is the public address of the service and ``address`` that of the entry's lasting page.
    """

    base: str = ""
    address: str = ""
    published_at: str = ""
    version: int = 0
    sha256: str = ""
