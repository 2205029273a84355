"""Names that look alike: what a reader would take for one and the same agency.

Unicode Technical Standard 39 (2025), sections 4 and 5.1: two texts whose skeletons are equal can be confused,
and a word that mixes scripts is seldom meant. The table holds what matters for names in Latin letters: the
Cyrillic and Greek letters, and the figures, that look like one of them. Letters of other scripts are not in
it; the rule about mixed scripts finds most of what is done with those.
"""

from __future__ import annotations

import re
import unicodedata

# Greek, where a capital and its small letter can look like two different letters: Ν and ν, Υ and υ.
_GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεηικμνορστυχω", "ABEZHIKMNOPTYXabyenikuvopotuxw")
# All else as small letters. What stands in a line is taken for one: a capital I, a small l and a 1 are.
_LOOK_LIKE = {
    "a": "аɑ",
    "b": "вь",
    "c": "с",
    "d": "ԁ",
    "e": "е",
    "g": "ɡ",
    "h": "нһ",
    "j": "ј",
    "k": "к",
    "l": "iıіɩǀӏ|1",
    "m": "м",
    "n": "п",
    "o": "о0",
    "p": "р",
    "q": "ԛ",
    "r": "г",
    "s": "ѕ",
    "t": "т",
    "v": "ѵ",
    "w": "ԝ",
    "x": "х",
    "y": "уү",
}
_PLAIN = str.maketrans({other: letter for letter, others in _LOOK_LIKE.items() for other in others})
# Pairs that run together in many fonts.
_PAIRS = (("rn", "m"), ("vv", "w"))
# Written beside each other, and beside Latin letters, in ordinary Chinese, Japanese and Korean.
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC")


def skeleton(name: str) -> str:
    """Return what is left of a name when everything is taken for what it looks like; equal ones look alike.

    Capitals, accents and signs between words do not count. It is for comparing, not for showing.
    """
    split = unicodedata.normalize("NFKD", name)
    bare = "".join(sign for sign in split if not unicodedata.combining(sign))
    letters = bare.translate(_GREEK).casefold().translate(_PLAIN)
    for pair, one in _PAIRS:
        letters = letters.replace(pair, one)
    return " ".join(re.findall(r"[^\W_]+", letters))


def mixed_word(name: str) -> str:
    """Return the first word of a name with letters of more than one script in it; "" where there is none."""
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name)):
        scripts = {_script(letter) for letter in word} - {""}
        if len(scripts) > 1:
            return str(word)
    return ""


def _script(letter: str) -> str:
    """Return the script that the name of a letter begins with; "" where it may stand beside any other."""
    said = unicodedata.name(letter, "")
    if not said or said.startswith(_EAST_ASIAN) or unicodedata.category(letter) == "Lm":
        return ""
    return said.split()[0]
