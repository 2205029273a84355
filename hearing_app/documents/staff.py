"""The lists of accounts and of open invitations, for administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hearing_app.documents.render import render
from hearing_app.people.invitations import OpenInvitation
from hearing_app.people.staff import Member


def staff_html(members: Sequence[Member], *, own: str) -> str:
    """Return the table of accounts; ``own`` is the reader's own account."""
    return render("staff", members=members, own=own)


def invitations_html(invitations: Sequence[OpenInvitation], agencies: Mapping[str, str]) -> str:
    """Return the table of open invitations; never the links, which nobody can make out any more.

    ``agencies`` are the names of the agencies in the register, by id; another one is called by its id.
    """
    return render("invitations", invitations=invitations, agencies=agencies)
