"""Keys of agencies as a page, and what a system's page says of the signature on its entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hearing_app.documents.render import render
from hearing_app.record.signatures import fingerprint_of, public_pem
from hearing_app.registry.agencies import AgencyKey


def keys_html(keys: Sequence[AgencyKey], names: Mapping[str, str], record: str) -> str:
    """Return the page of all keys: agencies by name, the key in use first, with how to compare them."""
    agencies: dict[str, list[AgencyKey]] = {}
    for key in sorted(keys, key=lambda one: (one.ended_seq is not None, -one.seq)):
        agencies.setdefault(key.agency, []).append(key)
    shown = [(names.get(agency, agency), agency, listed) for agency, listed in agencies.items()]
    return render(
        "keys",
        agencies=sorted(shown, key=lambda one: one[0].casefold()),
        record=record,
        fingerprint=fingerprint_of,
        pem=public_pem,
    )
