"""What a person writes, and whether it fits: every fault at its field, nothing cut, nothing changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hearing_app.errors import Fault
from hearing_app.hearings.vocabulary import CommentType, Consent, Speaking, Stance, Standing, Target
from hearing_app.record.canonical import canonical_json
from hearing_app.registry.vocabulary import Term
from hearing_app.voices.signs import is_blank, length, shown, unstorable

# Longest texts, in characters as a person counts them (code points of the composed form).
LIMITS = {
    **{"concern": 2000, "value_seen": 1000, "ask": 500, "display_name": 60},
    **{"target_detail": 200, "access_needs": 500},
}
SHORTEST = 20
MOST_LINKS, LONGEST_LINK, LONGEST_TITLE = 5, 500, 120
# A table of figures by two attributes needs about 30,000 bytes as JSON.
LARGEST_PINNED = 100_000
NAMES = {
    "concern": "What you want to say",
    "value_seen": "What you see as useful",
    "ask": "What the panel should do or ask",
    "display_name": "Name to show",
    "target_detail": "Which one",
    "access_needs": "What you need to take part",
}
# The order of the form, in which a person mends what is wrong.
_FORM = (
    *("target", "target_detail", "comment_type", "concern", "value_seen", "ask", "stance", "standing"),
    *("evidence", "consent", "display_name", "language_declared", "speaking", "interpreter"),
    *("interpreter_language", "access_needs", "first_time"),
    *("pinned", "hearing_id", "system_id", "draft_id"),
)
# What can be wrong with a draft only when it is sent, because it depends on the record.
_FOUND_ON_SENDING = {"system_id", "system_version", "speaking"}
# The two choices that nobody else can make for the author, and how a person is asked for them.
_TO_CHOOSE = {
    "target": "Please choose what your comment is about.",
    "comment_type": "Please choose what kind of comment it is.",
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
    target_detail: str = ""
    # The wish to speak: private, but for the fact of it. ``first_time`` is ``None`` where it was not said.
    speaking: str = Speaking.NO
    interpreter: bool = False
    interpreter_language: str = ""
    access_needs: str = ""
    first_time: bool | None = None

    @property
    def words(self) -> str:
        """Everything that was written, for finding its language and personal data."""
        return "\n".join(part for part in (self.concern, self.value_seen, self.ask) if part.strip())


def check_draft(draft: Draft, places: Sequence[int] = ()) -> list[Fault]:
    """Return every fault of a draft, in the order of the form; an empty list means that it can be sent.

    ``places`` are the rows of a form, counted from 0, in which the links stand, where some rows are empty.
    """
    found = [*_check_words(draft), *_check_choices(draft), *_check_wish(draft), *_check_pinned(draft)]
    found += _check_links(draft, places or range(len(draft.evidence)))
    for name in ("hearing_id", "system_id"):
        if unstorable(getattr(draft, name)):
            found.append(Fault("", name, "There is none with this id.", "Open the form again."))
    if not _DRAFT_ID.fullmatch(draft.draft_id):
        found.append(Fault("", "draft_id", "The draft has no valid number.", "Open the form again."))
    return sorted(found, key=lambda fault: _FORM.index(fault.field.partition(".")[0]))


def still_wrong(draft: Draft, earlier: Sequence[Fault], places: Sequence[int] = ()) -> list[Fault]:
    """Return, of the faults that were found earlier, those that the draft has now, in today's words.

    A field that was sound is not blamed before its author has asked again.
    """
    fields = {fault.field for fault in earlier}
    now = [fault for fault in check_draft(draft, places) if fault.field in fields]
    return [*(fault for fault in earlier if fault.field in _FOUND_ON_SENDING), *now]


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
    for name, what in (("display_name", "A name"), ("target_detail", "This")):
        if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in getattr(draft, name)):
            found.append(Fault("", name, f"{what} is one line.", "Remove line breaks and tabs."))
    if draft.consent == Consent.TEXT_AND_NAME and is_blank(draft.display_name):
        problem = "You chose to show a name."
        found.append(Fault("", "display_name", problem, "Please write it, or choose “without a name”."))
    # What nobody can see is not a sentence.
    total = sum(length(shown(part).strip()) for part in (draft.concern, draft.value_seen, draft.ask))
    if total < SHORTEST:
        found.append(
            Fault(
                "",
                "concern",
                f"Please write at least one sentence ({SHORTEST} characters) in one of the three boxes.",
                f"Together they have {total} so far.",
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
        ("speaking", Speaking, (draft.speaking,)),
    )
    for name, vocabulary, chosen in choices:
        if name in _TO_CHOOSE and chosen == ("",):
            found.append(Fault("", name, "Nothing is chosen yet.", _TO_CHOOSE[name]))
            continue
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


def _check_wish(draft: Draft) -> list[Fault]:
    """Return what does not fit together in a wish to speak."""
    wanted = draft.interpreter or draft.interpreter_language or draft.access_needs.strip()
    if draft.speaking == Speaking.NO and (wanted or draft.first_time is not None):
        problem = "You do not wish to speak, and say what you need for it."
        return [Fault("", "speaking", problem, "Choose how you wish to speak, or leave the rest out.")]
    if draft.interpreter and not draft.interpreter_language:
        problem = "You need an interpreter."
        return [Fault("", "interpreter_language", problem, "Please choose from which language.")]
    if draft.interpreter_language and not draft.interpreter:
        problem = "A language is chosen, but no interpreter."
        return [Fault("", "interpreter", problem, "Please say that you need one, or leave the language out.")]
    if draft.interpreter_language and not is_tag(draft.interpreter_language):
        problem = "This is not a language tag."
        return [Fault("", "interpreter_language", problem, "Use one like “en” or “zh-Hant”.")]
    return []


def is_tag(text: str) -> bool:
    """Return whether a text has the form of a language tag (RFC 5646)."""
    return bool(_TAG.fullmatch(text))


def _check_links(draft: Draft, places: Sequence[int]) -> list[Fault]:
    found = []
    if len(draft.evidence) > MOST_LINKS:
        found.append(
            Fault("", "evidence", f"There are {len(draft.evidence)} links; {MOST_LINKS} fit.", "Remove some.")
        )
    for place, link in zip(places, draft.evidence, strict=True):
        found += [
            Fault("", f"evidence.{place}", problem, repair)
            for problem, repair in _link_faults(link, place + 1)
        ]
    return found


def _link_faults(link: Link, number: int) -> list[tuple[str, str]]:
    """Return (problem, repair) for everything that is wrong with one link."""
    found = []
    if not link.url and link.title:
        found.append(
            (f"Link {number} has a title but no address.", "Please add the address, or remove the title.")
        )
    elif not link.url:
        found.append((f"Link {number} has no address.", "Please add it, or remove the link."))
    elif length(link.url) > LONGEST_LINK:
        found.append(
            (f"Link {number} has {length(link.url)} characters.", f"At most {LONGEST_LINK} characters fit.")
        )
    elif not _is_web_address(link.url):
        found.append(
            (
                f"Link {number}: “{_shown(link.url)}” is not a web address.",
                _address_to_type(link.url),
            )
        )
    if length(link.title) > LONGEST_TITLE:
        found.append(
            (
                f"The title of link {number} has {length(link.title)} characters.",
                f"At most {LONGEST_TITLE} characters fit.",
            )
        )
    if unstorable(link.title):
        found.append((f"The title of link {number} holds a sign that cannot be stored.", "Type it again."))
    return found


def _check_pinned(draft: Draft) -> list[Fault]:
    if draft.pinned is None:
        return []
    again = "Open the form again from the evidence."
    try:
        size = len(canonical_json(draft.pinned))
    except (TypeError, ValueError, RecursionError):
        return [Fault("", "pinned", "The pinned figures cannot be read.", again)]
    if size > LARGEST_PINNED:
        return [Fault("", "pinned", f"The pinned figures have {size:,} bytes.", again)]
    # Figures that were pinned before they named their system are taken as they are.
    about = draft.pinned.get("system", draft.system_id)
    if about != draft.system_id:
        name = _shown(str(about))
        problem = f"The figures are about the system “{name}”, and the comment is about another."
        return [Fault("", "pinned", problem, f"Comment on “{name}”, or leave the figures out.")]
    return []


def _shown(value: str) -> str:
    """Return what can be printed of a value that somebody made up."""
    return value[:40].encode("utf-8", "replace").decode()


def _address_to_type(text: str) -> str:
    """Return what to do about an address that is none; one that lacks only its beginning is completed.

    The author types it: what stands in the record is what they meant.
    """
    completed = f"https://{text}"
    # Without a dot before its path it is a word, not a host; with a colon, another kind of address.
    host = text.partition("/")[0]
    if (
        "." in host.strip(".")
        and not set(host) & set(":?#\\")
        and length(completed) <= LONGEST_LINK
        and _is_web_address(completed)
    ):
        return f"If you mean “{completed}”, please type it like that, with https:// at the beginning."
    return "It begins with https:// or http:// and has no spaces."


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
