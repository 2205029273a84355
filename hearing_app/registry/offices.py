"""For which agency a publisher speaks: one that the register has an entry about, or one said to be new.

An account for an agency that nobody else names gets nothing: no request, no question, no entry. So what is
typed is compared with the register first, wherever an account is made or changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches

from sqlalchemy import Connection

from hearing_app.errors import Fault, Invalid
from hearing_app.registry.published import names_of_agencies
from hearing_app.registry.text import SLUG

_MOST = 8
_LIKE = 0.6


def agency_for(db: Connection, said: str, *, is_new: bool = False) -> str:
    """Return the id of the agency that was named by its id, or by a name that one agency alone has.

    ``is_new`` says that an agency without an entry is meant; one that has an entry is found all the same. ""
    stays "". Raises ``Invalid``, which names what the register has, for an agency that it does not know, and
    for a new one whose id is no id.
    """
    wanted = " ".join(said.split())
    if not wanted:
        return ""
    names = names_of_agencies(db)
    if wanted in names:
        return wanted
    folded = wanted.casefold()
    meant = [one for one, name in names.items() if folded in {one, " ".join(name.split()).casefold()}]
    if len(meant) == 1:
        return meant[0]
    if is_new:
        if len(wanted) > 80 or not re.fullmatch(SLUG, wanted):
            problem = f"“{wanted[:80]}” is no agency's id."
            repair = "Use small letters, digits and single hyphens, such as riverton-police."
            raise Invalid("The agency was not taken.", [Fault("", "agency", problem, repair)])
        return wanted
    if meant:
        problem = f"{len(meant)} agencies are called “{wanted[:80]}”."
        repair = f"Use the id of one: {_listed(names, sorted(meant))}."
    else:
        problem = f"The register has no entry about an agency “{wanted[:80]}”."
        repair = _repair(names, folded)
    raise Invalid("The agency was not taken.", [Fault("", "agency", problem, repair)])


def _repair(names: Mapping[str, str], folded: str) -> str:
    new = "For an agency that has no entry yet, say that it is new (--new-agency)."
    if not names:
        return f"It has no agency yet. {new}"
    if near := _near(names, folded):
        return f"Like it are: {_listed(names, near)}. {new}"
    more = f", and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"It has: {_listed(names, sorted(names))}{more}. {new}"


def _near(names: Mapping[str, str], folded: str) -> list[str]:
    """Return the agencies whose id or name is like what was typed, or holds it, the likest first."""
    words = {one: (one, name.casefold()) for one, name in names.items()}
    every = {text: one for one, both in words.items() for text in both}
    like = [every[text] for text in get_close_matches(folded, list(every), n=_MOST, cutoff=_LIKE)]
    held = [one for one, both in sorted(words.items()) if any(folded in text for text in both)]
    return list(dict.fromkeys([*like, *held]))


def _listed(names: Mapping[str, str], agencies: list[str]) -> str:
    return "; ".join(f"{one} ({names[one]})" for one in agencies[:_MOST])
