"""A rehearsal: filled through the real functions, whole on the record, and gone again with one call."""

from __future__ import annotations

from pathlib import Path

import pytest

from hearing_app.deployment import Deployment, record_faults
from hearing_app.errors import Conflict, NotFound
from hearing_app.hearings.answers.reading import answers_of
from hearing_app.hearings.comments.lists import published_comments, tally
from hearing_app.hearings.comments.themes import themes_of
from hearing_app.hearings.demonstration.filling import HEARING, fill, is_there
from hearing_app.hearings.demonstration.generator import comments
from hearing_app.hearings.demonstration.removing import Removed, remove
from hearing_app.hearings.hearing import all_hearings, hearing_of
from hearing_app.hearings.voting.results import votes_cast
from hearing_app.hearings.voting.statements import statements_of
from hearing_app.store.engine import reading

NUMBER = 60


def test_it_is_filled_whole_and_taken_out_again(house: Deployment) -> None:
    with pytest.raises(NotFound, match="no rehearsal"):
        remove(house.engine, house.key)
    with pytest.raises(NotFound, match="no system"):
        fill(house.engine, house.key, system="nothing", number=NUMBER)
    assert not is_there(house.engine)
    found = fill(house.engine, house.key, number=NUMBER, voters=9)
    assert is_there(house.engine)
    made = comments(NUMBER)
    with reading(house.engine) as db:
        counts = tally(db, HEARING)
        public = published_comments(db, HEARING)
        assert hearing_of(db, HEARING).demonstration
        assert counts.received == found.comments == NUMBER
        assert counts.held == sum(bool(one.personal_data) for one in made)
        assert len(public) == found.decided
        assert votes_cast(db, HEARING)[0] == 9
        assert len(answers_of(db, HEARING)) == found.answers > 0
        assert len(themes_of(db, HEARING)) > 4
        assert HEARING in [one.id for one in all_hearings(db)]
        assert record_faults(house, db) == []
    with pytest.raises(Conflict, match="there already"):
        fill(house.engine, house.key, number=NUMBER)
    gone = remove(house.engine, house.key)
    assert gone == Removed(NUMBER, 9, 0, 0)
    assert remove(house.engine, house.key) == Removed(0, 0, 0, 0)
    with reading(house.engine) as db:
        assert tally(db, HEARING).withdrawn == NUMBER
        assert votes_cast(db, HEARING) == (0, 0)
        assert HEARING not in [one.id for one in all_hearings(db)]
        assert record_faults(house, db) == []
        assert len(statements_of(db, HEARING)) == 12
    database = house.engine.url.database
    assert database is not None
    raw = Path(database).read_bytes()
    assert not [one for one in public if one.concern.encode() in raw]
