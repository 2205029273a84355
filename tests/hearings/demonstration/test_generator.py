"""The generator: the same comments each time, and labels against which the text tools are measured."""

from __future__ import annotations

from collections import Counter

import pytest
from sklearn.metrics import adjusted_rand_score

from hearing_app.hearings.comments.draft import Draft, check_draft
from hearing_app.hearings.demonstration.generator import (
    COMMENTS,
    VOTERS,
    Made,
    camp_of,
    comments,
    labels,
    votes,
)
from hearing_app.hearings.demonstration.sentences import STATEMENTS, THEMES
from hearing_app.hearings.vocabulary import Stance
from hearing_app.voices.duplicates import added_to, alike
from hearing_app.voices.language import detect, effective
from hearing_app.voices.opinion_groups import opinion_groups
from hearing_app.voices.personal_data import find
from hearing_app.voices.themes import suggest
from hearing_app.voices.vote_table import vote_table


@pytest.fixture(scope="module")
def made() -> list[Made]:
    return comments()


def test_a_seed_gives_the_same_comments(made: list[Made]) -> None:
    assert comments() == made
    assert comments(seed=1) != made
    assert len(made) == COMMENTS
    assert labels(made)[0].keys() == {"theme", "stance", "language", "is_letter", "personal_data"}


def test_every_comment_can_be_sent(made: list[Made]) -> None:
    for one in made:
        draft = Draft(draft_id="0" * 32, hearing_id="h", system_id="s", system_version=1, **one.fields)
        assert check_draft(draft) == []


def test_there_is_something_of_everything(made: list[Made]) -> None:
    assert {one.theme for one in made} == {"", *THEMES}
    assert {one.stance for one in made} == set(Stance)
    assert {one.language for one in made} == {"en", "de", "es", "pl", "zh"}
    assert 20 < sum(one.is_letter for one in made) < 80
    assert sum(bool(one.personal_data) for one in made) > 8
    assert sum("speaking" in one.fields for one in made) > 20


def test_personal_data_is_found_where_it_was_put_and_nowhere_else(made: list[Made]) -> None:
    for one in made:
        kinds = {finding.kind for finding in find(one.words)}
        assert kinds == ({one.personal_data} if one.personal_data else set()), one.words


def test_the_language_is_found_or_left_open_and_never_wrong(made: list[Made]) -> None:
    found: Counter[tuple[bool, bool]] = Counter()
    for one in made:
        tag = effective(str(one.fields["language_declared"]), detect(one.words).tag)
        found[tag.split("-")[0] == one.language, tag == "und"] += 1
    assert found[False, False] == 0
    assert found[True, False] > 0.95 * len(made)


def test_the_letter_is_found_with_all_its_senders(made: list[Made]) -> None:
    sent = {place for place, one in enumerate(made) if one.is_letter}
    [letter] = [one for one in alike([one.words for one in made]) if set(one.members) & sent]
    assert set(letter.members) == sent
    shared = made[letter.shared].words
    own = [words for place in letter.members if (words := added_to(shared, made[place].words))]
    assert 0 < len(own) < len(sent)


def test_suggested_themes_agree_with_the_true_ones_better_than_chance(made: list[Made]) -> None:
    """How well is published beside it: an adjusted Rand index of 0 is chance, of 1 the true themes."""
    english = [one for one in made if one.language == "en" and one.theme]
    placed = {
        place: number
        for number, one in enumerate(suggest([one.words for one in english], 8))
        for place in one.members
    }
    true = [english[place].theme for place in sorted(placed)]
    assert adjusted_rand_score(true, [placed[place] for place in sorted(placed)]) > 0.3


def test_the_camps_of_voters_are_found() -> None:
    groups = opinion_groups(vote_table(votes(), range(1, len(STATEMENTS) + 1)))
    assert groups.are_clear
    assert groups.number == 2
    true = [camp_of(person) for person in groups.table.participants]
    assert adjusted_rand_score(true, groups.labels) > 0.9
    assert len(groups.table.participants) == VOTERS
