"""Who may do what is stated at each route; one that says nothing fails here."""

import importlib
from importlib.util import find_spec
from unittest.mock import MagicMock

import pytest
from fastapi import FastAPI

from services.chassis.access import Role, guarded_routes
from services.chassis.operations import operations
from services.chassis.settings import ServiceSettings

GIVEN = {
    "environment": "test",
    "database_url": "postgresql:///nowhere",
    "kafka_bootstrap": "localhost:1",
    "http_port": 0,
    "site_secret": "site secret of a test",
    "session_secret": "session secret of a test",
}
MORE: dict[str, dict[str, object]] = {
    "discharge": {},
    "referral": {},
    "notify": {
        "smtp_host": "localhost",
        "mail_from": "baton@example.net",
        "letter_folder": "/nowhere",
        "public_url": "https://baton.example",
        "staff_url": "https://staff.example",
    },
}


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


@pytest.fixture(params=list(MORE))
def app(request: pytest.FixtureRequest) -> FastAPI:
    service: str = request.param
    if find_spec(f"services.{service}.app") is None:
        pytest.skip(f"{service} has no app")
    build = importlib.import_module(f"services.{service}.app").build
    settings = settings_class(service)(**GIVEN | MORE[service])
    built: FastAPI = build(settings, MagicMock(service=service)).app
    built.include_router(operations(MagicMock(), MagicMock(), None, None))
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
