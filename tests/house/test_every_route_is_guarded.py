"""Who may do what is stated at each route; one that says nothing fails here."""

from unittest.mock import MagicMock

import pytest
from fastapi import FastAPI

from services.chassis.access import Role, guarded_routes
from services.chassis.operations import operations
from tests.house.built import SERVICES, build


@pytest.fixture(params=SERVICES)
def app(request: pytest.FixtureRequest) -> FastAPI:
    built: FastAPI = build(request.param).app
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
