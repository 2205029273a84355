from __future__ import annotations

import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hearing_app.registry.check import check_entries, check_entry
from hearing_app.registry.entry import Entry
from hearing_app.registry.look_alikes import mixed_word, skeleton

Put = Callable[..., Path]
OTHER = {"agency": "elsewhere-police", "kind": "police"}
# Each looks like “Riverton Police”; the alphabets are named, because here nobody could see them.
LIKE = {
    "a Cyrillic o": "Riverton P\N{CYRILLIC SMALL LETTER O}lice",
    "a Cyrillic capital er": "Riverton \N{CYRILLIC CAPITAL LETTER ER}olice",
    "a Greek capital rho": "Riverton \N{GREEK CAPITAL LETTER RHO}olice",
    "a Greek nu for a v": "Ri\N{GREEK SMALL LETTER NU}erton Police",
    "full-width letters": "Ｒｉｖｅｒｔｏｎ Ｐｏｌｉｃｅ",
    "letters of mathematics": "\N{MATHEMATICAL BOLD CAPITAL R}iverton Police",
    "a joiner that nobody sees": "River\N{ZERO WIDTH JOINER}ton Police",
    "a selector": "Riverton Pol\N{VARIATION SELECTOR-1}ice",
    "a filler": "Riverton Police\N{HANGUL JUNGSEONG FILLER}",
    "a blank Braille cell": "River\N{BRAILLE PATTERN BLANK}ton Police",
    "small capitals": "Riverton Po\N{LATIN LETTER SMALL CAPITAL L}ice",
    "a stroke": "Riverton Po\N{LATIN SMALL LETTER L WITH STROKE}ice",
    "an accent": "Rivertón Police",
    "a small l for an i": "Riverton Pollce",
    "a figure": "Rivert0n Police",
    "capitals": "RIVERTON POLICE",
    "another space": "Riverton\N{NO-BREAK SPACE} Police",
    "a hyphen": "Riverton-Police",
    "a letter without a dot": "R\N{LATIN SMALL LETTER DOTLESS I}verton Police",
}
UNLIKE = (
    "Riverton County Police",
    "Rivington Police",
    "Полиция Ривертона",
    "リバートン警察",
    "Riverton Polizei",
)


@pytest.mark.parametrize("name", LIKE.values(), ids=LIKE)
def test_what_looks_alike_has_one_skeleton(name: str) -> None:
    assert skeleton(name) == skeleton("Riverton Police")


@pytest.mark.parametrize("name", UNLIKE)
def test_other_names_have_another_one(name: str) -> None:
    assert skeleton(name) != skeleton("Riverton Police")
    assert mixed_word(name) == ""


@pytest.mark.parametrize("sign", ["工", "ロ", "ㅣ", "ㅇ", "ㄧ"])
def test_an_east_asian_sign_inside_a_latin_word_is_a_mixed_word(sign: str) -> None:
    assert mixed_word(f"Riverton Pol{sign}ce")
    assert mixed_word(f"リバートン{sign}警察") == ""


def test_every_small_and_capital_letter_of_cyrillic_that_looks_latin_is_known() -> None:
    """Whole words without one Latin letter in them: COBET, and the same in small letters."""
    for look, said in (("AB", "АВ"), ("COBETHAK MPYX", "СОВЕТНАК МРУХ"), ("aopcexy", "аорсеху")):
        assert {unicodedata.name(sign).split()[0] for sign in said if sign != " "} == {"CYRILLIC"}
        assert skeleton(said) == skeleton(look)


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("\N{CYRILLIC CAPITAL LETTER EM}etropolitan Police", "\N{CYRILLIC CAPITAL LETTER EM}etropolitan"),
        ("Police of Ath\N{GREEK SMALL LETTER EPSILON}ns", "Ath\N{GREEK SMALL LETTER EPSILON}ns"),
        # Two alphabets, each in words of its own.
        ("Полиция Riverton", ""),
        ("東京Metropolitan警察", ""),
        ("Ｍetropolitan Police", ""),
        ("Politie Eenheid ’s-Hertogenbosch", ""),
        ("Policía de São Tomé", ""),
        ("K9 Unit 2", ""),
    ],
)
def test_a_word_in_two_alphabets_is_found(name: str, word: str) -> None:
    assert mixed_word(name) == word


@pytest.mark.parametrize("name", LIKE.values(), ids=LIKE)
def test_no_agency_publishes_under_a_name_like_anothers(data: dict[str, Any], name: str) -> None:
    known = Entry.model_validate(data)
    claimed = {**data, "id": "another", "deployer": {**data["deployer"], **OTHER, "name": name}}
    found = [one for one in check_entry(claimed, [known], []) if "riverton-police" in one.problem]
    (fault,) = found
    assert fault.field == "deployer.name"
    assert "own name" in fault.repair
    # The agency itself is told of its own spelling, and of nothing else.
    own = {**data, "deployer": {**data["deployer"], "name": known.deployer.name}}
    assert check_entry(own, [known], []) == []


def test_a_new_agency_with_a_word_in_two_alphabets_is_told(data: dict[str, Any]) -> None:
    name = "\N{CYRILLIC CAPITAL LETTER EM}etropolitan Police"
    claimed = {**data, "deployer": {**data["deployer"], **OTHER, "name": name}}
    (fault,) = check_entry(claimed, [], [])
    assert (fault.field, "more than one alphabet" in fault.problem) == ("deployer.name", True)
    assert fault.repair.startswith("Type the word again")


def test_the_files_of_a_register_are_compared_as_well(registry: Path, data: dict[str, Any], put: Put) -> None:
    data["id"] = "second"
    data["deployer"] = {**data["deployer"], **OTHER, "name": LIKE["full-width letters"]}
    put(data)
    faults = check_entries(registry, [])
    assert [fault.field for fault in faults] == ["deployer.name"]
    assert "looks like" in faults[0].problem
