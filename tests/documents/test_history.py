"""The history of an entry as documents: since a hearing opened, and from one version to another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hearing_app.documents.history import comparison_html, since_hearings_html
from hearing_app.hearings.hearing import Hearing
from hearing_app.hearings.history import Comparison, SinceHearing
from hearing_app.registry.diff import changes
from hearing_app.registry.entry import Entry
from hearing_app.registry.published import PublishedEntry
from tests.documents.reading import assert_inert, read

Publish = Callable[[Entry], PublishedEntry]


def newer(published: PublishedEntry) -> PublishedEntry:
    entry = published.entry.model_copy(update={"unit": "Pretrial desk"})
    return PublishedEntry(replace(published.version, version=2, note="The unit is named."), entry)


def test_what_changed_since_a_hearing_is_folded_under_its_name(
    entries: dict[str, Entry], publish: Publish, make_hearing: Callable[..., Hearing]
) -> None:
    old = publish(entries["compas"])
    differing = changes(old.entry, newer(old).entry)
    found = [
        SinceHearing(make_hearing(), old.version, was_published=True, changes=differing),
        SinceHearing(make_hearing(id="other"), old.version, was_published=False, changes=()),
    ]
    html = since_hearings_html(found)
    page = assert_inert(html)
    assert page.text.startswith("What changed since the hearing Scores in Exampleton opened on ")
    assert "Then version 1 stood here." in page.text
    assert "added: Pretrial desk" in page.text
    assert (
        "This entry was published after that, on 4 March 2026. Nothing in it has changed since." in page.text
    )
    assert html.count("<details>") == 1
    assert since_hearings_html([]) == ""


def test_two_versions_stand_with_their_days_and_the_way_to_others(
    entries: dict[str, Entry], publish: Publish
) -> None:
    old = publish(entries["compas"])
    new = newer(old)
    third = replace(new.version, version=3)
    found = Comparison(old, new, changes(old.entry, new.entry))
    page = assert_inert(comparison_html(found, [old.version, new.version, third]))
    assert page.text.startswith("From version 1 (4 March 2026) to version 2 (4 March 2026). What was said")
    assert "The unit is named." in page.text
    assert "added: Pretrial desk" in page.text
    links = [link["href"] for link in page.all("a")]
    for steps in ("from=1&to=2", "from=2&to=3", "from=1&to=3"):
        assert f"/record/systems/compas/changes?{steps}" in links
    same = read(comparison_html(Comparison(new, new, ()), [new.version])).text
    assert "Nothing differs between the two." in same
    assert "the present one" in same
