"""Places whose law applies to a system, as short codes: "eu", "gb", "us-ca", "us-ca-oakland"."""

from __future__ import annotations

from functools import lru_cache

from hearing_app.registry.entry import Entry
from hearing_app.registry.look_alikes import skeleton

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
# Names under which it is found just as often: its own, a longer and a shorter one.
_ALSO = {
    **{"Österreich": "at", "België": "be", "Belgique": "be", "България": "bg", "Hrvatska": "hr"},
    **{"Κύπρος": "cy", "Česko": "cz", "Czech Republic": "cz", "Danmark": "dk", "Eesti": "ee"},
    **{"Suomi": "fi", "Deutschland": "de", "Ελλάδα": "gr", "Magyarország": "hu", "Éire": "ie"},
    **{"Republic of Ireland": "ie", "Italia": "it", "Latvija": "lv", "Lietuva": "lt"},
    **{"Lëtzebuerg": "lu", "Nederland": "nl", "The Netherlands": "nl", "Holland": "nl", "Polska": "pl"},
    **{"România": "ro", "Slovak Republic": "sk", "Slovensko": "sk", "Slovenija": "si", "España": "es"},
    **{"Sverige": "se", "UK": "gb", "Great Britain": "gb", "England": "gb", "Scotland": "gb"},
    **{"Wales": "gb", "Northern Ireland": "gb", "US": "us", "U.S.": "us"},
    **{"USA": "us", "U.S.A.": "us", "U.K.": "gb", "United States of America": "us"},
    **{"People's Republic of China": "cn"},
}
# By what a reader would take the name for: no small letter and no letter of another script escapes a law.
_CODES = {skeleton(name): code for name, code in (_MEMBERS | _OTHERS | _ALSO).items()}


def places_of(entry: Entry) -> frozenset[str]:
    """Return the codes of every place whose law applies, from the Union and the country to the city."""
    code = _code_of(entry.deployer.country)
    found = {code} if code else set()
    for place in entry.deployer.places:
        parts = place.split("-")
        found |= {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}
    return frozenset(found | ({EU} if found & set(_MEMBERS.values()) else set()))


@lru_cache(maxsize=1024)
def _code_of(country: str) -> str:
    return _CODES.get(skeleton(country), "")
