"""The language of a comment: by script where the script decides, else by langdetect, else undetermined.

Rules, with what was measured on 3,250 civic comments: langdetect is right on 53 % of English texts of 10
characters, 96 % at 40 and 99 % at 60, and a wrong answer is as confident as a right one, so nothing under 40
letters is judged. It takes most Traditional Chinese for Korean, so Han, Hangul and Kana decide before it is
asked. Without a seed the answer changes from run to run. What the author declared always wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from threading import Lock

from langdetect import DetectorFactory, detect_langs
from langdetect.lang_detect_exception import LangDetectException

UNDETERMINED = "und"
FEWEST_LETTERS = 40
DetectorFactory.seed = 0
# The library loads its profiles into a global on first use, without a lock of its own.
_one_at_a_time = Lock()

_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|[@#]\w+")
# Scripts that more than one language shares: the model may only choose among these.
_SHARED = {
    "ARABIC": frozenset({"ar", "fa", "ur"}),
    "CYRILLIC": frozenset({"bg", "mk", "ru", "uk"}),
    "DEVANAGARI": frozenset({"hi", "mr", "ne"}),
}
# Letters of languages that write in these scripts and that the model does not know (Mongolian, Kazakh,
# Serbian, Belarusian; Pashto, Kurdish): it calls Mongolian Russian with a confidence of 1.
_OF_OTHERS = re.compile("[өүұқғңәһҗҷҳӣӯђћўټځڅډړږښګڼېۍڕڵۆێە]", re.IGNORECASE)
_ALONE = {
    "HANGUL": "ko",
    "GREEK": "el",
    "HEBREW": "he",
    "THAI": "th",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
}


@dataclass(frozen=True, slots=True)
class Language:
    """What was found: a BCP 47 tag or "und", how, and the model's own confidence where it was asked."""

    tag: str
    detector: str
    confidence: float | None = None


def detect(text: str) -> Language:
    """Return the language of ``text``; "und" (undetermined) is an answer, never an error."""
    # Full-width and mathematical letters, half-width Kana and loose accents become what they stand for.
    words = unicodedata.normalize("NFKC", _NOT_WORDS.sub(" ", text))
    letters = [sign for sign in words if sign.isalpha()]
    scripts = Counter(_script(sign) for sign in letters)
    if not letters:
        return Language(UNDETERMINED, "too short")
    script, most = scripts.most_common(1)[0]
    # Japanese mixes Kana with Han; a fifth of Kana settles it.
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    east_asian = kana + scripts["CJK"]
    if len(letters) >= 4 and east_asian > len(letters) / 2:
        return Language("ja" if kana > east_asian / 5 else "zh", "script")
    if most <= len(letters) / 2:
        return Language(UNDETERMINED, "mixed scripts")
    if len(letters) >= 4 and script in _ALONE:
        return Language(_ALONE[script], "script")
    if len(letters) < FEWEST_LETTERS:
        return Language(UNDETERMINED, "too short")
    return _by_model(words, script)


def effective(declared: str, detected: str) -> str:
    """Return the language to go by: what the author declared, else what was found."""
    return declared or detected


def _by_model(words: str, script: str) -> Language:
    try:
        with _one_at_a_time:
            best = detect_langs(words)[0]
    except LangDetectException:
        return Language(UNDETERMINED, "langdetect 1.0.9")
    allowed = _SHARED.get(script)
    if allowed and _OF_OTHERS.search(words):
        return Language(UNDETERMINED, "letters of another language")
    elsewhere = frozenset().union(*_SHARED.values(), {"zh-cn", "zh-tw", "ja", *_ALONE.values()})
    fits = best.lang in allowed if allowed else best.lang not in elsewhere
    tag = best.lang if fits else UNDETERMINED
    return Language(tag, "langdetect 1.0.9", round(best.prob, 4))


def _script(letter: str) -> str:
    # "KATAKANA-HIRAGANA PROLONGED SOUND MARK", the dash of borrowed words, is Kana as well.
    return re.split("[ -]", unicodedata.name(letter, "UNKNOWN"), maxsplit=1)[0]
