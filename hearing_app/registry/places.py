"""Places whose law applies to a system, as short codes: "eu", "gb", "us-ca", "us-ca-oakland"."""

from __future__ import annotations

from hearing_app.registry.entry import Entry

EU = "eu"
# The member states, by the name that an entry's deployer bears.
_MEMBERS = {
    **{"Austria": "at", "Belgium": "be", "Bulgaria": "bg", "Croatia": "hr", "Cyprus": "cy", "Czechia": "cz"},
    **{"Denmark": "dk", "Estonia": "ee", "Finland": "fi", "France": "fr", "Germany": "de", "Greece": "gr"},
    **{"Hungary": "hu", "Ireland": "ie", "Italy": "it", "Latvia": "lv", "Lithuania": "lt"},
    **{"Luxembourg": "lu", "Malta": "mt", "Netherlands": "nl", "Poland": "pl", "Portugal": "pt"},
    **{"Romania": "ro", "Slovakia": "sk", "Slovenia": "si", "Spain": "es", "Sweden": "se"},
}
# Other countries whose law or instrument a rule applies. A place that is not here is given by its code.
_OTHERS = {"Canada": "ca", "China": "cn", "United Kingdom": "gb", "United States": "us"}


def places_of(entry: Entry) -> frozenset[str]:
    """Return the codes of every place whose law applies, from the Union and the country to the city."""
    country = entry.deployer.country
    found = {code for code in (_MEMBERS.get(country), _OTHERS.get(country)) if code}
    for place in entry.deployer.places:
        parts = place.split("-")
        found |= {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return frozenset(found | ({EU} if found & set(_MEMBERS.values()) else set()))
