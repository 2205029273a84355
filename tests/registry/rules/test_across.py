"""A whole register beside the rules: the same as entry by entry, and nothing kept for another one."""

from __future__ import annotations

from hearing_app.registry.rules.across import across
from hearing_app.registry.rules.results import Applies, Outcome, results_of

from .cases import CASES, RACE, serving
from .entries import LATE, RULES, entry_in, merged

ALL = tuple(RULES.values())
ENTRIES = [
    entry_in(case.place, **merged(changes))
    for case in list(CASES.values())[::3]
    for changes in (case.touched, case.not_touched, merged(case.touched, case.shown))
]


def test_it_says_what_each_entry_says_alone() -> None:
    found = across(ENTRIES, ALL, on=LATE)
    assert [rule for rule, _ in found] == list(ALL)
    for rule, parts in found:
        for number, part in enumerate(parts):
            alone = [(entry, results_of(entry, [rule], on=LATE)[number]) for entry in ENTRIES]
            assert part.part is rule.parts[number]
            reached = [(entry, one) for entry, one in alone if one.applies is Applies.NOW]
            for outcome, listed in ((Outcome.TOUCHED, part.touched), (Outcome.UNKNOWN, part.unknown)):
                wanted = [id(entry) for entry, one in reached if one.outcome is outcome]
                assert [id(entry) for entry in listed] == wanted
            not_shown = [id(e) for e, one in reached if one.outcome is Outcome.TOUCHED and one.missing]
            assert [id(entry) for entry in part.not_shown] == not_shown


def test_a_changed_entry_another_day_or_another_rule_is_looked_at_anew() -> None:
    plan, race = entry_in("", **serving("place_forecasting")), entry_in("", **serving("anpr"), **RACE)
    changed = plan.model_copy(update={"protected_attributes": race.protected_attributes})
    rules = (RULES["R-20"],)
    for entry, touched in ((plan, 0), (changed, 1), (plan, 0)):
        assert len(across([entry], rules, on=LATE)[0][1][0].touched) == touched
    assert len(across([changed], (RULES["R-21"],), on=LATE)[0][1][0].not_shown) == 1
    early = entry_in("eu", **merged(CASES["R-10", 0].touched))
    before, after = (across([early], (RULES["R-10"],), on=day)[0][1][0] for day in (LATE.replace(2026), LATE))
    assert (len(before.touched), len(before.ruled_out)) == (1, 0)
    assert (len(after.touched), len(after.ruled_out)) == (1, 1)
