"""Settings of the operator page."""

import pytest

from services.chassis.settings import SettingsError
from services.console.page.config import ConsoleSettings


def settings(**changes: str) -> ConsoleSettings:
    given = {
        "environment": "live",
        "session_secret": "s" * 40,
        "services": '{"notify": "http://notify:8003"}',
        "operator_token": "t" * 40,
    }
    return ConsoleSettings(**given | changes)


def test_a_live_page_needs_neither_database_nor_broker() -> None:
    assert settings().services == {"notify": "http://notify:8003"}
    assert settings().live


def test_a_live_page_refuses_a_short_secret() -> None:
    with pytest.raises(SettingsError, match="BATON_SESSION_SECRET that is short"):
        settings(session_secret="short")


def test_where_the_services_are_must_be_said_in_json() -> None:
    with pytest.raises(SettingsError):
        settings(services="http://notify:8003")
