"""Signs of data about single people, in the names of columns and in their values.

Nothing here gives a value out: what is returned is a kind ("a telephone number"), for a message.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from hearing_app.errors import Fault
from hearing_app.evidence.manifest import ListedColumn, Manifest, TimeColumn
from hearing_app.voices.personal_data import find

NEAR_UNIQUE = 0.5
"""A column with more different values than this share of its rows tells single people apart."""
FEWEST_ROWS = 50
"""With fewer rows the share says nothing."""

# Words of a column's name, whole: "name" alone or of a person, never "district_name".
_PERSON = (
    "first|last|sur|fore|full|given|family|middle|maiden|nick|user|officer|suspect|victim|defendant|person|"
    "offender|subject|witness|complainant|detainee|driver|owner|arrestee|legal|own|birth"
)
_NAMES = (
    ("a name", rf"name|names|surname|forename|alias|username|(?:{_PERSON})_?names?|initials"),
    ("a date of birth", r"dob|d_o_b|birth\w*|\w*_birth|\w*_dob|date_of_birth|born"),
    ("an e-mail address", r"e_?mail\w*|\w*_e_?mail"),
    (
        "a telephone number",
        r"(?:\w*_)?(?:phone|telephone|mobile|tel|msisdn|imei|imsi)(?:_(?:no|nr|num|number))?",
    ),
    ("a number plate", r"(?:\w*_)?(?:plates?|vrm|vrn|vin|(?:number|licen[cs]e)_plate|registration|reg_no)"),
    (
        "a number of a case or a person",
        r"id|uid|uuid|guid|pnc\w*|cro|nino|ssn|passport\w*|nhs\w*|licen[cs]e_(?:no|number)|badge\w*|collar\w*|"
        r"(?:case|crime|incident|custody|person|arrest|booking|docket|charge|suspect|offender|defendant|victim|"
        r"nominal|report|reference|record|ref|serial|inmate|prisoner|warrant|file)"
        r"_?(?:id|no|nr|num|number|ref)",
    ),
    (
        "an exact place",
        r"(?:\w*_)?(?:address|street|street_name|postcode|post_code|zip|zipcode|zip_code|lat|latitude|lon|lng|"
        r"longitude|easting|northing|uprn|coordinates?|gps|geom|geometry|what3words)|long|location",
    ),
    (
        "free text",
        r"(?:\w*_)?(?:notes?|comments?|description|free_?text|narrative|remarks?|summary|statement)|text|mo",
    ),
    ("an IP address", r"ip|ip_?addr\w*|mac_?addr\w*"),
    (
        "a picture or a trace of the body",
        r"(?:\w*_)?(?:photo|image|mugshot|fingerprint|dna)(?:_(?:id|file|path))?",
    ),
)
_OF_NAMES = tuple((kind, re.compile(pattern)) for kind, pattern in _NAMES)

_OF_PERIODS = frozenset({"an exact date", "a number of a case or a person"})
_OF_VALUES = (
    (
        "an exact date",
        re.compile(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})(?:[ T].*)?"),
    ),
    ("coordinates", re.compile(r"[-+]?\d{1,3}\.\d{4,}(?:[ ,;]+[-+]?\d{1,3}\.\d{4,})?")),
    ("a name", re.compile(r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|PC|DC|DS|DI|Sgt|Insp|Det|Officer)\b\.? [A-Z]\w+.*")),
    (
        "an address",
        re.compile(r"(?i)\d+[a-z]? (?:\w+ ){1,4}(?:street|st|road|rd|avenue|ave|lane|drive|close|way)\b.*"),
    ),
    (
        "a number of a case or a person",
        re.compile(
            r"(?i)(?=.*\d)[a-z]{1,5}[-/ ]?\d{2,4}[-/ ]\d{3,}.*|\d{6,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{12,}"
        ),
    ),
    ("a National Insurance or social security number", re.compile(r"\d{3}-\d{2}-\d{4}")),
    ("free text", re.compile(r"(?s)(?=.{80,}).*|(?:\S+\s+){11,}\S.*")),
)


def kind_of_name(column: str) -> str | None:
    """What a column of that name would hold about single people, or None."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column.strip())
    name = re.sub(r"\W+", "_", name).strip("_").lower()
    return next((kind for kind, form in _OF_NAMES if form.fullmatch(name)), None)


def kind_of_value(text: str) -> str | None:
    """What kind of data about single people a value looks like, or None."""
    text = text[:2_000].strip()
    for kind, form in _OF_VALUES:
        if form.fullmatch(text):
            return kind
    found = find(text)
    return found[0].kind if found else None


def kinds_of_values(texts: Iterable[str]) -> tuple[str, ...]:
    """The kinds that at least one of the values looks like, each once."""
    return tuple(dict.fromkeys(kind for text in texts if (kind := kind_of_value(text)) is not None))


def is_near_unique(distinct: int, rows: int) -> bool:
    """Whether nearly every row has a value of its own."""
    return rows >= FEWEST_ROWS and distinct > NEAR_UNIQUE * rows


def faults_of_manifest(manifest: Manifest) -> Iterator[Fault]:
    """What in a manifest's own columns looks like data about single people; values are not quoted."""
    for index, column in enumerate(manifest.columns):
        place = f"columns.{index}"
        kind = kind_of_name(column.name)
        if kind is not None:
            repair = "Leave the column out; where it is something else, give it a name that says what."
            problem = f"The column {column.name} is named like {kind}."
            yield Fault("dataset.yaml", f"{place}.name", problem, repair)
        for number, listed in enumerate(column.values if isinstance(column, ListedColumn) else ()):
            texts = [text for text in (listed.label, listed.before, listed.after) if text]
            found = [kind for kind in kinds_of_values(texts) if kind != "free text"]
            found += kinds_of_values([str(listed.value)])
            if isinstance(column, TimeColumn):
                # A day, or a month as 202301, is what a column of periods may hold.
                found = [kind for kind in found if kind not in _OF_PERIODS]
            if found:
                problem = f"It looks like {found[0]}."
                repair = "List groups of people only, never what belongs to one of them."
                yield Fault("dataset.yaml", f"{place}.values.{number}", problem, repair)
