"""The lottery that says in which order wishes to speak are looked at: anyone can draw it once more.

While people can still sign up, the service chooses a secret seed and commits to it by its SHA-256. When
sign-up closes it notes the root of the ledger, and publishes the seed only after that, in one transaction.
The place of a comment follows from HMAC-SHA-256 (RFC 2104) of its number under seed and root together.

The order in which things happen is what counts. The root can be changed by anybody until it is noted: every
vote does it. Whoever knew the seed before could try roots until one put them first; so nobody is shown it.
And whoever runs the server cannot choose a seed once it is known who signed up, for it was committed to.

What is left: whoever runs the server, and reads the seed from its database, can add public events in the last
moments until the draw suits them. Those events stand in the ledger for everybody to see. The checkpoints that
others keep bind the server from the first one that they have seen.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection, Engine, insert, select, update

from hearing_app.errors import Damaged, NotOpen
from hearing_app.hearings.hearing import Hearing, all_hearings, hearing_of
from hearing_app.hearings.life.stages import sign_up_closes
from hearing_app.people.permissions import Act, Actor, require
from hearing_app.record.ledger import append, head
from hearing_app.store.engine import reading, writing
from hearing_app.store.tables import lottery

COMMITTED, CLOSED, SEED = "lottery.committed", "lottery.closed", "lottery.seed"
# How the ledger names what the running service does by itself, by the clock.
SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Lottery:
    """A hearing's lottery as anyone may read it: hex texts, empty or ``None`` where they are still to come.

    ``size`` is how many events the ledger held when sign-up closed, ``root`` its root then.
    """

    hearing_id: str
    commitment: str
    committed_at: datetime
    seed: str
    published_at: datetime | None
    size: int | None
    root: str

    @property
    def is_ready(self) -> bool:
        """Whether it can be drawn: sign-up has closed, and the seed was published after it."""
        return bool(self.seed and self.root)

    def order(self, comment_ids: Iterable[str]) -> list[str]:
        """Return these comments in the order of the draw; ``is_ready`` must hold."""
        return draw(bytes.fromhex(self.seed), bytes.fromhex(self.root), comment_ids)


def draw(seed: bytes, root: bytes, comment_ids: Iterable[str]) -> list[str]:
    """Return comments in the order of a draw: by HMAC-SHA-256(seed || root, number), smallest first.

    ``seed`` and ``root`` are 32 bytes each. The order of any two comments does not depend on the others.
    """
    return sorted(comment_ids, key=lambda one: hmac.digest(seed + root, one.encode(), "sha256"))


def lottery_of(db: Connection, hearing_id: str) -> Lottery | None:
    """Return a hearing's lottery, without a seed that is secret yet; ``None`` where there is none."""
    row = db.execute(select(lottery).where(lottery.c.hearing_id == hearing_id)).first()
    if row is None:
        return None
    return Lottery(
        hearing_id,
        row.commitment.hex(),
        row.committed_at,
        row.seed.hex() if row.published_at else "",
        row.published_at,
        row.closed_seq,
        row.root.hex() if row.root else "",
    )


def commit(db: Connection, actor: Actor, hearing_id: str, *, at: datetime | None = None) -> Lottery:
    """Choose a hearing's seed, keep it secret, and publish what commits to it; once done, it stays.

    Raises ``NotOpen`` when sign-up has closed.
    """
    require(actor, Act.ARRANGE_AGENDA)
    return _commit(db, actor.name, hearing_of(db, hearing_id), at or datetime.now(UTC))


def keep(db: Connection, *, at: datetime | None = None) -> int:
    """Do what is due by the clock for every hearing that has a sitting; return how many things were done.

    The running service does it every few seconds: no one has to remember, and no one can choose the moment.
    """
    now = at or datetime.now(UTC)
    acts = list(_due(db, now))
    for act, hearing in acts:
        act(db, SERVICE, hearing, now)
    return len(acts)


def keep_when_due(engine: Engine, *, at: datetime | None = None) -> int:
    """Do the same with a record that is only written to when something is due."""
    now = at or datetime.now(UTC)
    with reading(engine) as db:
        if not any(_due(db, now)):
            return 0
    with writing(engine) as db:
        return keep(db, at=now)


def _due(db: Connection, now: datetime) -> Iterator[tuple[Callable[..., object], Hearing]]:
    for hearing in all_hearings(db):
        if hearing.sitting is None:
            continue
        known, closes = lottery_of(db, hearing.id), sign_up_closes(hearing).astimezone(UTC)
        if known is None and now < closes:
            yield _commit, hearing
        elif known is not None and not known.root and now >= closes:
            yield _close, hearing


def note_closing(db: Connection, hearing: Hearing, *, at: datetime) -> None:
    """Note the state of the ledger and publish the seed if sign-up has closed, by rule, once.

    A hearing without a commitment from before gets none now: it has no lottery.
    """
    known = lottery_of(db, hearing.id)
    if known is not None and not known.root and at >= sign_up_closes(hearing):
        _close(db, SERVICE, hearing, at)


def _close(db: Connection, actor: str, hearing: Hearing, at: datetime) -> None:
    """Note the root first and show the seed after it: the other way round, the root could be made to suit."""
    row = db.execute(select(lottery).where(lottery.c.hearing_id == hearing.id)).one()
    if sha256(row.seed).digest() != row.commitment:
        raise Damaged("The seed of this lottery is not the one that was committed to.")
    before, subject = head(db), f"hearing:{hearing.id}"
    content: dict[str, object] = {"size": before.size, "root": before.root.hex()}
    event = append(db, actor=actor, kind=CLOSED, subject=subject, content=content, at=at)
    append(db, actor=actor, kind=SEED, subject=subject, content={"seed": row.seed.hex()}, at=at)
    known = {"closed_seq": event.seq, "root": before.root, "published_at": at}
    db.execute(update(lottery).where(lottery.c.hearing_id == hearing.id).values(known))


def _commit(db: Connection, actor: str, hearing: Hearing, at: datetime) -> Lottery:
    if (known := lottery_of(db, hearing.id)) is not None:
        return known
    _check_open(hearing, at)
    seed = secrets.token_bytes(32)
    commitment = sha256(seed).digest()
    db.execute(
        insert(lottery).values(hearing_id=hearing.id, commitment=commitment, seed=seed, committed_at=at)
    )
    append(
        db,
        actor=actor,
        kind=COMMITTED,
        subject=f"hearing:{hearing.id}",
        content={"commitment": commitment.hex()},
        at=at,
    )
    return Lottery(hearing.id, commitment.hex(), at, seed="", published_at=None, size=None, root="")


def _check_open(hearing: Hearing, at: datetime) -> None:
    if at >= sign_up_closes(hearing):
        raise NotOpen(
            "Sign-up has closed, so a seed could be chosen to suit those who signed up.",
            next_step="Without a lottery, wishes are looked at in the order in which they arrived.",
        )
