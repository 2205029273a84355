"""Words of fixed meaning, ours and theirs: one table for each list, read both ways.

Where several of ours have one word there, the first is what that word is read as, and an export says so.
"""

from __future__ import annotations

from hearing_app.registry.vocabulary import LifecycleStage as Stage
from hearing_app.registry.vocabulary import PolicingFunction as Function

NL_STATUS = (
    (Stage.DEVELOPMENT.value, "In ontwikkeling"),
    (Stage.PROPOSED.value, "In ontwikkeling"),
    (Stage.DESIGN.value, "In ontwikkeling"),
    (Stage.PILOT_SHADOW.value, "In ontwikkeling"),
    (Stage.OPERATIONAL.value, "In gebruik"),
    (Stage.PILOT_LIVE.value, "In gebruik"),
    (Stage.SUSPENDED.value, "Buiten gebruik"),
    (Stage.RETIRED.value, "Buiten gebruik"),
    (Stage.CANCELLED.value, "Buiten gebruik"),
)
# "Out of use" says first of all that it is over; a pause is the rarer case.
NL_STATUS_READ = (("Buiten gebruik", Stage.RETIRED.value),)

# The words of the form of version 4, and those of the versions before it.
ATRS_PHASE = (
    (Stage.PROPOSED.value, "Pre-deployment"),
    (Stage.DESIGN.value, "Pre-deployment"),
    (Stage.DEVELOPMENT.value, "Pre-deployment"),
    (Stage.PILOT_SHADOW.value, "Private beta"),
    (Stage.PILOT_LIVE.value, "Public beta"),
    (Stage.OPERATIONAL.value, "Production"),
    (Stage.SUSPENDED.value, "Production"),
    (Stage.RETIRED.value, "Retired"),
    (Stage.CANCELLED.value, "Retired"),
)
ATRS_PHASE_READ = (
    ("Pre-deployment", Stage.DEVELOPMENT.value),
    ("Idea", Stage.PROPOSED.value),
    ("Design", Stage.DESIGN.value),
    ("Development", Stage.DEVELOPMENT.value),
    ("Pilot/beta", Stage.PILOT_LIVE.value),
    ("Beta/pilot", Stage.PILOT_LIVE.value),
    ("beta-pilot", Stage.PILOT_LIVE.value),
)

EU_STATUS = (
    (Stage.OPERATIONAL.value, "on the market or in service"),
    (Stage.PILOT_LIVE.value, "on the market or in service"),
    (Stage.SUSPENDED.value, "no longer placed on the market or in service"),
    (Stage.RETIRED.value, "no longer placed on the market or in service"),
)
EU_STATUS_READ = (("no longer placed on the market or in service", Stage.RETIRED.value),)

NL_THEME = {
    Function.ANPR: "Verkeer",
    Function.TRAFFIC_ENFORCEMENT: "Verkeer",
    Function.CUSTODY_BAIL_SUPPORT: "Recht",
    Function.EVIDENCE_RELIABILITY: "Recht",
    Function.SCHEDULING: "Organisatie en bedrijfsvoering",
    Function.STAFF_INTEGRITY: "Organisatie en bedrijfsvoering",
    Function.PUBLIC_CHATBOT: "Organisatie en bedrijfsvoering",
    Function.DRAFTING_GENAI: "Organisatie en bedrijfsvoering",
    Function.REDACTION: "Organisatie en bedrijfsvoering",
    Function.SEARCH: "Organisatie en bedrijfsvoering",
    Function.CODING_ASSISTANT: "Organisatie en bedrijfsvoering",
}
"""The theme of a kind of police work; what is not here is ``NL_SAFETY``."""
NL_SAFETY = "Openbare orde en veiligheid"
NL_HIGH_RISK, NL_IMPACTFUL, NL_OTHER = (
    "Hoog-risico AI-systeem",
    "Impactvolle algoritmes",
    "Overige algoritmes",
)
NL_IN_HOUSE = "Intern ontwikkeld"

NL_ASSESSMENTS = (
    ("dpia", "Data Protection Impact Assessment (DPIA)"),
    ("human_rights_ia", "Impact Assessment Mensenrechten en Algoritmes (IAMA)"),
    ("fria", "Fundamental Rights Impact Assessment (FRIA)"),
)

# ISO 639-3 for the languages in which a register may be written; others are named as they stand.
LANGUAGES = {
    **{"ar": "ara", "da": "dan", "de": "deu", "en": "eng", "es": "spa", "fi": "fin", "fr": "fra"},
    **{"fy": "fry", "ga": "gle", "it": "ita", "ja": "jpn", "ko": "kor", "mn": "mon", "nl": "nld"},
    **{
        "no": "nor",
        "pl": "pol",
        "pt": "por",
        "ru": "rus",
        "sv": "swe",
        "tr": "tur",
        "uk": "ukr",
        "zh": "zho",
    },
}
