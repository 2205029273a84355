"""How hard a text is to read: LIX, which counts words, sentences and long words, and knows no language.

C. H. Björnsson, Läsbarhet (Stockholm: Liber, 1968): LIX = words / sentences + 100 × long words / words,
where a long word has more than six letters. On his scale texts under 40 are easy, and from 50 on as hard
as the texts of offices. It does not say whether a text is right, and says little about a few words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONG = 6
FEWEST_WORDS = 10
"""Below this a measure would say more about chance than about the text."""
EASY, HARD = 40, 50
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Points inside numbers and web addresses end no sentence.
_END = re.compile(r"[.!?:。！？]+(?=\s|$)")
# Scripts that write no spaces between words: their words cannot be counted so.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Readability:
    """What was counted in a text. ``lix`` is absent where there are too few words, or none to count."""

    words: int
    sentences: int
    long_words: int
    lix: float | None

    @property
    def in_words(self) -> str:
        """The measure as a sentence, with what it is compared with."""
        if self.lix is None:
            return "Too short to be measured, or in a script whose words cannot be counted."
        ease = "easy" if self.lix < EASY else "of medium difficulty" if self.lix < HARD else "hard"
        return f"LIX {self.lix:.0f}: {ease} to read. Under {EASY} is easy, from {HARD} on hard."


def readability(text: str) -> Readability:
    """Return how hard a text is to read."""
    words = _WORD.findall(text)
    sentences = max(1, len(_END.findall(text.strip())))
    long_words = sum(len(word) > LONG for word in words)
    if len(words) < FEWEST_WORDS or _UNSPACED.search(text):
        return Readability(len(words), sentences, long_words, None)
    lix = len(words) / sentences + 100 * long_words / len(words)
    return Readability(len(words), sentences, long_words, lix)
