"""What is looked at by rule when a comment arrives: a rule may hold it back for a person, never refuse it."""

from __future__ import annotations

from hearing_app.hearings.vocabulary import Consent, Reason, State
from hearing_app.voices.personal_data import find
from hearing_app.voices.signs import shown


def kinds_found(words: str) -> list[str]:
    """Return what words seem to hold of personal data, by kind, in order of the alphabet.

    A sign that nobody sees does not keep a number from being read, nor from being found.
    """
    return sorted({finding.kind for finding in find(shown(words))})


def on_arrival(words: str, consent: Consent) -> tuple[State, Reason | None]:
    """Return the state in which a comment arrives, and the reason where a rule holds it back at once.

    Its author's wish comes first; then what looks like personal data waits for a person, as the author was
    told before sending.
    """
    if not consent.is_public:
        return State.HELD, Reason.AUTHORS_WISH
    if kinds_found(words):
        return State.HELD, Reason.PERSONAL_DATA
    return State.SUBMITTED, None
