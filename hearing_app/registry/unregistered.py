"""Systems that are known from elsewhere and that have no entry here: what is missing, with where it is known
from.

Each is a file of its own below ``registry/unregistered``. It says that a system exists, and nothing more:
what it does is for an entry to say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from hearing_app.errors import Fault
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.files import read_documents
from hearing_app.registry.text import Address, Line, Prose, Slug
from hearing_app.registry.vocabulary import PolicingFunction

FOLDER = "unregistered"


class KnownFrom(BaseModel):
    """The source from which a system is known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line
    publisher: Line
    date: PartialDate | None = Field(None, description="When it was published; absent if it bears no date.")
    address: Address | None = Field(
        None, description="Absent where only copies on unrelated sites were found."
    )


class Unregistered(BaseModel):
    """A system that is known and has no entry in this register."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Unregistered system")

    name: Line
    agency: Slug = Field(description="The agency's id: the same as in its entries, if it has any.")
    agency_name: Line
    country: Line
    function: PolicingFunction
    known_from: KnownFrom
    note: Prose | None = None
    entry: Slug | None = Field(
        None, description="The id of the entry, once there is one: the system then counts as registered."
    )


def unregistered_in(registry: Path) -> tuple[Unregistered, ...]:
    """Return the systems that a register's folder names now, by name; a file with a fault names none."""
    return _read_as_it_is(registry, _state_of(registry / FOLDER))[0]


def _state_of(folder: Path) -> tuple[tuple[str, int, int], ...]:
    if not folder.is_dir():
        return ()
    found = [(file.name, file.stat()) for file in sorted(folder.glob("*.yaml"))]
    return tuple((name, status.st_mtime_ns, status.st_size) for name, status in found)


@lru_cache(maxsize=4)
def _read_as_it_is(
    registry: Path, _state: tuple[tuple[str, int, int], ...]
) -> tuple[tuple[Unregistered, ...], tuple[Fault, ...]]:
    return read_unregistered(registry)


def read_unregistered(registry: Path) -> tuple[tuple[Unregistered, ...], tuple[Fault, ...]]:
    """Return the systems that a register's folder names, by name, and every fault; no folder names none."""
    if not (registry / FOLDER).is_dir():
        return (), ()
    documents, faults = read_documents(registry, FOLDER, Unregistered)
    found = sorted((one for _, one in documents), key=lambda one: (one.name.casefold(), one.agency))
    return tuple(found), (*faults, *_twice(documents))


def _twice(documents: Iterable[tuple[str, Unregistered]]) -> list[Fault]:
    first: dict[tuple[str, str], str] = {}
    names: dict[str, tuple[str, str]] = {}
    found = []
    for file, one in documents:
        other = first.setdefault((one.agency, one.name.casefold()), file)
        if other != file:
            problem = f"{other} names the same system of the same agency."
            found.append(Fault(file, "name", problem, "Keep one of the two files."))
        name, where = names.setdefault(one.agency, (one.agency_name, file))
        if name != one.agency_name:
            problem = f"For “{one.agency}” this differs from {where}."
            found.append(Fault(file, "agency_name", problem, f"Write “{name}” here, or correct it there."))
    return found


def faults_beside(
    unregistered: Iterable[Unregistered], agencies: dict[str, str], entries: Collection[str]
) -> list[Fault]:
    """Return where these systems and the entries do not fit: an agency by another name, an entry not there.

    ``agencies`` are the names of the agencies that have entries, by id; ``entries`` the ids of the entries.
    """
    found = []
    for one in unregistered:
        file = f"{FOLDER}: {one.name}"
        name = agencies.get(one.agency, one.agency_name)
        if name != one.agency_name:
            problem = f"The entries of “{one.agency}” bear another name."
            found.append(Fault(file, "agency_name", problem, f"Write “{name}”."))
        if one.entry is not None and one.entry not in entries:
            problem = f"There is no entry “{one.entry}”."
            found.append(Fault(file, "entry", problem, "Correct the id, or leave it out."))
    return found


def still_missing(unregistered: Iterable[Unregistered], entries: Collection[str]) -> list[Unregistered]:
    """Return those that have no entry yet."""
    return [one for one in unregistered if one.entry is None or one.entry not in entries]
