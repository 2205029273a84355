"""Who answers for what in a system, read from its entry; where nobody is named, that is said as such.

The five places stand in the order in which responsibility passes on: who supplies it hands it to who runs it,
who runs it gives its results to who decides, who decides acts under who answers for it, and a body outside
watches over all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.accountability import ProcurementRoute
from hearing_app.registry.entry.purpose import AuthorisationType
from hearing_app.registry.standard import field, withheld
from hearing_app.registry.vocabulary import AutomationLevel, Term


class Place(Term):
    """A place in the chain of responsibility."""

    SUPPLIER = "supplier", "Supplier"
    OPERATOR = "operator", "Operator"
    DECISION_MAKER = "decision_maker", "Decision-maker"
    LEGAL_OWNER = "legal_owner", "Legal owner"
    OVERSIGHT = "oversight", "Oversight body"


ANSWERS_FOR: Mapping[Place, str] = {
    Place.SUPPLIER: "How it is made and what it was tested for",
    Place.OPERATOR: "How it is used from day to day",
    Place.DECISION_MAKER: "What is done to a person",
    Place.LEGAL_OWNER: "Whether it may be used, and what it does",
    Place.OVERSIGHT: "Whether the others keep to the rules",
}
"""What each place answers for."""

HANDS_ON: Mapping[Place, str] = {
    Place.SUPPLIER: "supplies it to",
    Place.OPERATOR: "hands its results to",
    Place.DECISION_MAKER: "acts under",
    Place.LEGAL_OWNER: "is watched by",
}
"""How a place is tied to the next one."""

NOBODY = "Nobody is named"


class Naming(Term):
    """Whether somebody stands in a place."""

    NAMED = "named", "Named"
    NOT_AS_SUCH = "not_as_such", "Not named as such"
    WITHHELD = "withheld", "Withheld, with a reason"
    NOBODY = "nobody", NOBODY

    @property
    def is_gap(self) -> bool:
        """Whether the place is open: nobody has said who stands in it."""
        return self is not Naming.NAMED


@dataclass(frozen=True, slots=True)
class Holder:
    """Who stands in a place, in words of the entry; ``details`` say more, line by line."""

    place: Place
    naming: Naming
    names: tuple[str, ...]
    details: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The names in one line; for a gap, that it is one."""
        return "; ".join(self.names) or self.naming.label


def responsibility(entry: Entry) -> list[Holder]:
    """Return the five places in order, each with who stands in it or that nobody is named."""
    return [read(entry) for read in _READERS]


def gaps(entry: Entry) -> list[Holder]:
    """Return the places in which nobody is named."""
    return [one for one in responsibility(entry) if one.naming.is_gap]


def _open(entry: Entry, place: Place, name: str, details: tuple[str, ...] = ()) -> Holder:
    """Return the place as a gap: withheld with its reason, or nobody at all."""
    why = withheld(field(name), entry)
    if why is not None:
        said = f"{why.ground.label}: {why.explanation} The full text is with: {why.full_copy_with}"
        return Holder(place, Naming.WITHHELD, (), (said, *details))
    return Holder(place, Naming.NOBODY, (), details)


def _supplier(entry: Entry) -> Holder:
    if entry.suppliers:
        names = tuple(one.name for one in entry.suppliers)
        roles = tuple(f"{one.name}: {one.role}" for one in entry.suppliers if one.role)
        return Holder(Place.SUPPLIER, Naming.NAMED, names, roles)
    if entry.procurement is not None and entry.procurement.route is ProcurementRoute.IN_HOUSE:
        made = ("It was built in house.",)
        return Holder(Place.SUPPLIER, Naming.NAMED, (entry.deployer.name,), made)
    return _open(entry, Place.SUPPLIER, "suppliers")


def _operator(entry: Entry) -> Holder:
    details: tuple[str, ...] = (f"Unit: {entry.unit}",) if entry.unit else ()
    if entry.users:
        details += (f"It is used by others, too: {'; '.join(entry.users)}",)
    return Holder(Place.OPERATOR, Naming.NAMED, (entry.deployer.name,), details)


def _decision_maker(entry: Entry) -> Holder:
    decision = (f"The decision: {entry.decision_supported}",) if entry.decision_supported else ()
    review = entry.human_review
    if review is not None and review.who:
        return Holder(Place.DECISION_MAKER, Naming.NAMED, (review.who,), decision)
    if entry.automation_level is AutomationLevel.FULLY_AUTOMATED:
        said = ("A machine decides by itself; no person is named who answers for the decision.", *decision)
        return _open(entry, Place.DECISION_MAKER, "human_review", said)
    if decision:
        return Holder(Place.DECISION_MAKER, Naming.NOT_AS_SUCH, (), decision)
    return _open(entry, Place.DECISION_MAKER, "human_review")


def _legal_owner(entry: Entry) -> Holder:
    if entry.accountable_role:
        return Holder(Place.LEGAL_OWNER, Naming.NAMED, (entry.accountable_role,))
    return _open(entry, Place.LEGAL_OWNER, "accountable_role")


def _oversight(entry: Entry) -> Holder:
    others = tuple(
        f"{one.body}: {one.type.label}{f', {one.date.words}' if one.date else ''}"
        for one in entry.authorisations
        if one.type is not AuthorisationType.INTERNAL
    )
    others += tuple(f"{one.body} decided on it {one.date.when}" for one in entry.rulings)
    route = entry.challenge_route
    if route is not None and route.oversight_body:
        return Holder(Place.OVERSIGHT, Naming.NAMED, (route.oversight_body,), others)
    if others:
        return Holder(Place.OVERSIGHT, Naming.NOT_AS_SUCH, (), others)
    return _open(entry, Place.OVERSIGHT, "challenge_route")


_READERS: tuple[Callable[[Entry], Holder], ...] = (
    _supplier,
    _operator,
    _decision_maker,
    _legal_owner,
    _oversight,
)
