"""Names that look alike: what a reader would take for one and the same agency.

Unicode Technical Standard 39 (2025), sections 4 and 5.1: two texts whose skeletons are equal can be confused,
and a word that mixes scripts is seldom meant. The table holds what matters for names in Latin letters: the
Cyrillic and Greek letters, and the figures, that look like one of them. Letters of other scripts are not in
it; the rule about mixed scripts finds most of what is done with those.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

# Greek, where a capital and its small letter can look like two different letters: Ν and ν, Υ and υ.
_GREEK = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβγεηικμνορστυχω", "ABEZHIKMNOPTYXabyenikuvopotuxw")
# All else as small letters. What stands in a line is taken for one: a capital I, a small l and a 1 are.
_LOOK_LIKE = {
    "a": "аɑᴀ",
    "b": "вьʙ",
    "c": "сᴄ",
    "d": "ԁᴅ",
    "e": "еᴇ",
    "g": "ɡɢ",
    "h": "нһʜ",
    "j": "ј",
    "k": "кᴋ",
    "l": "iıіɩǀӏ|1łʟ",
    "m": "мᴍ",
    "n": "пɴ",
    "o": "о0øᴏ\u09e6\u0ce6",
    "p": "рᴘ",
    "q": "ԛ",
    "r": "гʀ",
    "s": "ѕ5ꜱ",
    "t": "тᴛ",
    "v": "ѵ",
    "w": "ԝ",
    "x": "х",
    "y": "уү",
}
_PLAIN = str.maketrans({other: letter for letter, others in _LOOK_LIKE.items() for other in others})
# Joiners, selectors, fillers and a blank Braille cell: no eye sees them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0100-\U000e01ef]"
)
# Pairs that run together in many fonts.
_PAIRS = (("rn", "m"), ("vv", "w"))
# Written beside each other in ordinary Chinese, Japanese and Korean; inside a Latin word they are meant to be
# taken for something else.
_EAST = "EAST ASIAN"
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC")


def skeleton(name: str) -> str:
    """Return what is left of a name when everything is taken for what it looks like; equal ones look alike.

    Capitals, accents and signs between words do not count. It is for comparing, not for showing.
    """
    split = unicodedata.normalize("NFKD", _seen(name))
    bare = "".join(sign for sign in split if not unicodedata.combining(sign))
    letters = bare.translate(_GREEK).casefold().translate(_PLAIN)
    for pair, one in _PAIRS:
        letters = letters.replace(pair, one)
    return " ".join(re.findall(r"[^\W_]+", letters))


def mixed_word(name: str) -> str:
    """Return the first word of a name with letters of more than one script in it; "" where there is none."""
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", _seen(name))):
        scripts = [script for script, _ in groupby(map(_script, word)) if script]
        others = set(scripts) - {_EAST}
        # A name in Chinese may hold a Latin word; a Latin word holds no Chinese sign between two letters.
        inside = any(
            one == _EAST and before == after != _EAST
            for before, one, after in zip(scripts, scripts[1:], scripts[2:], strict=False)
        )
        if len(others) > 1 or inside:
            return str(word)
    return ""


def _seen(name: str) -> str:
    """Return the name without the signs that have no look: they must not part a word, nor make another."""
    return _UNSEEN.sub("", name)


def _script(letter: str) -> str:
    """Return the script that the name of a letter begins with; "" where it may stand beside any other."""
    said = unicodedata.name(letter, "")
    if not said or unicodedata.category(letter) == "Lm":
        return ""
    return _EAST if said.startswith(_EAST_ASIAN) else said.split()[0]
