"""Advice on the technology: who supplies it, whether it is one tool, and what is linked as its documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlsplit

from hearing_app.registry.advice.finding import Finding, looks_at_bodies
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.accountability import ProcurementRoute
from hearing_app.registry.vocabulary import PolicingFunction, SourceKind

# A name that is followed by the form of a company, in several countries.
_COMPANY = re.compile(
    r"\b((?:[A-Z][\w&-]*\s+){1,3})(?:Ltd|Limited|Inc|LLC|Corp|Corporation|GmbH|AG|B\.?V|N\.?V|plc|PLC|S\.?A|SAS|"
    r"AB|Oy|ApS|Pty|S\.?p\.?A|K\.?K)\b"
)
# Names of suppliers and products that stand in policing and are no ordinary words. Only a name is looked for:
# that a text bears one says nothing about the company.
_KNOWN = (
    *("Amazon", "AnyVision", "Axon", "Azavea", "BriefCam", "Cellebrite", "Clearview", "Cognitec", "Corsight"),
    *("Dahua", "Dataminr", "equivant", "Facewatch", "Flock Safety", "Genetec", "Geolitica", "Hikvision"),
    *("HunchLab", "IDEMIA", "Innovatrics", "Megvii", "Microsoft", "Milestone XProtect", "Motorola Solutions"),
    *(
        "NEC NeoFace",
        "NeoFace",
        "Northpointe",
        "NtechLab",
        "Oosto",
        "Palantir",
        "PredPol",
        "Rekor",
        "SenseTime",
    ),
    *("ShotSpotter", "SoundThinking", "Thales", "Veritone", "Vigilant Solutions", "Voyager Labs"),
)
_RENAMED = {"Northpointe": "equivant", "Geolitica": "PredPol", "SoundThinking": "ShotSpotter"}
_BROCHURE = re.compile(
    r"brochure|data-?sheet|fact-?sheet|white-?paper|marketing|press|sales|solutions?/|products?/|flyer|leaflet",
    re.IGNORECASE,
)
_NO_CODE = (".pdf", ".ppt", ".pptx", ".doc", ".docx", ".png", ".jpg", ".jpeg", ".mp4", ".xlsx")
_CODE_HOSTS = re.compile(
    r"(?:^|\.)(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org|sr\.ht|sourceforge\.net|zenodo\.org|"
    r"huggingface\.co|softwareheritage\.org|opencode\.de)$|^(?:git|gitlab|code|source|svn)\."
)
_DECIDING = frozenset(
    {
        PolicingFunction.PERSON_OFFENDING_RISK,
        PolicingFunction.PERSON_VICTIM_RISK,
        PolicingFunction.TEXT_THREAT_DETECTION,
        PolicingFunction.CUSTODY_BAIL_SUPPORT,
    }
)
_MANY_KINDS = 4


def vendor_in_prose(entry: Entry, _: date) -> Iterator[Finding]:
    """A company or product in the text that does not stand among the suppliers."""
    prose = {
        "name": entry.name,
        "summary": entry.summary,
        "purpose": entry.purpose,
        "decision_supported": entry.decision_supported or "",
        "aliases": " · ".join(entry.aliases),
        "system_versions": " · ".join(one.name for one in entry.system_versions),
    }
    suppliers = " ".join(f"{one.name} {one.role or ''} {one.note or ''}" for one in entry.suppliers)
    listed = " ".join((suppliers, entry.deployer.name, *entry.users)).casefold()
    for field, text in prose.items():
        for name in _companies(text):
            if name.casefold() not in listed:
                yield Finding(
                    "vendor_in_prose",
                    field,
                    f"“{name}” stands in the text, and not among those who supply it.",
                    "Add the company under “Who supplies it”, or take the name out where it is another's.",
                )
    if not entry.suppliers and (sold := [s for s in entry.sources if s.kind is SourceKind.VENDOR]):
        yield Finding(
            "vendor_in_prose",
            "suppliers",
            f"A source is from a company that sells it ({sold[0].publisher}), and no supplier is named.",
            "Name who supplies it, and with which part.",
        )


def in_house(entry: Entry, _: date) -> Iterator[Finding]:
    """Built in house, but somebody supplies it."""
    if entry.suppliers and entry.procurement and entry.procurement.route is ProcurementRoute.IN_HOUSE:
        yield Finding(
            "in_house",
            "procurement.route",
            f"It is said to be built in house, and {entry.suppliers[0].name} supplies it.",
            "Say how the supplied part was bought, or take the supplier out.",
        )


def brochure(entry: Entry, _: date) -> Iterator[Finding]:
    """A brochure, or a supplier's page, as source code."""
    address = entry.tech_docs.source_code if entry.tech_docs else None
    if not address:
        return
    parts = urlsplit(address)
    host = (parts.hostname or "").casefold()
    sold_by = {
        (urlsplit(one.address).hostname or "").casefold()
        for one in entry.sources
        if one.address and one.kind is SourceKind.VENDOR
    }
    is_file = parts.path.casefold().endswith(_NO_CODE)
    is_page = not _CODE_HOSTS.search(host) and (host in sold_by or bool(_BROCHURE.search(parts.path)))
    if is_file or is_page:
        yield Finding(
            "brochure",
            "tech_docs.source_code",
            "This link leads to a document or a page about the product, and to no program's text.",
            "Link the source code, or leave it out and say under “If not, why” why it is not public.",
        )


def several_tools(entry: Entry, _: date) -> Iterator[Finding]:
    """Several tools in one entry: what is said of one is then read as true of all."""
    repair = "Make an entry for each tool: each has its own data, errors and rules."
    if entry.screening.one_technology is False:
        problem = "It is said that this entry describes several technologies together."
        yield Finding("several_tools", "screening.one_technology", problem, repair)
    elif len(entry.functions) >= _MANY_KINDS:
        problem = f"It names {len(entry.functions)} kinds of police work."
        yield Finding("several_tools", "functions", problem, repair)
    elif {PolicingFunction.RBI_REALTIME, PolicingFunction.RBI_POST} <= set(entry.functions):
        problem = (
            "It recognises people as they pass and in recorded images: two uses with rules of their own."
        )
        yield Finding("several_tools", "functions", problem, repair)
    elif len(products := _companies(" · ".join((entry.name, *entry.aliases)))) > 1:
        problem = f"It bears the names of several products: {', '.join(products)}."
        yield Finding("several_tools", "aliases", problem, repair)


def threshold(entry: Entry, _: date) -> Iterator[Finding]:
    """A matcher or score without the threshold from which it counts."""
    withheld = {one.field for one in entry.withheld}
    if not (looks_at_bodies(entry) or _DECIDING & set(entry.functions)) or "outputs" in withheld:
        return
    if entry.outputs and not any(one.threshold for one in entry.outputs):
        yield Finding(
            "threshold",
            "outputs",
            "It compares or scores people, and no threshold is stated from which a result counts.",
            "State the threshold, or withhold the field with a ground and a date.",
        )


def _companies(text: str) -> list[str]:
    known = [name for name in _KNOWN if re.search(rf"\b{re.escape(name)}\b", text)]
    formed = [found.group(1).strip() for found in _COMPANY.finditer(text)]
    # "NEC NeoFace" and "NeoFace" are one, and so is a company before and after it took another name.
    every = list(dict.fromkeys(_RENAMED.get(name, name) for name in [*known, *formed]))
    return [one for one in every if not any(one != other and one in other for other in every)]


CHECKS = (vendor_in_prose, in_house, brochure, several_tools, threshold)
