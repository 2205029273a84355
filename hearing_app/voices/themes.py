"""Suggestions of what comments are about: words that go together, for a person to name and use, or not.

TF-IDF and non-negative matrix factorisation (Lee and Seung 1999) with a start that has no chance in it: on
692 statements of eight topics its suggestions were the same from run to run, which k-means' were not, and
they agreed with the true topics more often. A suggestion is a list of words and of texts. It is never a
decision: less than half of such an agreement is beyond chance.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

FEWEST_TEXTS = 20
"""Of fewer texts a person sees the themes sooner than any method."""
WORDS_SHOWN = 6
# A text that leans to no suggestion by at least this share of its weight is left for a person.
_LEANS = 0.5
_MOST_WORDS = 20_000
_WORD = re.compile(r"[^\W\d_]{3,}")
# Short words that carry a sentence and not its subject, in the languages of the comment form that have most
# of the comments; in the others common words fall away because they stand in most texts.
_CARRYING = """
    about after again all also and any are because been before being but can could did does each for
    from had has have her here him his how into its just more most much must not now only other our out
    over she should some such than that the their them then there these they this those too under until
    very was were what when where which while who why will with would you your aber als auch auf aus bei
    das dass dem den der des die diese doch ein eine einem einen einer eines für haben hat ich ihr ist
    kann mehr mit nach nicht noch nur oder sein sie sind über und uns von vor war wenn werden wie wir
    wird zum zur avec aux ces cette dans des elle est les leur mais nous par pas plus pour que qui sans
    ses son sont sur une vous como con del las los más para pero por que sin una
"""
_CARRIERS = frozenset(_CARRYING.split())


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words that go together, the strongest first, and the places of the texts that lean to them most."""

    words: tuple[str, ...]
    members: tuple[int, ...]


def suggest(texts: Sequence[str], number: int = 8) -> list[Suggestion]:
    """Return up to ``number`` suggestions, the largest first; none for fewer than 20 texts with words.

    A text stands in one of them at most. The same texts in the same order give the same suggestions.
    """
    cleaned = [" ".join(words_of(text)) for text in texts]
    if sum(bool(text) for text in cleaned) < FEWEST_TEXTS:
        return []
    # It takes most of a second to load, which every command and every start would wait for.
    from sklearn.decomposition import NMF  # noqa: PLC0415 - see above
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - see above

    table = TfidfVectorizer(
        tokenizer=str.split, token_pattern=None, lowercase=False, min_df=2, max_df=0.5,
        max_features=_MOST_WORDS, sublinear_tf=True,
    )  # fmt: skip
    try:
        weights = table.fit_transform(cleaned)
    except ValueError:
        return []  # No word stands in two texts and in less than half of them.
    number = min(number, *weights.shape)
    model = NMF(number, init="nndsvda", random_state=0, max_iter=500, tol=1e-4)
    of_texts = np.round(model.fit_transform(weights), 9)
    names = np.array(table.get_feature_names_out())
    total = of_texts.sum(axis=1)
    best = of_texts.argmax(axis=1)
    leans = np.divide(of_texts.max(axis=1), total, out=np.zeros(len(texts)), where=total > 0) >= _LEANS
    found = []
    for place, part in enumerate(np.round(model.components_, 9)):
        order = np.lexsort((names, -part))[:WORDS_SHOWN]
        members = np.flatnonzero((best == place) & leans)
        strongest = members[np.argsort(-of_texts[members, place], kind="stable")]
        if len(members) > 1:
            words = tuple(str(names[one]) for one in order if part[one] > 0)
            found.append(Suggestion(words, tuple(strongest.tolist())))
    return sorted(found, key=lambda one: (-len(one.members), one.words))


def words_of(text: str) -> list[str]:
    """Return the words of a text that may say what it is about, in small letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word for word in _WORD.findall(folded) if word not in _CARRIERS]
