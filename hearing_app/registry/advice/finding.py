"""One piece of advice, and what several kinds of advice share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.technology import Method
from hearing_app.registry.vocabulary import LifecycleStage, PolicingFunction

BIOMETRIC = frozenset(
    {
        PolicingFunction.RBI_REALTIME,
        PolicingFunction.RBI_POST,
        PolicingFunction.BIOMETRIC_VERIFICATION,
        PolicingFunction.BIOMETRIC_CATEGORISATION,
        PolicingFunction.EMOTION_INFERENCE,
    }
)
"""The kinds of work that look at a face or a body: nobody does that without personal data."""
IN_USE = frozenset({LifecycleStage.PILOT_LIVE, LifecycleStage.OPERATIONAL})


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of advice: about which field (a dotted path), what reads oddly, and what would mend it.

    ``check`` is its lasting name, for reports and tests.
    """

    check: str
    field: str
    problem: str
    repair: str


Check = Callable[[Entry, date], Iterable[Finding]]


def looks_at_bodies(entry: Entry) -> bool:
    """Whether it compares or sorts faces or bodies, by its kind of work or by its method."""
    return bool(BIOMETRIC & set(entry.functions)) or Method.BIOMETRIC_MATCHER in entry.method_family
