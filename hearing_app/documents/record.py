"""The record's own state, as it stands under every page."""

from __future__ import annotations

from hearing_app.documents.render import render


def foot_html(checkpoint: str, *, signed_in_as: str = "") -> str:
    """Return the foot of a page; without a checkpoint (the record cannot be read) only its links."""
    return render("foot", signed_in_as=signed_in_as, **_named(checkpoint))


def checkpoint_html(checkpoint: str) -> str:
    """Return a signed checkpoint, to be kept or printed; empty where there is none."""
    return render("checkpoint", **_named(checkpoint)) if checkpoint else ""


def proof_html(*, has_words: bool) -> str:
    """Return what a proof is for and how to check it; ``has_words``: it holds its author's words."""
    return render("proof", has_words=has_words)


def _named(checkpoint: str) -> dict[str, object]:
    return {"checkpoint": checkpoint, "size": int(checkpoint.split("\n")[1]) if checkpoint else 0}
