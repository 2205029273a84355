"""Whether a system is in use: what the sources show, and how old that knowledge is.

A source of 2016 shows that a system was in use in 2016. It does not show that it is in use today. So a stage
that was still open is called present only while the newest source that shows it is fresh enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from hearing_app.registry.dates import PartialDate
from hearing_app.registry.vocabulary import LifecycleStage, SinceIs

FRESH_YEARS = 2
"""How many years before the entry's own day the newest source may lie and still speak about today."""
STALE = "_when_last_seen"


@dataclass(frozen=True, slots=True)
class State:
    """A system's present stage, as far as its sources reach.

    ``last_seen`` is the date of the newest source that shows the stage, ``as_of`` the day of the entry.
    """

    stage: LifecycleStage
    since: PartialDate
    since_is: SinceIs
    last_seen: PartialDate
    as_of: PartialDate

    @property
    def is_known(self) -> bool:
        """Whether the stage can be called today's: it is over for good, or a fresh source shows it."""
        if self.stage.is_over:
            return True
        seen, day = self.last_seen.last_day, self.as_of.first_day
        return (seen.year + FRESH_YEARS, seen.month, seen.day) >= (day.year, day.month, day.day)

    @property
    def value(self) -> str:
        """What a filter carries: "operational", or "operational_when_last_seen" if the sources are old."""
        return self.stage.value if self.is_known else f"{self.stage.value}{STALE}"

    @property
    def label(self) -> str:
        """A few words for a list of choices: "In use", "In use when last seen"."""
        return self.stage.label if self.is_known else f"{self.stage.label} when last seen"

    @property
    def short(self) -> str:
        """A few words for one system: "In use", "Last known in use in 2016"."""
        if self.is_known:
            return self.stage.label
        return f"Last known {self.stage.label[0].lower()}{self.stage.label[1:]} {self.last_seen.when}"

    @property
    def rest(self) -> str:
        """What follows the few words: since when, and how new the newest source is; or what was not found."""
        if not self.is_known:
            what = "use" if self.stage is LifecycleStage.OPERATIONAL else "state"
            return f"; today's {what} was not found in the sources read"
        since = f" since {since_words(self.since, self.since_is)}"
        return since if self.stage.is_over else f"{since} (newest source: {self.last_seen.words})"

    @property
    def shape(self) -> str:
        """The sign beside the words, so that no state is told by colour alone."""
        if not self.is_known:
            return "◌"
        if self.stage.is_over:
            return "○"
        return "●" if self.stage is LifecycleStage.OPERATIONAL else "◐"


def since_words(since: PartialDate, since_is: SinceIs) -> str:
    """When a stage began: "2018", or "2018 or earlier" where only the oldest source's date is known."""
    return f"{since.words} or earlier" if since_is is SinceIs.LATEST_POSSIBLE else since.words
