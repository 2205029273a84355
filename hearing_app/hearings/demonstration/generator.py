"""Made-up comments with known labels: what each is about, its view, its language, and what was put into it.

The same seed gives the same comments. Since the labels are known, they are what tests of language, of
personal data, of duplicates and of themes are measured against.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hearing_app.hearings.demonstration.sentences import (
    CONDITIONAL,
    LETTER,
    OTHERS,
    OWN_WORDS,
    PERSONAL,
    STATEMENTS,
    THEMES,
)
from hearing_app.hearings.vocabulary import CommentType, Stance, Standing

SEED = 2026
COMMENTS, VOTERS = 360, 64
_LETTERS_SENT, _OTHER_LANGUAGES, _WITH_PERSONAL_DATA = 0.12, 0.15, 0.05
_STANCES = ((Stance.OPPOSE, 5), (Stance.CONDITIONS, 3), (Stance.SUPPORT, 3), (Stance.NO_VIEW, 1))
_STANDINGS = tuple(Standing)
# Two camps and how they see each statement: agree, disagree, or undecided.
_CAMPS = (
    (1, -1, 1, 1, -1, 1, 1, 1, 1, 0, 1, -1),
    (0, 1, 0, -1, 1, -1, 1, -1, 1, 1, -1, 1),
)


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up comment: the fields of its draft, and what is known of it.

    ``theme`` is "" for a letter of the campaign; ``personal_data`` names the kind that was put in, or "".
    """

    fields: dict[str, Any]
    theme: str
    stance: Stance
    language: str
    is_letter: bool
    personal_data: str

    @property
    def words(self) -> str:
        """Everything that it says."""
        return "\n".join(part for part in (self.fields["concern"], self.fields.get("ask", "")) if part)


def comments(number: int = COMMENTS, *, seed: int = SEED) -> list[Made]:
    """Return so many comments, always the same for a seed."""
    lots = random.Random(f"comments {seed}")  # noqa: S311 - the same lots each time are wanted
    return [_comment(lots) for _ in range(number)]


def votes(number: int = VOTERS, *, seed: int = SEED) -> list[tuple[int, int, int]]:
    """Return votes as (voter, statement from 1 on, vote), in the order in which they are cast."""
    lots = random.Random(f"votes {seed}")  # noqa: S311 - the same lots each time are wanted
    cast = []
    for voter in range(number):
        camp = _CAMPS[camp_of(voter)]
        for statement in lots.sample(range(len(STATEMENTS)), k=lots.randint(8, len(STATEMENTS))):
            given = camp[statement] if lots.random() < 0.88 else lots.choice((1, 0, -1))
            cast.append((voter, statement + 1, given))
    lots.shuffle(cast)
    return cast


def camp_of(voter: int) -> int:
    """Return the camp in which a made-up voter votes: three of five in the first."""
    return 0 if voter % 5 < 3 else 1


def _comment(lots: random.Random) -> Made:
    drawn = lots.random()
    if drawn < _LETTERS_SENT:
        return _letter(lots)
    personal = ""
    if drawn < _LETTERS_SENT + _OTHER_LANGUAGES:
        language = lots.choice(sorted(OTHERS))
        theme = lots.choice(sorted(OTHERS[language]))
        stance = Stance.SUPPORT if theme == "safety" else Stance.OPPOSE
        concern, ask = lots.choice(OTHERS[language][theme]), ""
    else:
        language, theme = "en", lots.choice(sorted(THEMES))
        stance = lots.choices([one for one, _ in _STANCES], weights=[share for _, share in _STANCES])[0]
        concern = " ".join(_said(lots, theme, stance))
        ask = lots.choice(THEMES[theme].asks) if lots.random() < 0.5 else ""
        if lots.random() < _WITH_PERSONAL_DATA / (1 - _LETTERS_SENT - _OTHER_LANGUAGES):
            personal = lots.choice(sorted(PERSONAL))
            concern = f"{concern} {lots.choice(PERSONAL[personal])}"
    fields = {
        "concern": concern,
        "ask": ask,
        "comment_type": _kind(lots, stance, ask),
        "stance": stance,
        "standing": _standing(lots),
        # Some say in which language they write; of the others it is found out.
        "language_declared": language if lots.random() < 0.3 else "",
        **_wish(lots),
    }
    return Made(fields, theme, stance, language, False, personal)


def _letter(lots: random.Random) -> Made:
    own = lots.choice(OWN_WORDS) if lots.random() < 0.35 else ""
    concern = f"{own} {LETTER}".strip() if lots.random() < 0.5 else f"{LETTER} {own}".strip()
    fields = {
        "concern": concern,
        "ask": "",
        "comment_type": CommentType.CONCERN,
        "stance": Stance.OPPOSE,
        "standing": _standing(lots),
        "language_declared": "",
    }
    return Made(fields, "", Stance.OPPOSE, "en", True, "")


def _said(lots: random.Random, theme: str, stance: Stance) -> list[str]:
    found = THEMES[theme]
    if stance is Stance.SUPPORT:
        return lots.sample(found.in_favour, k=1) + (
            [lots.choice(THEMES["safety"].in_favour)] if theme == "safety" else []
        )
    said = lots.sample(found.against, k=min(2, len(found.against)))
    if stance is Stance.CONDITIONS:
        said = [said[0], lots.choice(CONDITIONAL)]
    return said if stance is not Stance.NO_VIEW else said[:1]


def _kind(lots: random.Random, stance: Stance, ask: str) -> CommentType:
    if ask and lots.random() < 0.4:
        return CommentType.QUESTION
    if stance is Stance.CONDITIONS:
        return CommentType.CONDITION
    if stance is Stance.SUPPORT:
        return CommentType.SUPPORT
    return lots.choice((CommentType.CONCERN, CommentType.CONCERN, CommentType.EXPERIENCE))


def _standing(lots: random.Random) -> tuple[str, ...]:
    return tuple(sorted({str(lots.choice(_STANDINGS)) for _ in range(lots.choice((1, 1, 1, 2)))}))


def _wish(lots: random.Random) -> dict[str, Any]:
    """Return a wish to speak: one in eight has one, and one in six of those needs an interpreter."""
    if lots.random() >= 0.125:
        return {}
    how = lots.choice(("in_person", "in_person", "phone_or_video", "read_out"))
    needs = lots.random() < 1 / 6
    wish: dict[str, Any] = {"speaking": how, "first_time": lots.random() < 0.6}
    if needs:
        wish |= {"interpreter": True, "interpreter_language": lots.choice(("pl", "es", "zh"))}
    return wish


def labels(made: Sequence[Made]) -> list[dict[str, Any]]:
    """Return what is known of each comment, as an oracle reads it."""
    return [
        {
            "theme": one.theme,
            "stance": str(one.stance),
            "language": one.language,
            "is_letter": one.is_letter,
            "personal_data": one.personal_data,
        }
        for one in made
    ]
