"""Every standard to which an entry can be taken, by its name."""

from __future__ import annotations

from hearing_app.registry.exchange import aia, annex_viii, atrs, dcat_read, hugging_face, model_card, nl

STANDARDS = {
    module.STANDARD.name: module.STANDARD
    for module in (atrs, nl, annex_viii, aia, model_card, hugging_face, dcat_read)
}
