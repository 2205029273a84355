"""What tests of answers share: an agency that deploys the system, people who answer, comments that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert

from hearing_app.hearings.answers.answering import Answering, enter, give
from hearing_app.hearings.answers.reading import Answer, Wait, waits_of
from hearing_app.hearings.hearing import Hearing, hearing_of
from hearing_app.hearings.moderation.deciding import decide
from hearing_app.hearings.vocabulary import State
from hearing_app.people.permissions import Actor, Role
from hearing_app.record.versions import publish_version
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import account
from tests.conftest import Send

MET = Actor(Role.PUBLISHER, "ada", "met")
OTHER = Actor(Role.PUBLISHER, "bob", "west")
FAY = Actor(Role.FACILITATOR, "fay")
TEXT = "The board looks at each of these cases every month and publishes what it finds."


@dataclass(frozen=True)
class Asked:
    """A hearing whose system an agency deploys, with what is needed to ask and to answer in it."""

    engine: Engine
    hearing: Hearing
    now: datetime
    send: Send

    def published(self, *, at: datetime | None = None, **changes: Any) -> str:
        """Send a question and publish it at once; return its number."""
        when = at or self.now
        comment_id = self.send(at=when, **({"comment_type": "question"} | changes)).comment_id
        with writing(self.engine) as db:
            decide(db, FAY, comment_id, State.PUBLISHED, seen_state=State.SUBMITTED, at=when)
        return comment_id

    def give(self, *comment_ids: str, actor: Actor = MET, **changes: Any) -> Answer:
        """Answer comments, as somebody who has read everything."""
        at = changes.pop("at", self.now)
        seen = changes.pop("seen", None)
        fields: dict[str, Any] = {"kind": "accepted", "text": TEXT, "comment_ids": comment_ids} | changes
        if seen is None:
            seen = {one.comment_id: len(one.answers) for one in self.waits()}
        with writing(self.engine) as db:
            put = enter if actor.role is Role.FACILITATOR else give
            return put(db, actor, self.hearing.id, Answering(**fields), seen=seen, at=at)

    def waits(self) -> list[Wait]:
        """Return what waits or was answered, as it is now."""
        with reading(self.engine) as db:
            return waits_of(db, hearing_of(db, self.hearing.id))

    def wait(self, comment_id: str) -> Wait:
        """Return the one of a comment."""
        [found] = [one for one in self.waits() if one.comment_id == comment_id]
        return found

    def change_entry(self, system_id: str = "street-cameras", agency: str = "met") -> None:
        """Publish the next version of a system's entry, and so say which agency deploys it."""
        deployer = {"agency": agency, "name": f"The {agency} police"}
        document = {"id": system_id, "name": "Street cameras", "deployer": deployer}
        with writing(self.engine) as db:
            last = publish_version(
                db,
                actor="compilation",
                kind="system",
                document_id=system_id,
                document=document | {"summary": f"As it is at {id(document)}."},
                note="Something changed.",
                at=self.now,
            )
            assert last.version > 0

    def employ(self, agency: str) -> None:
        """Give an agency a publisher of its own."""
        with writing(self.engine) as db:
            db.execute(
                insert(account).values(
                    account_id=f"of-{agency}",
                    email=f"somebody@{agency}.example",
                    role=Role.PUBLISHER,
                    agency=agency,
                    password_hash="!",
                    created_at=self.now,
                    disabled=False,
                )
            )
