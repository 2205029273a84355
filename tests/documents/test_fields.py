"""Every field of the standard stands on a system's page, in each state that it can have."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import unquote

import pytest
from pydantic import BaseModel

from hearing_app.documents.fields import SECTIONS, by_state, in_sections, outlines, section_of
from hearing_app.documents.systems import Slot, system_html
from hearing_app.evidence.datasets import Catalogue
from hearing_app.registry.dates import PartialDate
from hearing_app.registry.entry import Entry
from hearing_app.registry.entry.publication import Source, Withheld
from hearing_app.registry.entry.stated import Need
from hearing_app.registry.published import PublishedEntry
from hearing_app.registry.standard import StandardField, Told, field, fields, told
from hearing_app.registry.vocabulary import SinceIs, Term
from tests.documents.reading import assert_inert, read
from tests.registry.saying import WHOLE

Publish = Callable[[Entry], PublishedEntry]
TODAY = date(2026, 11, 23)
NAMES = [one.name for one in fields()]
# What an entry cannot do without, so that it can neither be absent nor be withheld.
ALWAYS = {
    name
    for name, info in Entry.model_fields.items()
    if info.is_required() or name in {"screening", "sources"}
}
WHY = Withheld.model_validate(field("withheld").example[0])  # type: ignore[index] # the example is a list


@pytest.fixture
def html(publish: Publish, catalogue: Catalogue) -> Callable[..., str]:
    def make(entry: Entry, **more: Any) -> str:
        return system_html(publish(entry), [], [], catalogue, {}, today=TODAY, **more)

    return make


def without(name: str, **more: Any) -> Entry:
    return WHOLE.model_copy(
        update={name: Entry.model_fields[name].get_default(call_default_factory=True), **more}
    )


def place_of(html: str, name: str) -> str:
    """The words that stand in the place of a field, up to the next one."""
    assert html.count(f'id="field-{name}"') == 1
    rest = html.split(f'id="field-{name}"', maxsplit=1)[1].split(">", maxsplit=1)[1]
    ends = [rest.find(mark) for mark in ("<dt", "<h3", "<h2", "</dl>", '<p class="missing"') if mark in rest]
    return " ".join(read_loose(rest[: min(ends)]).split())


def line_of(html: str, name: str) -> str:
    """The words of the line in which a field is named as not stated."""
    before, after = html.split(f'id="field-{name}"', maxsplit=1)
    start = before.rindex('<p class="missing">')
    assert "</p>" not in before[start:]
    return " ".join(read_loose(f"{before[start:]}>{after.split('</p>')[0]}").split())


def read_loose(html: str) -> str:
    """The text of a piece of a page, whose elements need not all be closed."""
    return "".join(piece.partition(">")[2] + " " for piece in f">{html}".split("<"))


def unfolded(html: str) -> str:
    """What is seen of a piece of a page as long as nothing is opened."""
    depth, seen = 0, []
    for piece in re.split(r"(<details[^>]*>|</details>)", html):
        depth += {"<details": 1, "</detail": -1}.get(piece[:8], 0)
        if not depth:
            seen.append(piece)
    return "".join(seen)


def strings(value: object) -> Iterator[str]:
    """Every text that a reader is told by a value: labels of terms, dates in words."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            # Of a source the page gives a number, wherever its id stands.
            if name != "sources" and not (isinstance(value, Source) and name == "id"):
                yield from strings(getattr(value, name))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from (key, *strings(one))
    elif isinstance(value, tuple):
        for one in value:
            yield from strings(one)
    elif isinstance(value, SinceIs):
        return  # Said with the date: "2018 or earlier".
    elif isinstance(value, Term):
        yield value.label.casefold()
    elif isinstance(value, str):
        yield getattr(value, "words", value).replace("_", " ")
    elif isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        yield f"{value:,}".replace(",", "\u202f")


def test_the_example_entry_states_every_field() -> None:
    assert by_state(WHOLE)[Told.STATED] == fields()


@pytest.mark.parametrize("one", fields(), ids=NAMES)
def test_each_field_stands_in_one_section(one: StandardField) -> None:
    within = [
        section
        for section, blocks in in_sections(WHOLE, TODAY).items()
        for block in blocks
        for shown in block.fields
        if shown.field == one
    ]
    assert within == [section_of(one)]
    assert within[0] in SECTIONS


def test_every_field_is_shown_with_its_title_where_it_is_stated(html: Callable[..., str]) -> None:
    page = html(WHOLE)
    text = assert_inert(page).text
    for one in fields():
        assert one.title in text
        assert one.why in text
    marked = {name for name in NAMES if f'id="field-{name}"' in page}
    # These stand right under the heading that says the same, or beside the field before them.
    assert set(NAMES) - marked == {"claims", "withheld", "sources", "headline", "scope_note"}


def test_every_word_of_an_entry_is_on_its_page(html: Callable[..., str]) -> None:
    page = read(html(WHOLE).replace("><", "> <"))
    said = (
        " ".join([page.text, *(unquote(link["href"]) for link in page.all("a"))]).casefold().replace("_", " ")
    )
    ids = " ".join(attributes.get("id", "") for _, attributes in page.elements).casefold()
    for one in fields():
        for text in strings(getattr(WHOLE, one.name)):
            assert " ".join(text.casefold().split()) in f"{said} {ids}", (one.name, text)


def test_every_word_of_every_part_is_on_the_page(html: Callable[..., str]) -> None:
    """Each text, number and term that a part can hold, and not those of the examples alone."""
    entry = filled(Entry)
    page = read(html(entry).replace("><", "> <"))
    said = (
        " ".join([page.text, *(unquote(link["href"]) for link in page.all("a"))]).casefold().replace("_", " ")
    )
    ids = " ".join(attributes.get("id", "") for _, attributes in page.elements).casefold()
    count = 0
    for one in fields():
        for text in strings(getattr(entry, one.name)):
            count += 1
            assert " ".join(text.casefold().split()) in f"{said} {ids}", (one.name, text)
    assert count > 240


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {*ALWAYS, "withheld"}])
def test_what_is_withheld_stands_as_a_bar_in_its_place(html: Callable[..., str], name: str) -> None:
    why = WHY.model_copy(update={"field": name})
    entry = (
        without(name, withheld=(why,))
        if name != "withheld"
        else WHOLE.model_copy(update={"withheld": (why,)})
    )
    if name == "withheld":
        return
    page = html(entry)
    assert told(field(name), entry) is Told.WITHHELD
    # A field under the heading of its section has no other one.
    place = place_of(page, name) if f'id="field-{name}"' in page else assert_inert(page).text
    for words in (
        "Withheld: People could evade the system if they knew.",
        "The threshold would tell how to evade the camera.",
        "Approved by: Assistant Chief Constable.",
        "To be looked at again by 31 January 2027.",
        "The full text is with: Police Complaints Authority.",
    ):
        assert words in " ".join(place.split())
    assert 'class="bar"' in page


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ALWAYS])
def test_an_important_field_is_never_silently_empty(html: Callable[..., str], name: str) -> None:
    entry = without(name, withheld=())
    page, one = html(entry), field(name)
    state = told(one, entry)
    if state is Told.NOT_STATED:
        line = line_of(page, name)
        assert line.startswith("Not stated by the force")
        assert one.title in line or name in {"functions", "lifecycle"}
    else:
        # Not needed here: it is listed as such, with the condition under which it would be.
        assert state is Told.NOT_NEEDED
        assert not one.is_important or one.need is Need.CONDITIONAL
        assert f"{one.title} ({one.needed_if.lower()})" in assert_inert(page).text


def test_a_condition_that_the_entry_leaves_open_is_said(html: Callable[..., str]) -> None:
    entry = WHOLE.model_copy(update={"suppliers": (), "procurement": None})
    needed = "(needed if somebody else than the body that uses it supplies it)"
    assert f"Who supplies it {needed}" in line_of(html(entry), "suppliers")


def test_nothing_that_matters_is_folded(html: Callable[..., str]) -> None:
    """What is missing or withheld, the verdicts, the answers at the top, and what a reader can do."""
    entry = without("unit", withheld=(WHY.model_copy(update={"field": "retention"}),), retention=None)
    page = html(entry)
    seen = " ".join(read_loose(unfolded(page)).split())
    assert entry.summary in seen
    for title in ("In use?", "Who runs it", "Who answers", "Does it work?", "What you can do"):
        assert title in seen.split("On this page")[0]
    assert "Withheld: People could evade the system" in seen
    assert "Not stated by the force : Unit" in seen
    assert "Speak in a hearing" in seen
    # And what is folded is not seen, or this test would show nothing.
    assert entry.purpose in page and entry.purpose not in seen


def test_the_line_of_a_section_counts_what_is_in_it(html: Callable[..., str]) -> None:
    entry = without("unit", contact=None, withheld=())
    outline = outlines(in_sections(entry, TODAY))["answerable"]
    assert [one.field.name for one in outline.missing] == ["unit", "contact"]
    assert outline.count == len(outline.stated) + 2
    line = f"<strong>{len(outline.stated)} of {outline.count} stated:</strong> Accountable post"
    assert f"<summary>{line}" in html(entry)


def test_a_review_that_is_overdue_is_said_to_be(html: Callable[..., str]) -> None:
    late = WHY.model_copy(update={"field": "retention", "review_date": type(WHY.review_date)("2026-10")})
    text = assert_inert(html(without("retention", withheld=(late,)))).text
    assert "It should have been looked at again by October 2026; that day has passed." in text
    last = WHY.model_copy(update={"field": "retention", "review_date": type(WHY.review_date)("2026-11")})
    assert "that day has passed" not in html(without("retention", withheld=(last,)))


def test_what_is_withheld_in_part_keeps_what_is_stated(html: Callable[..., str]) -> None:
    page = html(WHOLE)
    assert "An alert with the picture." in place_of(page, "outputs")
    # The bar is not folded with what is stated.
    how = page.split('id="section-how"')[1].split("<h2 ")[0]
    assert "Withheld in part: People could evade" in " ".join(read_loose(unfolded(how)).split())


def test_the_top_says_how_much_is_stated(html: Callable[..., str]) -> None:
    entry = without("unit", withheld=(WHY.model_copy(update={"field": "unit"}),), retention=None, sharing=())
    top = read(html(entry).split("<h2 ")[0] + "</div>").text
    # Of its 72 fields 14 are only welcome, and it is retired: three that systems in use need are not.
    assert (
        "Of 56 fields that this entry should have, 53 are stated, 1 withheld, 2 not stated. The list of them"
        in top
    )


def test_a_long_list_folds_and_loses_nothing(html: Callable[..., str]) -> None:
    one = WHOLE.data_used[0]
    many = tuple(one.model_copy(update={"name": f"List {number:03}"}) for number in range(40))
    page = html(WHOLE.model_copy(update={"data_used": many}))
    assert "<details><summary>34 more</summary>" in page
    assert all(f"List {number:03}" in page for number in range(40))


def test_other_documents_stand_at_the_end_of_their_sections(html: Callable[..., str]) -> None:
    page = html(WHOLE, slots=[Slot("law", "What the rules say", "<p>Nothing stands against it.</p>")])
    law, others = page.split('id="section-law"')[1].split('id="section-answerable"')
    assert "<h3>What the rules say</h3>" in law
    assert "Nothing stands against it." not in others


def filled(model: type[BaseModel]) -> Any:
    """A model in which every field holds something: texts that name it, no two alike."""
    return _Filler().fill(model)


class _Filler:
    def __init__(self) -> None:
        self.count = 0

    def fill(self, model: type[BaseModel]) -> Any:
        return model.model_construct(
            **{
                name: self.value(f"{model.__name__} {name}", info.annotation)
                for name, info in model.model_fields.items()
            }
        )

    def value(self, name: str, annotation: Any) -> Any:
        origin, inner = get_origin(annotation), get_args(annotation)
        found: Any
        if origin is Annotated:
            found = self.value(name, inner[0])
        elif origin in {Union, UnionType}:
            found = self.value(name, next(one for one in inner if one is not type(None)))
        elif origin is tuple:
            found = (
                () if name.endswith(" sources") and inner[0] is not Source else (self.value(name, inner[0]),)
            )
        elif origin is dict:
            found = {"question1": ("question1-2",)}
        else:
            self.count += 1
            found = self.single(name, annotation)
        return found

    def single(self, name: str, kind: Any) -> Any:
        numbers = {
            PartialDate: PartialDate(f"20{self.count % 90 + 10}-03"),
            bool: name != "SubgroupClaim suppressed",
            int: 1_000_000 + self.count,
            float: self.count / 1000,
        }
        if kind in numbers:
            return numbers[kind]
        if issubclass(kind, Term):
            return list(kind)[self.count % len(kind)]
        return self.fill(kind) if issubclass(kind, BaseModel) else f"{name} {self.count}"
