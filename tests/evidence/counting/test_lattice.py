"""Which table answers a question, and what a refusal says is possible."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearing_app.errors import Invalid
from hearing_app.evidence.counting.control import Disclosure, Table
from hearing_app.evidence.counting.lattice import can_join, table_for

COLUMNS = ("race", "sex", "age", "area")


def lattice(*tables: Sequence[str], withheld: Sequence[int] = ()) -> Disclosure:
    return Disclosure(
        method="minimum cell",
        date="2026-01-01",
        protection="Made up.",
        thresholds=(1, 5),
        tables=tuple(
            Table(
                name="-".join(columns) or "everyone",
                columns=tuple(columns),
                cells=2 ** len(columns),
                cells_withheld=withheld[index] if withheld else 0,
            )
            for index, columns in enumerate(tables)
        ),
    )


def test_the_smallest_table_answers() -> None:
    found = lattice((), ("race",), ("race", "sex"), ("race", "sex", "age"))
    assert table_for(found).columns == ()
    assert table_for(found, ["race"]).columns == ("race",)
    assert table_for(found, [], ["sex"]).columns == ("race", "sex")
    assert table_for(found, ["race"], ["sex"]).columns == ("race", "sex")
    assert table_for(found, ["race"], ["race"]).columns == ("race",)


def test_of_equal_tables_the_one_with_fewer_withheld_cells_answers() -> None:
    found = lattice((), ("race", "sex"), ("sex", "age"), withheld=(0, 3, 1))
    assert table_for(found, ["sex"]).columns == ("sex", "age")


def test_what_no_table_holds_is_refused_with_what_is_possible() -> None:
    found = lattice((), ("race",), ("race", "sex"), ("area",))
    with pytest.raises(Invalid) as refused:
        table_for(found, ["race"], ["area"], threshold=3)
    told = [str(fault) for fault in refused.value.faults]
    assert told == [
        "where: The published tables do not combine area and race. Possible are: race; race + sex; area.",
        "threshold: The scores were merged before publication, so 3 is not a place to cut them. "
        "Possible are: 1, 5.",
    ]
    assert table_for(found, ["race"], threshold=5).columns == ("race",)


@settings(deadline=None)
@given(
    st.lists(st.sets(st.sampled_from(COLUMNS)), max_size=6),
    st.sets(st.sampled_from(COLUMNS)),
)
def test_what_can_join_is_exactly_what_is_answered(tables: list[set[str]], chosen: set[str]) -> None:
    """For every choice: a column is offered if and only if the selection with it has a table."""
    found = lattice((), *(sorted(table) for table in tables))
    offered = set(can_join(found, chosen))
    for column in set(COLUMNS) - chosen:
        try:
            table_for(found, [column], chosen)
        except Invalid:
            assert column not in offered
        else:
            assert column in offered
