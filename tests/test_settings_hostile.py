"""Whatever stands in the environment, the service starts with settings or says which one does not fit."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from pydantic_settings import SettingsError

from hearing_app.cli import main
from hearing_app.settings import Settings
from tests.anything import ANY, TEXT

NAMES = sorted(Settings.model_fields)


@pytest.mark.promise("H2")
@ANY
@given(st.dictionaries(st.sampled_from(NAMES), TEXT, max_size=4))
def test_anything_set_is_read_or_refused_by_name(values: dict[str, str]) -> None:
    # The environment of a process can hold neither of the two.
    given_values = {
        f"HEARING_{name.upper()}": value.replace("\0", "").encode("utf-8", "replace").decode()
        for name, value in values.items()
    }
    with pytest.MonkeyPatch.context() as patched:
        for name, value in given_values.items():
            patched.setenv(name, value)
        try:
            settings = Settings()
        except ValidationError as refused:
            assert {str(error["loc"][0]) for error in refused.errors() if error["loc"]} <= set(NAMES)
            return
        except SettingsError as refused:
            assert str(refused).split('"')[1] in NAMES
            return
    # What the start-up reads from them can be read.
    assert isinstance(settings.is_https, bool)
    assert settings.address
    assert settings.host_names is not None


@pytest.mark.parametrize("value", ["", "no JSON", "[", '{"rejected": 1'])
def test_a_setting_that_cannot_be_parsed_is_named_without_its_value(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("HEARING_RETENTION", value)
    result = CliRunner().invoke(main, ["registry", "check"])
    assert result.exit_code == 1
    assert "HEARING_RETENTION" in result.stderr
    assert "no JSON" not in result.stderr
