"""The register: every system is listed, found, filtered, and the address says what is shown."""

from __future__ import annotations

import pytest

from tests.web.conftest import Visit


def test_it_lists_every_system(visit: Visit) -> None:
    page = visit("register")
    print(page.text)
    print(page.links)
