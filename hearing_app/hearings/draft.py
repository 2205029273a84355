"""What a person writes, and whether it fits: every fault at its field, nothing cut, nothing changed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hearing_app.errors import Fault
from hearing_app.hearings.vocabulary import CommentType, Consent, Stance, Standing, Target
from hearing_app.record.canonical import canonical_json
from hearing_app.registry.vocabulary import Term

# Longest texts, in characters as a person counts them (code points of the composed form).
LIMITS = {"concern": 2000, "value_seen": 1000, "ask": 500, "display_name": 60}
SHORTEST = 20
MOST_LINKS, LONGEST_LINK, LONGEST_TITLE = 5, 500, 120
# A table of figures by two attributes needs about 30,000 bytes as JSON.
LARGEST_PINNED = 100_000
NAMES = {
    "concern": "What concerns you",
    "value_seen": "What you see as useful",
    "ask": "What the panel should do or ask",
    "display_name": "Name to show",
}
# RFC 5646 asks for room for 35 characters; no registered tag is longer.
_TAG = re.compile(r"(?=.{2,35}\Z)[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_DRAFT_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Link:
    """A pointer to evidence: an address and what it is."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment before it is sent. ``draft_id`` makes sending it twice the same as sending it once.

    ``pinned`` is the selection and the figures that the author saw in the evidence, or ``None``.
    """

    draft_id: str
    hearing_id: str
    system_id: str
    system_version: int
    target: str = Target.WHOLE_SYSTEM
    comment_type: str = CommentType.CONCERN
    concern: str = ""
    value_seen: str = ""
    ask: str = ""
    stance: str = Stance.NO_VIEW
    standing: tuple[str, ...] = ()
    display_name: str = ""
    consent: str = Consent.TEXT_ONLY
    language_declared: str = ""
    evidence: tuple[Link, ...] = ()
    pinned: dict[str, Any] | None = field(default=None, hash=False)

    @property
    def words(self) -> str:
        """Everything that was written, for finding its language and personal data."""
        return "\n".join(part for part in (self.concern, self.value_seen, self.ask) if part.strip())


def length(text: str) -> int:
    """Return the length that a limit is held against: letters with accents count once."""
    return len(unicodedata.normalize("NFC", text))


def unstorable(text: str) -> bool:
    """Return whether a text holds half a surrogate pair or NUL: no database keeps both unchanged."""
    return any(sign == "\0" or unicodedata.category(sign) == "Cs" for sign in text)


def check_draft(draft: Draft) -> list[Fault]:
    """Return every fault of a draft, in the order of the form; an empty list means that it can be sent."""
    found = [*_check_words(draft), *_check_choices(draft), *_check_links(draft), *_check_pinned(draft)]
    for name in ("hearing_id", "system_id"):
        if unstorable(getattr(draft, name)):
            found.append(Fault("", name, "There is none with this id.", "Open the form again."))
    if not _DRAFT_ID.fullmatch(draft.draft_id):
        found.append(Fault("", "draft_id", "The draft has no valid number.", "Open the form again."))
    return found


def _check_words(draft: Draft) -> list[Fault]:
    found = []
    for name, limit in LIMITS.items():
        text = getattr(draft, name)
        if length(text) > limit:
            found.append(
                Fault(
                    "",
                    name,
                    f"“{NAMES[name]}” has {length(text):,} characters; at most {limit:,} fit.",
                    f"Please shorten it by {length(text) - limit:,}. Nothing was cut.",
                )
            )
        if unstorable(text):
            found.append(
                Fault("", name, f"“{NAMES[name]}” holds a sign that cannot be stored.", "Type it again.")
            )
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in draft.display_name):
        found.append(Fault("", "display_name", "A name is one line.", "Remove line breaks and tabs."))
    total = sum(length(part.strip()) for part in (draft.concern, draft.value_seen, draft.ask))
    if total < SHORTEST:
        found.append(
            Fault(
                "",
                "concern",
                f"Your comment has {total} characters; it needs at least {SHORTEST}.",
                "A sentence is enough.",
            )
        )
    return found


def _check_choices(draft: Draft) -> list[Fault]:
    found = []
    choices: tuple[tuple[str, type[Term], tuple[str, ...]], ...] = (
        ("target", Target, (draft.target,)),
        ("comment_type", CommentType, (draft.comment_type,)),
        ("stance", Stance, (draft.stance,)),
        ("standing", Standing, draft.standing),
        ("consent", Consent, (draft.consent,)),
    )
    for name, vocabulary, chosen in choices:
        allowed = [str(member) for member in vocabulary]
        found += [
            Fault(
                "",
                name,
                f"“{_shown(value)}” is not one of the choices.",
                f"Use one of: {', '.join(allowed)}.",
            )
            for value in chosen
            if value not in allowed
        ]
    if len(set(draft.standing)) != len(draft.standing):
        found.append(Fault("", "standing", "The same choice stands twice.", "Choose each one once."))
    if draft.language_declared and not _TAG.fullmatch(draft.language_declared):
        found.append(
            Fault("", "language_declared", "This is not a language tag.", "Use one like “en” or “zh-Hant”.")
        )
    return found


def _check_links(draft: Draft) -> list[Fault]:
    found = []
    if len(draft.evidence) > MOST_LINKS:
        found.append(
            Fault("", "evidence", f"There are {len(draft.evidence)} links; {MOST_LINKS} fit.", "Remove some.")
        )
    for place, link in enumerate(draft.evidence):
        where = f"evidence.{place}"
        if length(link.url) > LONGEST_LINK:
            found.append(
                Fault("", where, f"The link has {length(link.url)} characters.", f"{LONGEST_LINK} fit.")
            )
        elif not _is_web_address(link.url):
            found.append(
                Fault("", where, "This is not a web address.", "It begins with https:// or http://.")
            )
        if length(link.title) > LONGEST_TITLE:
            found.append(
                Fault("", where, f"The title has {length(link.title)} characters.", f"{LONGEST_TITLE} fit.")
            )
        if unstorable(link.title):
            found.append(Fault("", where, "The title holds a sign that cannot be stored.", "Type it again."))
    return found


def _check_pinned(draft: Draft) -> list[Fault]:
    if draft.pinned is None:
        return []
    try:
        size = len(canonical_json(draft.pinned))
    except (TypeError, ValueError, RecursionError):
        size = -1
    if 0 <= size <= LARGEST_PINNED:
        return []
    problem = "The pinned figures cannot be read." if size < 0 else f"The pinned figures have {size:,} bytes."
    return [Fault("", "pinned", problem, "Open the form again from the evidence.")]


def _shown(value: str) -> str:
    """Return what can be printed of a value that somebody made up."""
    return value[:40].encode("utf-8", "replace").decode()


def _is_web_address(text: str) -> bool:
    if any(sign.isspace() or unicodedata.category(sign).startswith("C") for sign in text):
        return False
    try:
        parts = urlsplit(text)
        # A port is read when it is asked for: one over 65535 raises here, not on a reader's page.
        return bool(
            parts.scheme in {"http", "https"}
            and parts.hostname
            and "@" not in parts.netloc
            and parts.port != 0
        )
    except ValueError:
        return False
