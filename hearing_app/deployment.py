"""One running house: settings, the open record, the published counts and the server's key.

The server, the command line and the tests open it the same way. On the first start it publishes the
register once, as the actor ``compilation``; afterwards the versions in the record are the truth, and the
files are only compared with them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from hearing_app.errors import Damaged, Fault, HearingError, Invalid, Unavailable
from hearing_app.evidence.datasets import Catalogue, Dataset
from hearing_app.hearings import hidden
from hearing_app.hearings.agenda.verify import faults as agenda_faults
from hearing_app.hearings.answers.verify import faults as answer_faults
from hearing_app.hearings.comments import files, speaking
from hearing_app.hearings.comments.erasure import ERASING, erase_again
from hearing_app.hearings.comments.record_verify import faults as comment_record_faults
from hearing_app.hearings.comments.themes import faults as theme_faults
from hearing_app.hearings.comments.verify import faults as comment_faults
from hearing_app.hearings.hearing import Hearing, check_hearings, publish_hearing
from hearing_app.hearings.life.verify import faults as hearing_draft_faults
from hearing_app.hearings.moderation.lapses import date_old_holds
from hearing_app.hearings.moderation.verify import faults as moderation_faults
from hearing_app.hearings.requests import erasing as requests
from hearing_app.hearings.requests.verify import faults as request_faults
from hearing_app.hearings.voting import erasing as voting
from hearing_app.hearings.voting.verify import faults as voting_faults
from hearing_app.people.carried import close_again, shut_doors
from hearing_app.people.permissions import COMPILATION, Actor
from hearing_app.people.second_factor import load_factor_key
from hearing_app.people.verify import faults as account_faults
from hearing_app.record import ledger, versions
from hearing_app.record.before import Before, Carried
from hearing_app.record.checkpoint import Signer
from hearing_app.record.erased import FILE as NOTED
from hearing_app.record.erased import note_erased
from hearing_app.record.kept import check_against_kept, faults_against_kept, keep_checkpoint
from hearing_app.record.keys import bind_key, bind_signer, is_bound, load_key, signer_of_record
from hearing_app.record.keys import faults as key_faults
from hearing_app.record.ledger import Head, head
from hearing_app.record.restore import finish, is_pending, remove_staged
from hearing_app.record.superseded import in_force
from hearing_app.record.versions import is_published, latest_versions, publish_version
from hearing_app.registry.carried import revoke_again
from hearing_app.registry.check import check_entries
from hearing_app.registry.corrections.erasing import ERASING as ERASING_REPORTS
from hearing_app.registry.corrections.erasing import erase_again as erase_reports_again
from hearing_app.registry.corrections.verify import faults as correction_faults
from hearing_app.registry.desk.verify import faults as desk_faults
from hearing_app.registry.files import read_documents, read_entries
from hearing_app.registry.published import publish_entry
from hearing_app.registry.register import beside_rules
from hearing_app.registry.rules.reading import rules_as_they_are, rules_of
from hearing_app.registry.rules.rule import Rule
from hearing_app.registry.signature_faults import faults as signature_faults
from hearing_app.registry.supervision.verify import faults as audit_faults
from hearing_app.registry.unregistered import faults_beside, read_unregistered
from hearing_app.settings import Settings
from hearing_app.store.engine import check_integrity, open_engine, reading, stop, writing
from hearing_app.store.files import Hold, held_alone, hold
from hearing_app.store.migrate import migrate
from hearing_app.store.schema import check_own, foreign_faults

# What took words away, or hid them from readers: noted outside the database.
_NOTED = (
    *(*ERASING, *ERASING_REPORTS, *speaking.ERASING, *files.ERASING, *voting.ERASING, *requests.ERASING),
    *hidden.HIDING,
)


@dataclass(frozen=True, slots=True)
class Deployment:
    """Everything that a page, a route or a command needs; open one per process."""

    settings: Settings
    engine: Engine
    catalogue: Catalogue
    key: bytes = field(repr=False)
    signer: Signer
    factor_key: bytes = field(repr=False)
    held: Hold | None = None

    def __post_init__(self) -> None:
        beside_rules(self.engine, self.settings.registry)

    def checkpoint(self, db: Connection, *, size: int | None = None) -> str:
        """Return the signed checkpoint of the ledger, as it is in this snapshot or was at ``size``."""
        return self.signer.checkpoint(head(db, size=size))

    def checkpoint_for_foot(self) -> str:
        """Return the checkpoint that stands under every page; empty while the record cannot be read."""
        try:
            with reading(self.engine) as db:
                return self.checkpoint(db)
        except HearingError:
            return ""

    def keep_checkpoint(self) -> Head:
        """Keep the present checkpoint, and what was erased, outside the database; return the state."""
        with reading(self.engine) as db:
            note_erased(db, self.settings.data / NOTED, _NOTED)
            return keep_checkpoint(db, self.signer, self.checkpoints)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules on prohibited uses that apply here; raises ``Unavailable`` where they cannot be read."""
        return rules_of(self.settings.registry)

    def check_rules(self) -> None:
        """Raise ``Unavailable`` where the rules cannot be read: lists then stand beside none."""
        rules_as_they_are(self.settings.registry)

    @property
    def checkpoints(self) -> Path:
        """The file in which checkpoints are kept now: after a restore it may be another one."""
        return in_force(self.settings.checkpoints_file, self.signer.public_key)

    def close(self) -> None:
        """Let go of the files; what was erased until now is noted outside the database first."""
        with suppress(HearingError, OSError, DatabaseError), reading(self.engine) as db:
            note_erased(db, self.settings.data / NOTED, _NOTED)
        self.catalogue.close()
        self.engine.dispose()
        if self.held is not None:
            self.held.let_go()


_in_use: list[Deployment] = []


def use(deployment: Deployment) -> None:
    """Make this the deployment of the process: pages and routes, which take no arguments, ask for it."""
    _in_use[:] = [deployment]


def current() -> Deployment:
    """Return the deployment of the process; the server has opened it before the first request."""
    return _in_use[0]


def note_address(settings: Settings) -> None:
    """Write down the address that is served, for commands that print links."""
    (settings.data / "address").write_text(f"{settings.address}\n", encoding="utf-8")


def served_address(settings: Settings) -> str:
    """Return the address that readers use: the one that is set, else the one that was served last."""
    file = settings.data / "address"
    noted = "" if settings.public_url or not file.is_file() else file.read_text(encoding="utf-8").strip()
    return noted or settings.address


def open_deployment(settings: Settings) -> Deployment:
    """Open the record (made and migrated where needed), the counts and the key; publish on first start.

    Raises ``Damaged`` when the record cannot be trusted, ``Invalid`` with every fault when the register or
    the datasets cannot be published.
    """
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if is_pending(settings.data):
        # A restore was broken off after it had been agreed on: what is left of it is carried out first.
        with held_alone(settings.data):
            finish(settings.data)
    held = hold(settings.data)
    try:
        # What a restore left that was killed before it was agreed on: it holds words.
        remove_staged(settings.data)
        return _open(settings, held)
    except BaseException:
        held.let_go()
        raise


def _open(settings: Settings, held: Hold) -> Deployment:
    engine = open_engine(settings.record_url)
    try:
        check_integrity(engine)
        with reading(engine) as db:
            # Before the first change: a trigger would act on it.
            check_own(db)
        migrate(engine)
        with reading(engine) as db:
            bound, signs = is_bound(db), signer_of_record(db)
        key = load_key(settings.data / "keys" / "receipt.key", may_create=not bound)
        signer = Signer.of(load_key(settings.data / "keys" / "checkpoint.key", may_create=signs is None))
        with reading(engine) as db:
            factor_key = load_factor_key(db, settings.data / "keys" / "second-factor.key")
        with writing(engine) as db:
            bind_key(db, key)
            bind_signer(db, signer.public_key)
            check_against_kept(db, in_force(settings.checkpoints_file, signer.public_key), signer.public_key)
        catalogue = Catalogue(settings.datasets)
        try:
            _publish(engine, settings, catalogue)
            date_old_holds(engine)
            opened = Deployment(settings, engine, catalogue, key, signer, factor_key, held)
            opened.keep_checkpoint()
        except BaseException:
            catalogue.close()
            raise
    except BaseException as error:
        # What stops a start in the middle is damage, where a look at the record finds some: a text that is
        # no document any more, a version of the schema that never was.
        found = _damage_behind(error, engine)
        engine.dispose()
        if found:
            raise Damaged(
                f"The record is damaged: {found[0]}",
                kept="It was left as it is.",
                next_step="Restore the newest backup that verifies, then start again.",
            ) from error
        raise
    return opened


def _damage_behind(error: BaseException, engine: Engine) -> list[str]:
    """Return what is wrong with the record, where something that was not foreseen stopped its opening."""
    return (
        faults_of_copy(engine) if isinstance(error, Exception) and not isinstance(error, HearingError) else []
    )


def record_faults(house: Deployment, db: Connection) -> list[str]:
    """Return everything about the record that is not as it was written, in words; empty means sound.

    The ledger against itself, every row against the ledger, and both against the checkpoints kept outside.
    """
    if found := foreign_faults(db) + ledger.faults(db):
        return found  # Nothing can be compared with a ledger that does not hold.
    return [
        *row_faults(db),
        *faults_against_kept(db, house.checkpoints, house.signer.public_key),
    ]


def row_faults(db: Connection) -> list[str]:
    """Return every row that differs from what the ledger, which holds, committed to."""
    rows = (
        versions.faults,
        hearing_draft_faults,
        comment_faults,
        moderation_faults,
        signature_faults,
        account_faults,
        audit_faults,
    )
    checks = (key_faults, *rows, desk_faults, correction_faults, answer_faults, comment_record_faults)
    of_hearings = (agenda_faults, voting_faults, theme_faults, request_faults)
    return [fault for check in (*checks, *of_hearings) for fault in check(db)]


def carry_over(db: Connection, before: Before) -> Carried:
    """Do in a restored record what was taken away or closed after its backup, and shut what stood open."""
    erased = erase_again(db, before) + erase_reports_again(db, before)
    erased += speaking.erase_again(db, before) + files.erase_again(db, before)
    erased += voting.erase_again(db, before) + requests.erase_again(db, before)
    said = [*hidden.hide_again(db, before), *revoke_again(db, before), *close_again(db, before)]
    shut_doors(db)
    return Carried(erased, tuple(said))


def faults_of_copy(engine: Engine) -> list[str]:
    """Check everything about a record that can be checked without the rest of its house: a copy of it."""
    return _found(engine, lambda db: foreign_faults(db) + ledger.faults(db) or row_faults(db))


def check_whole(house: Deployment) -> list[str]:
    """Check everything about the open record, as it is on the disk now; stop the service where it is damaged.

    It takes a connection of its own: those that are open answer from pages that they have read before.
    Raises ``Unavailable`` when the record cannot be reached.
    """
    fresh = open_engine(house.settings.record_url)
    try:
        found = _found(fresh, lambda db: record_faults(house, db))
    finally:
        fresh.dispose()
    if found:
        stop(house.engine, " ".join(found[:3]))
    return found


def _found(engine: Engine, look: Callable[[Connection], list[str]]) -> list[str]:
    """Return what a look at a record finds, and what keeps it from looking if that is damage, too."""
    try:
        check_integrity(engine, whole=True)
        with reading(engine) as db:
            return look(db)
    except Unavailable:
        raise
    except Damaged as error:
        return [error.what]
    except (DatabaseError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A row that cannot be read as what it was written as: SQLite stores whatever it is given.
        return [f"A row of the record cannot be read ({type(error).__name__})."]


def register_faults(settings: Settings, catalogue: Catalogue) -> list[Fault]:
    """Return every fault in the register's files: entries and hearings, in one run."""
    entries, _ = read_entries(settings.registry)
    hearings, found = read_documents(settings.registry, "hearings", Hearing)
    known, wrong = read_unregistered(settings.registry)
    return [
        *check_entries(settings.registry, catalogue.ids()),
        *found,
        *check_hearings(hearings, {entry.id for entry in entries}),
        *wrong,
        *faults_beside(
            known, {entry.deployer.agency: entry.deployer.name for entry in entries}, {e.id for e in entries}
        ),
    ]


def publish_register(db: Connection, actor: Actor, settings: Settings, *, note: str) -> list[str]:
    """Publish every entry and hearing whose file says something new; return what is new, "noun:id version".

    The caller has seen that the files have no faults. A hearing that is published already keeps its window
    where its file counts the days from the first publication.
    """
    entries, _ = read_entries(settings.registry)
    hearings, _ = read_documents(settings.registry, "hearings", Hearing)
    before = {(v.kind, v.document_id): v for kind in ("system", "hearing") for v in latest_versions(db, kind)}
    rules = rules_of(settings.registry)
    after = [publish_entry(db, actor, entry, note=note, rules=rules) for entry in entries]
    for _, hearing in hearings:
        present = before.get(("hearing", hearing.id))
        if present is not None and hearing.open_for_days is not None:
            window = {name: present.document[name] for name in ("opens_at", "closes_at")}
            as_published = hearing.model_dump() | window | {"open_for_days": None}
            after.append(publish_hearing(db, actor, Hearing.model_validate(as_published), note=note))
        else:
            after.append(publish_hearing(db, actor, hearing, note=note))
    return [
        f"{version.kind}:{version.document_id} version {version.version}"
        for version in after
        if before.get((version.kind, version.document_id)) != version
    ]


def _publish(engine: Engine, settings: Settings, catalogue: Catalogue) -> None:
    """Publish the register if nothing was published yet, and each release of a dataset that is new."""
    with reading(engine) as db:
        first, new = _unpublished(db, catalogue)
    faults = register_faults(settings, catalogue) if first else []
    faults += [
        replace(fault, file=f"{name}/{fault.file}")
        for name, found in catalogue.faults.items()
        for fault in found
    ]
    if faults:
        raise Invalid(
            f"The register and its datasets cannot be published. Faults: {len(faults)}.",
            faults,
            next_step="Mend them; `hearing registry check` and `hearing datasets check` list them all.",
        )
    if not first and not new:
        return
    with writing(engine) as db:
        # Another process may have published since we looked: its register stands, and ours is then only
        # compared with it, as on every later start.
        still_first, new = _unpublished(db, catalogue)
        if first and still_first:
            publish_register(db, COMPILATION, settings, note="First publication")
        for dataset in new:
            document = {"release": dataset.version, "manifest": dataset.manifest.model_dump(mode="json")}
            publish_version(
                db,
                actor=COMPILATION.name,
                kind="dataset",
                document_id=dataset.id,
                document=document,
                note="Release of the counts",
            )


def _unpublished(db: Connection, catalogue: Catalogue) -> tuple[bool, list[Dataset]]:
    """Return whether no register was published yet, and the datasets whose release is not the newest one."""
    first = not is_published(db, "system") and not is_published(db, "hearing")
    known = {v.document_id: v.document.get("release") for v in latest_versions(db, "dataset")}
    datasets = [catalogue.dataset(name) for name in catalogue.ids()]
    return first, [dataset for dataset in datasets if known.get(dataset.id) != dataset.version]
