"""The proof that a comment is in the record, for its author to copy and keep."""

from __future__ import annotations

import json

import streamlit as st

from hearing_app.deployment import current
from hearing_app.documents.record import proof_html
from hearing_app.hearings.comments.comment import Comment
from hearing_app.hearings.comments.proof import proof_for_author
from hearing_app.store.engine import reading


def show(written: Comment) -> None:
    """Show the proof, folded: few need it, and it is long."""
    house = current()
    with reading(house.engine) as db:
        proof = proof_for_author(db, house.signer, written)
    with st.expander("Proof that your comment is in the record", key="comment_proof"):
        st.html(proof_html(has_words="content" in proof))
        st.code(json.dumps(proof, ensure_ascii=False), language=None, wrap_lines=True)
