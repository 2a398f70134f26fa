"""Who may do what is stated at each route; one that says nothing fails here."""

import importlib
from importlib.util import find_spec
from unittest.mock import MagicMock

import pytest
from fastapi import FastAPI

from services.chassis.access import Role, guarded_routes
from services.chassis.settings import ServiceSettings

GIVEN = {
    "BATON_ENVIRONMENT": "test",
    "BATON_DATABASE_URL": "postgresql:///nowhere",
    "BATON_KAFKA_BOOTSTRAP": "localhost:1",
    "BATON_HTTP_PORT": "0",
    "BATON_SITE_SECRET": "site secret of a test",
    "BATON_SESSION_SECRET": "session secret of a test",
}
ROLE_OF_OPERATIONS = frozenset({Role.OPERATOR})


def settings_class(service: str) -> type[ServiceSettings]:
    config = importlib.import_module(f"services.{service}.config")
    [found] = [
        value
        for value in vars(config).values()
        if isinstance(value, type)
        and issubclass(value, ServiceSettings)
        and value is not ServiceSettings
    ]
    return found


@pytest.fixture(params=["discharge", "referral", "notify"])
def app(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    service: str = request.param
    if find_spec(f"services.{service}.app") is None:
        pytest.skip(f"{service} has no app")
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    build = importlib.import_module(f"services.{service}.app").build
    built: FastAPI = build(settings_class(service)(), MagicMock(service=service)).app
    return built


def test_every_route_names_its_roles(app: FastAPI) -> None:
    unguarded = [(method, path) for method, path, roles in guarded_routes(app) if not roles]
    assert unguarded == []


def test_what_changes_something_is_open_to_nobody_unknown(app: FastAPI) -> None:
    safe = {"GET", "HEAD", "OPTIONS"}
    sign_in = {"/sign-in", "/sign-out"}
    open_to_all = [
        (method, path)
        for method, path, roles in guarded_routes(app)
        if Role.PUBLIC in roles and method not in safe and path not in sign_in
    ]
    assert open_to_all == []
