"""One draft at the publishing desk: its steps for who writes it, and what can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.desk import log_html, look_html, preview_html, remarks_html
from hearing_app.documents.text import for_label
from hearing_app.errors import HearingError
from hearing_app.people.permissions import Actor
from hearing_app.registry.desk import acts
from hearing_app.registry.desk.drafts import Draft, draft_of, log_of
from hearing_app.registry.desk.fit import LONGEST_NOTE
from hearing_app.registry.desk.look import Look, look_at, source_ids
from hearing_app.registry.desk.states import DeskAct, DraftState
from hearing_app.registry.desk.text import as_yaml, read_yaml
from hearing_app.registry.entry.stated import Group
from hearing_app.registry.standard import fields
from hearing_app.store.engine import reading, writing
from hearing_app.web.parts import approval, entry_form, frame
from hearing_app.web.parts.actor import actor as actor_now
from hearing_app.web.parts.held import Held, held, keep

_SUBMIT, _YAML = "submit", "yaml"
STEPS = {group.value: f"{group.value} · {group.label}" for group in Group} | {
    _YAML: "The whole text as YAML",
    _SUBMIT: "Check and submit",
}
_SELDOM: dict[str, approval.DraftActing] = {
    "Discard this draft": acts.discard,
    "Follow the newest version": acts.move_on,
}


def show(actor: Actor, draft_id: str) -> None:
    """Show a draft of the actor's agency: to write, to decide on, or only to read."""
    house = current()
    with reading(house.engine) as db:
        draft = draft_of(db, actor, draft_id)
        log = log_of(db, actor, draft_id)
    mine = held(draft)
    st.page_link("views/publish.py", label="All entries and drafts of your agency")
    st.header(for_label(draft.name), anchor=False)
    st.html(f'<div class="doc"><p class="state">{draft.state.label}</p></div>')
    if mine.problem:
        frame.refusal(mine.problem)
    if mine.said:
        st.success(mine.said)
        mine.said = ""
    if mine.is_stale:
        _choose_text(mine)
    if draft.allows(actor, DeskAct.SAVE):
        _write(actor, draft, mine)
    elif draft.state is DraftState.PUBLISHED:
        page = f"/record/systems/{draft.document_id}/{draft.version}"
        words = f"Version {draft.version}, as the public reads it"
        st.html(f'<div class="doc"><p><a href="{page}">{words}</a></p></div>')
    else:
        look = _look(draft, mine)
        if draft.state is DraftState.SUBMITTED:
            approval.show(actor, draft, mine, look)
        _preview(actor, draft, look)
    with st.expander("What was done with this draft"):
        st.html(log_html(log))
    _put_aside(actor, draft, mine)


def _write(actor: Actor, draft: Draft, mine: Held) -> None:
    if draft.remarks:
        st.html(remarks_html(draft.remarks))
    st.radio(
        "Step",
        list(STEPS),
        index=list(STEPS).index(mine.step),
        format_func=STEPS.__getitem__,
        key=f"publish_step_{mine.draft_id}",
        on_change=_go,
        args=(mine, None),
    )
    if mine.step == _SUBMIT:
        mine.names = ()
        _submit_step(actor, draft, mine)
    elif mine.step == _YAML:
        mine.names = ()
        _yaml_step(mine)
    else:
        _step(draft, mine)


def _step(draft: Draft, mine: Held) -> None:
    """Show the fields of one group, save what was typed, and say what there is to say about it."""
    asked = [one for one in fields() if one.group.value == mine.step]
    mine.names = tuple(one.name for one in asked)
    if not asked:
        words = "The register fills this in: the hearings in which the system is talked about."
        st.html(f'<div class="doc"><p>{words}</p></div>')
    before = _look(draft, mine)
    mine.refer = {"sources": source_ids(mine.document), "datasets": current().catalogue.ids()}
    with st.container(width=frame.READING_WIDTH):
        entry_form.show(mine, asked, before, draft.remarks)
    typed = mine.document
    if not mine.is_stale:
        keep(mine)
    if mine.problem:
        frame.refusal(mine.problem)
    if asked:
        after = before if mine.document == typed else _look(draft, mine)
        st.html(look_html(after, mine.names, summary="summary" in mine.names))
    with st.container(horizontal=True):
        st.button("Save", key="publish_save", on_click=_save, args=(mine,))
        following = list(STEPS)[list(STEPS).index(mine.step) + 1]
        st.button("Save and go on", key="publish_next", type="primary", on_click=_go, args=(mine, following))


def _yaml_step(mine: Held) -> None:
    with st.container(width=frame.READING_WIDTH):
        st.text_area(
            "The whole text\nChange it here, or paste a text that you wrote elsewhere.",
            value=as_yaml(mine.document),
            height=500,
            key=f"yaml_{mine.draft_id}_{mine.opening}",
        )
        st.button("Take this text over", key="publish_yaml", on_click=_take_yaml, args=(mine,))


def _submit_step(actor: Actor, draft: Draft, mine: Held) -> None:
    look = _look(draft, mine)
    st.html(look_html(look, summary=True))
    with st.container(width=frame.READING_WIDTH):
        note = st.text_area(
            "What changed, and why\nOne or two sentences; they stand in the public history. "
            f"At most {LONGEST_NOTE} characters.",
            value=draft.note,
            key=f"note_{mine.draft_id}",
            height=90,
        )
        if note != draft.note and not mine.is_stale:
            keep(mine, note)
        if mine.problem:
            frame.refusal(mine.problem)
        st.button(
            "Submit to a second person", type="primary", key="publish_submit", on_click=_submit, args=(mine,)
        )
    _preview(actor, draft, look)


def _preview(actor: Actor, draft: Draft, look: Look) -> None:
    if look.entry is None:
        st.html('<div class="doc"><p class="quiet">The page can be shown once nothing is at fault.</p></div>')
        return
    if st.checkbox("Show the page as the public will see it", key=f"preview_{draft.draft_id}"):
        house = current()
        with reading(house.engine) as db:
            page = preview_html(
                db, draft, look.entry, house.catalogue, house.settings.registry, reader=actor.name
            )
        with st.container(border=True):
            st.header(for_label(look.entry.name), anchor=False)
            st.html(page)


def _look(draft: Draft, mine: Held) -> Look:
    house = current()
    with reading(house.engine) as db:
        return look_at(
            db,
            draft,
            mine.document,
            dataset_ids=house.catalogue.ids(),
            rules=house.rules,
            today=datetime.now(UTC).date(),
        )


def _choose_text(mine: Held) -> None:
    with st.container(horizontal=True):
        st.button("Open the newer text", key="publish_newer", on_click=_newer, args=(mine,))
        st.button("Keep mine as a draft of its own", key="publish_own", on_click=_own, args=(mine,))


def _put_aside(actor: Actor, draft: Draft, mine: Held) -> None:
    """What is done seldom: take the text along, take the newest version as base, discard."""
    st.html(
        f'<div class="doc"><p><a href="/desk/entries/{draft.draft_id}.yaml" download>'
        "Download this draft as YAML</a></p></div>"
    )
    if draft.allows(actor, DeskAct.DISCARD):
        with st.expander("Discard this draft, or let it follow the newest version"):
            for words, act in _SELDOM.items():
                key = f"publish_{act.__name__}"
                st.button(words, key=key, on_click=_act, args=(mine, act, f"Done: {words.lower()}."))


def _go(mine: Held, step: str | None) -> None:
    key = f"publish_step_{mine.draft_id}"
    keep(mine)
    mine.open(step or st.session_state[key])
    st.session_state[key] = mine.step


def _save(mine: Held) -> None:
    keep(mine)
    if mine.problem is None:
        mine.said = "Saved."


def _take_yaml(mine: Held) -> None:
    try:
        document = read_yaml(st.session_state[f"yaml_{mine.draft_id}_{mine.opening}"].encode())
    except HearingError as error:
        mine.problem = error
        return
    mine.document = document
    keep(mine)
    mine.open(mine.step)
    if mine.problem is None:
        mine.said = "The text was taken over. Each step shows what is at fault."


def _submit(mine: Held) -> None:
    house = current()
    try:
        with writing(house.engine) as db:
            draft = acts.submit(
                db,
                actor_now(),
                mine.draft_id,
                revision=mine.revision,
                note=st.session_state[f"note_{mine.draft_id}"],
                dataset_ids=house.catalogue.ids(),
                rules=house.rules,
            )
        mine.revision, mine.problem = draft.revision, None
        mine.said = "Submitted. Another publisher of your agency can approve it, or return it with remarks."
    except HearingError as error:
        mine.problem = error


def _act(mine: Held, act: approval.DraftActing, said: str) -> None:
    approval.do(mine, lambda db: act(db, actor_now(), mine.draft_id, revision=mine.revision), said)


def _newer(mine: Held) -> None:
    with reading(current().engine) as db:
        draft = draft_of(db, actor_now(), mine.draft_id)
    mine.is_stale, mine.problem, mine.revision = False, None, draft.revision
    mine.take(draft.document)


def _own(mine: Held) -> None:
    try:
        with writing(current().engine) as db:
            old = draft_of(db, actor_now(), mine.draft_id)
            draft = acts.begin(db, actor_now(), system_id=old.document_id, document=mine.document)
    except HearingError as error:
        mine.problem = error
        return
    st.session_state.pop(f"publish_{mine.draft_id}", None)
    st.query_params["draft"] = draft.draft_id
