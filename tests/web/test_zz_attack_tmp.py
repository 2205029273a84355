from __future__ import annotations
from hearing_app.deployment import Deployment
from hearing_app.people.permissions import Role
from hearing_app.registry.corrections.reading import corrections_of
from hearing_app.store.engine import reading
from tests.web.reader import HOSTILE, SignIn, Visit, code_of
WORDS = "The score has eleven steps, not ten, as the manual of 2019 says."

def test_double(house, visit):
    page = visit("correction", system="compas")
    page = page.type("correction_words", WORDS)
    [b] = [x for x in page.at.button if x.label == "Send my report"]
    b.click(); page.run()
    code = code_of(page)
    print(page.run().text[:500])
    assert code_of(page)==code

def test_leak(house, visit):
    page = visit("correction", system="compas", field="outputs")
    page = page.type("correction_words", WORDS).press("Send my report") if False else page.type("correction_words", WORDS)
    page.run()
    page = page.open("correction", system="predpol")
    print(page.value("correction_words"), page.value("correction_field"))
    page = page.open("correction", system="predpol", field="purpose")
    print(page.value("correction_words"), page.value("correction_field"))

def test_claimfield(house, visit):
    from hearing_app.registry.published import entry_of
    with reading(house.engine) as db:
        e=entry_of(db,"compas").entry
    name=f"claims.{e.claims[0].id}"
    page = visit("correction", system="compas", field=name)
    page.run()
    page = page.open("correction", system="predpol")
    print(page.value("correction_field"))
    page.type("correction_words", WORDS).press("Send my report")
    print(page.text[:600])

def test_hostile(house, visit):
    for h in HOSTILE:
        visit("correction", system=h); visit("corrections", system=h)
        visit("correction", system="compas", field=h)
        visit("impact", system=h)
