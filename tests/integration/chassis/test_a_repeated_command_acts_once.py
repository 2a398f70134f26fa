import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Form
from httpx2 import ASGITransport, AsyncClient, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from services.chassis.access import Actor, Role, allow
from services.chassis.database import Database
from services.chassis.errors import Refusal
from services.chassis.idempotency import Command, Commanded, once
from services.chassis.keeping import CHASSIS
from services.chassis.unit_of_work import UnitOfWork
from services.chassis.web import create_app
from tests.support.eventually import eventually
from tests.support.web import NURSE, some_settings

Anybody = Annotated[Actor, allow(Role.PUBLIC)]
Send = Callable[..., Awaitable[Response]]


class Wish(BaseModel):
    number: int


class Place:
    """A service with one table and three commands."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.gate = asyncio.Event()
        self.gate.set()
        self.app = self._app()

    def _app(self) -> FastAPI:
        app = create_app("example", some_settings(), "Baton example", demo_people=[NURSE])

        @app.post("/wishes")
        async def wish(wish: Wish, command: Commanded, actor: Anybody) -> Any:
            return await once(
                self.database, command, actor, lambda unit: self.make(unit, wish), status=201
            )

        @app.post("/refused")
        async def refuse(wish: Wish, command: Commanded, actor: Anybody) -> Any:
            return await once(self.database, command, actor, lambda unit: self.refuse(unit, wish))

        @app.post("/form")
        async def form(number: Annotated[int, Form()], command: Commanded, actor: Anybody) -> Any:
            return await once(self.database, command, actor, lambda unit: self.go(unit, number))

        return app

    async def make(self, unit: UnitOfWork, wish: Wish) -> dict[str, Any]:
        await unit.connection.execute(
            "INSERT INTO told (stream, sequence) VALUES ('wish', $1)", wish.number
        )
        await self.gate.wait()
        return {"made": wish.number, "at": unit.now}

    async def refuse(self, unit: UnitOfWork, wish: Wish) -> None:
        await self.make(unit, wish)
        raise Refusal("wish.impossible", "conflict", "That cannot be.")

    async def go(self, unit: UnitOfWork, number: int) -> RedirectResponse:
        await self.make(unit, Wish(number=number))
        return RedirectResponse("/worklist", 303)

    async def done(self) -> int:
        count: int = await self.database.pool.fetchval("SELECT count(*) FROM told")
        return count

    async def post(self, path: str, key: str | None, **body: Any) -> Response:
        headers = {} if key is None else {"idempotency-key": key}
        async with AsyncClient(
            transport=ASGITransport(app=self.app), base_url="http://test"
        ) as client:
            return await client.post(path, headers=headers, **body)


@pytest.fixture
def place(referral: Database) -> Place:
    return Place(referral)


async def test_the_same_request_again_gets_the_same_answer_and_does_nothing(place: Place) -> None:
    first = await place.post("/wishes", "k1", json={"number": 7})
    again = await place.post("/wishes", "k1", json={"number": 7})

    assert await place.done() == 1
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["content-type"] == again.headers["content-type"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/wishes", {"json": {"number": 8}}),
        ("/wishes?x=1", {"json": {"number": 7}}),
        ("/refused", {"json": {"number": 7}}),
    ],
)
async def test_a_key_is_not_taken_for_another_request(
    place: Place, path: str, body: dict[str, Any]
) -> None:
    await place.post("/wishes", "k1", json={"number": 7})

    answer = await place.post(path, "k1", **body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency.key_reused"
    assert await place.done() == 1


async def test_another_key_or_none_acts_again(place: Place) -> None:
    for key in ("k1", "k2", None, None):
        assert (await place.post("/wishes", key, json={"number": 7})).status_code == 201
    assert await place.done() == 4


async def test_two_actors_may_choose_the_same_key(place: Place) -> None:
    for ref in ("a", "b"):
        command = Command("k1", b"\0" * 32)
        await once(
            place.database, command, Actor(ref), lambda unit: place.make(unit, Wish(number=1))
        )
    assert await place.done() == 2


async def test_a_refused_command_leaves_nothing_and_is_decided_anew(place: Place) -> None:
    for _ in range(2):
        answer = await place.post("/refused", "k1", json={"number": 7})
        assert answer.status_code == 409
        assert "idempotency-replayed" not in answer.headers
    assert await place.done() == 0
    assert (await place.post("/wishes", "k1", json={"number": 7})).status_code == 201


async def test_a_repeat_that_arrives_meanwhile_waits_for_the_answer(place: Place) -> None:
    place.gate.clear()
    both = [asyncio.create_task(place.post("/wishes", "k1", json={"number": 7})) for _ in range(2)]

    async def one_waits_for_the_other() -> bool:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        count: int = await place.database.pool.fetchval(waiting)
        return count == 1

    await eventually(one_waits_for_the_other)
    place.gate.set()
    first, second = await asyncio.gather(*both)

    assert first.content == second.content
    assert await place.done() == 1


async def test_a_form_carries_its_key_inside_and_is_led_to_the_same_place(place: Place) -> None:
    sent = {"number": "7", "idempotency_key": "f1"}
    for _ in range(2):
        answer = await place.post("/form", None, data=sent)
        assert (answer.status_code, answer.headers["location"]) == (303, "/worklist")
    assert await place.done() == 1

    answer = await place.post("/form", None, data=sent | {"number": "8"})
    assert answer.json()["code"] == "idempotency.key_reused"


@pytest.mark.parametrize("key", ["x" * 201, "two words", "caf\u00e9"])
async def test_a_key_that_is_no_key_is_refused(place: Place, key: str) -> None:
    answer = await place.post("/form", None, data={"number": "7", "idempotency_key": key})
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency.bad_key"


async def test_answers_are_forgotten_after_a_day(place: Place) -> None:
    await place.post("/wishes", "k1", json={"number": 7})
    await place.post("/wishes", "k2", json={"number": 7})
    await place.database.pool.execute(
        "UPDATE idempotent_requests SET made_at = made_at - interval '25 hours' WHERE key = 'k1'"
    )

    again = await place.post("/wishes", "k1", json={"number": 9})
    assert again.status_code == 201
    assert await place.done() == 3

    await place.database.pool.execute(
        "UPDATE idempotent_requests SET made_at = made_at - interval '25 hours' WHERE key = 'k1'"
    )
    [clearing] = [kept.clearing for kept in CHASSIS if kept.table == "idempotent_requests"]
    assert clearing is not None
    await place.database.pool.execute(clearing.sql, clearing.days, 1000)

    keys = await place.database.pool.fetch("SELECT key FROM idempotent_requests")
    assert [row["key"] for row in keys] == ["k2"]


async def test_nothing_of_the_request_is_kept_but_its_fingerprint(place: Place) -> None:
    await place.post("/wishes", "k1", json={"number": 777_777})
    row = await place.database.pool.fetchrow("SELECT key, fingerprint FROM idempotent_requests")
    assert len(row["fingerprint"]) == 32
    assert row["key"] == "k1"
