"""Every answer of the data interface is as described, whatever is sent to a real server.

What is sent is made up from the description: what it allows, what it forbids, every bound and the methods
that it does not name. Whether a request that fits the schema is taken depends on the record as well (is there
such a system?), so 422 is an answer to it, too; which it must be is proven in the tests of each route.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig

from hearing_app.api.openapi import description
from tests.scale import SOAK, scale

POSSIBLE = ["2xx", "403", "404", "409", "422"]
REFUSED = ["403", "404", "405", "409", "413", "414", "415", "422", "429", "431"]
SCHEMA = schemathesis.openapi.from_dict(
    deepcopy(description()),
    config=SchemathesisConfig.from_dict(
        {
            "seed": 1,
            "request-timeout": 30,
            "checks": {
                "positive_data_acceptance": {"expected-statuses": POSSIBLE},
                "negative_data_rejection": {"expected-statuses": REFUSED},
            },
            "phases": {"coverage": {"generate-duplicate-query-parameters": SOAK}},
        }
    ),
)
# More comments than any budget of a network: the requests of one run come from one address.
BUDGETS = {"HEARING_COMMENTS_IN_TEN_MINUTES": "1000000", "HEARING_COMMENTS_A_DAY": "1000000"}


@pytest.fixture(scope="module")
def described(
    start_server: Callable[..., SimpleNamespace], tmp_path_factory: pytest.TempPathFactory
) -> SimpleNamespace:
    return start_server(tmp_path_factory.mktemp("described"), **BUDGETS)


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


@pytest.mark.promise("H1")
@SCHEMA.parametrize()
@settings(
    max_examples=scale(3, 300),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_as_described(
    case: schemathesis.Case[Any], described: SimpleNamespace, session: requests.Session
) -> None:
    case.call_and_validate(base_url=described.address, session=session)


@pytest.mark.promise("H1")
def test_the_server_is_still_well_and_nothing_failed_in_it(
    described: SimpleNamespace, session: requests.Session, measure: Callable[[str, float], None]
) -> None:
    assert session.get(f"{described.address}/healthz", timeout=30).json()["status"] == "ok"
    assert "Traceback" not in described.err.read_text()
    hearing = session.get(f"{described.address}/api/v1/hearings/demonstration-risk-scores", timeout=30).json()
    measure("comments taken in the run", hearing["comments"]["received"])
    if SOAK:
        assert hearing["comments"]["received"] > 0
