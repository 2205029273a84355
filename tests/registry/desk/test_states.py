"""Every role, state and act, of the same agency or another, as writer or not: called directly.

What is expected is written here from what the desk is for, not from the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Engine, update

from hearing_app.errors import ConfirmAgain, Conflict, Forbidden, HearingError, NotFound
from hearing_app.people.permissions import Actor, Role
from hearing_app.registry.desk import acts
from hearing_app.registry.desk.drafts import Draft, Remark
from hearing_app.registry.desk.states import MOVES, NEEDS, DeskAct, DraftState
from hearing_app.store.engine import writing
from hearing_app.store.tables import desk_draft
from tests.registry.desk.conftest import NOTE, Begun
from tests.signers import RIVERTON

# For each state, which acts it allows: a writer's own (w), a second person's (s), anyone's of the agency (a).
ALLOWED = {
    "drafted": {"save": "a", "move_on": "a", "submit": "a", "discard": "a"},
    "submitted": {"take_back": "w", "return": "s", "approve": "s"},
    "returned": {"save": "a", "move_on": "a", "submit": "a", "discard": "a"},
    "published": {},
    "discarded": {},
}
WHO = {"take_back": "w", "return": "s", "approve": "s"}
CALLS: dict[str, Callable[[Draft, datetime], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]] = {
    "save": lambda draft, now: (acts.save, ({**draft.document, "aliases": ["Another"]},), {"at": now}),
    "move_on": lambda _, now: (acts.move_on, (), {"at": now}),
    "submit": lambda _, now: (
        acts.submit,
        (),
        {"note": NOTE, "dataset_ids": (), "rules": (), "at": now},
    ),
    "discard": lambda _, now: (acts.discard, (), {"at": now}),
    "take_back": lambda _, now: (acts.take_back, (), {"at": now}),
    "return": lambda _, now: (acts.send_back, ([Remark("name", "Shorter.")],), {"at": now}),
    "approve": lambda _, now: (acts.approve, (), {"dataset_ids": (), "rules": (), "at": now}),
}


class _RollBack(Exception):
    """Ends a transaction of which nothing may stay."""


def expected(
    role: Role, state: str, act: str, *, own_agency: bool, writer: bool, fresh: bool
) -> type[HearingError] | None:
    if role is not Role.PUBLISHER:
        return Forbidden
    if act == "approve" and not fresh:
        return ConfirmAgain
    if not own_agency:
        return NotFound
    if (WHO.get(act) == "w" and not writer) or (WHO.get(act) == "s" and writer):
        return Forbidden
    if act not in ALLOWED[state]:
        return Conflict
    # There is no published version to move on to.
    return NotFound if act == "move_on" else None


def cells() -> Iterator[tuple[Role, str, str, bool, bool, bool]]:
    yield from product(Role, ALLOWED, CALLS, (True, False), (True, False), (True, False))


def test_every_cell_is_as_the_table_says(record: Engine, begun: Begun, now: datetime) -> None:
    draft = begun()
    wrong = []
    looked_at = list(cells())
    for role, state, act, own_agency, writer, fresh in looked_at:
        agency = RIVERTON if own_agency else "harbour-police"
        actor = Actor(role, "ab12", agency, fresh)
        names = {"author": actor.name if writer else "publisher:ada1", "last_editor": "publisher:ada1"}
        call, given, more = CALLS[act](draft, now)
        refusal: HearingError | None = None
        written = 0
        try:
            with writing(record) as db:
                submitter = "publisher:ada1" if state == "submitted" else ""
                db.execute(update(desk_draft).values(state=state, submitted_by=submitter, **names))
                raw: Any = db.connection.driver_connection
                before = raw.total_changes
                try:
                    call(db, actor, draft.draft_id, *given, revision=draft.revision, **more)
                except HearingError as error:
                    refusal = error
                written = raw.total_changes - before
                raise _RollBack
        except _RollBack:
            pass
        wanted = expected(role, state, act, own_agency=own_agency, writer=writer, fresh=fresh)
        if (type(refusal) if refusal else None) is not wanted or bool(written) != (wanted is None):
            wrong.append((role, state, act, own_agency, writer, fresh, repr(refusal), written))
    assert wrong == []
    assert len(looked_at) == len(Role) * 5 * 7 * 8


def test_the_table_has_no_other_states_or_acts() -> None:
    assert {str(one) for one in DraftState} == set(ALLOWED)
    assert {str(one) for one in DeskAct} - {"begin"} == set(CALLS) == {str(one) for one in NEEDS}
    listed = {(state, act) for state, allowed in ALLOWED.items() for act in allowed}
    assert {(str(state), str(act)) for state, act in MOVES} == listed


@pytest.mark.parametrize("state", ["published", "discarded"])
def test_nothing_leads_out_of_an_end(state: str) -> None:
    assert not [one for one in MOVES if one[0] == state]


def test_what_a_draft_offers_is_what_is_done(begun: Begun) -> None:
    """The buttons of the page and the refusals of the functions say the same."""
    draft = begun()
    for role, act, writer in product(Role, NEEDS, (True, False)):
        actor = Actor(role, "ada1" if writer else "ab12", RIVERTON)
        outcome = expected(
            role, "drafted", act, own_agency=True, writer=writer and role is Role.PUBLISHER, fresh=True
        )
        assert draft.allows(actor, act) == (outcome in {None, NotFound}), (role, act, writer)
