import json
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI, Request

from services.chassis.access import NOBODY, Actor, Role, Tokens, allow, guarded_routes
from services.chassis.settings import SettingsError
from services.chassis.web import create_app, recognise
from tests.support.web import NURSE, OPERATOR, TOKEN, a_visitor, sign_in, some_app, some_settings

HTML = {"accept": "text/html"}


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_token_stands_for_its_holder() -> None:
    answer = a_visitor().post("/wishes", json={"number": 1}, headers=bearer(TOKEN))
    assert answer.json() == {"number": 1, "by": "system:pas"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        bearer(""),
        bearer("wrong"),
        bearer(TOKEN + "x"),
        bearer("x" * 7000),
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
        {"authorization": "Bearer"},
        {"cookie": "baton-example=forged"},
    ],
)
def test_without_a_good_token_a_program_is_told_to_bring_one(headers: dict[str, str]) -> None:
    answer = a_visitor().post("/wishes", json={"number": 1}, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "access.sign_in_needed"


def test_the_hash_of_a_token_is_no_token() -> None:
    listed = json.loads(some_settings().api_tokens.get_secret_value())
    answer = a_visitor().post("/wishes", json={"number": 1}, headers=bearer(listed[0]["sha256"]))
    assert answer.status_code == 401


def test_another_role_is_forbidden() -> None:
    client = a_visitor()
    sign_in(client, OPERATOR)
    assert client.get("/worklist").status_code == 403
    assert "You cannot use this" in client.get("/worklist", headers=HTML).text


def test_a_wrong_token_beside_a_good_cookie_is_refused() -> None:
    client = a_visitor()
    sign_in(client)
    assert client.get("/worklist").status_code == 200
    assert client.get("/worklist", headers=bearer("wrong")).status_code == 401


def test_a_visitor_is_led_to_sign_in_and_back() -> None:
    answer = a_visitor().get("/worklist?team=ward-ZTA", headers=HTML)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/worklist%3Fteam%3Dward-ZTA"


def test_a_part_of_a_page_takes_the_whole_page_to_sign_in() -> None:
    answer = a_visitor().get("/worklist", headers=HTML | {"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"


def test_where_there_is_no_sign_in_a_visitor_gets_a_page() -> None:
    answer = a_visitor(some_app(demo_people=[])).get("/worklist", headers=HTML)
    assert answer.status_code == 401
    assert "Sign in first" in answer.text


def test_everybody_may_use_a_public_route_and_is_nobody_there() -> None:
    app = create_app("example", some_settings(), "Baton example")

    @app.get("/who")
    async def who(actor: Annotated[Actor, allow(Role.PUBLIC)]) -> str:
        return actor.ref

    assert a_visitor(app).get("/who").json() == NOBODY.ref
    assert a_visitor(app).get("/who", headers=bearer(TOKEN)).json() == "system:pas"
    assert a_visitor(app).get("/who", headers=bearer("wrong")).json() == NOBODY.ref


def test_a_service_recognises_the_holder_of_a_private_link() -> None:
    app = create_app("example", some_settings(), "Baton example")

    async def holder(request: Request) -> Actor | None:
        good = request.path_params.get("token") == "good"
        return Actor("link", frozenset({Role.PATIENT_LINK})) if good else None

    recognise(app, holder)

    @app.get("/p/{token}")
    async def page(token: str, actor: Annotated[Actor, allow(Role.PATIENT_LINK)]) -> str:
        return actor.ref

    assert a_visitor(app).get("/p/good").json() == "link"
    assert a_visitor(app).get("/p/guessed").status_code == 404


def test_a_member_serves_their_team_and_star_serves_all() -> None:
    assert NURSE.actor.serves("practice-Z90001")
    assert not NURSE.actor.serves("ward-ZTA")
    assert OPERATOR.actor.serves("ward-ZTA")
    assert not NOBODY.serves("ward-ZTA")


@pytest.mark.parametrize(
    "listed",
    [
        "not json",
        "{}",
        '[{"sha256": "short", "ref": "x", "roles": ["operator"]}]',
        '[{"sha256": "%s", "ref": "x", "roles": ["king"]}]' % ("a" * 64),
        '[{"sha256": "%s", "ref": "x", "roles": []}]' % ("a" * 64),
        '[{"token": "hunter2", "ref": "x", "roles": ["operator"]}]',
    ],
)
def test_a_wrong_list_of_tokens_stops_the_start_without_being_shown(listed: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Tokens(some_settings(api_tokens=listed).api_tokens)
    assert "BATON_API_TOKENS" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_the_table_of_routes_names_roles_and_shows_who_forgot_them() -> None:
    app = FastAPI()
    router = APIRouter(prefix="/tasks", dependencies=[allow(Role.OPERATOR)])

    @app.get("/forgotten")
    async def forgotten() -> None: ...

    @app.api_route("/named", methods=["GET", "POST"])
    async def named(actor: Annotated[Actor, allow(Role.TEAM, Role.OPERATOR)]) -> None: ...

    @router.get("/all")
    async def inside() -> None: ...

    app.include_router(router, prefix="/v1")
    app.add_route("/plain", lambda request: None)

    table = {(method, path): roles for method, path, roles in guarded_routes(app)}

    assert table["GET", "/forgotten"] == frozenset()
    assert table["GET", "/plain"] == frozenset()
    assert table["POST", "/named"] == {Role.TEAM, Role.OPERATOR}
    assert table["GET", "/v1/tasks/all"] == {Role.OPERATOR}


def test_every_route_of_the_chassis_is_guarded() -> None:
    assert [row for row in guarded_routes(some_app()) if not row[2] and row[1] != ""] == []


def test_a_guard_names_at_least_one_role() -> None:
    with pytest.raises(ValueError, match="role"):
        allow()
