"""A small service to knock at: its settings, its pages, and a way to serve it to a browser."""

import asyncio
import contextlib
import hashlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Form, Request
from pydantic import BaseModel
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.testclient import TestClient

from services.chassis.access import Actor, Role, allow
from services.chassis.errors import Refusal, Transient
from services.chassis.pages import Pages
from services.chassis.sessions import DemoPerson
from services.chassis.settings import ServiceSettings
from services.chassis.web import Place, create_app

TEMPLATES = Path(__file__).parent / "templates"
TOKEN = "a token of a hospital system"
NURSE = DemoPerson("nurse-1", "Ada Example", "practice-Z90001", team_name="Elm Tree Surgery")
OPERATOR = DemoPerson("operator-1", "Olu Example", "*", (Role.OPERATOR,))

Member = Annotated[Actor, allow(Role.TEAM)]


def some_settings(**changes: Any) -> ServiceSettings:
    tokens = [
        {
            "sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
            "ref": "system:pas",
            "roles": ["hospital-system"],
        }
    ]
    given: dict[str, Any] = {
        "environment": "test",
        "database_url": "postgresql:///nowhere",
        "kafka_bootstrap": "localhost:1",
        "http_port": 0,
        "site_secret": "site secret of a test",
        "session_secret": "session secret of a test",
        "api_tokens": json.dumps(tokens),
    }
    return ServiceSettings(**given | changes)


class Wish(BaseModel):
    number: int


def some_app(**changes: Any) -> FastAPI:
    """One route of each kind: a page, a form, an interface for programs, and ways to fail."""
    given: dict[str, Any] = {
        "demo_people": [NURSE, OPERATOR],
        "navigation": [Place("Worklist", "/worklist"), Place("Alerts", "/alerts")],
    }
    app = create_app("example", some_settings(), "Baton example", **given | changes)
    pages = Pages(TEMPLATES)
    taken: list[str] = []

    @app.get("/worklist")
    async def worklist(request: Request, actor: Member, done: bool = False) -> HTMLResponse:
        notice = "The task was taken." if done else None
        return pages.render(request, "worklist.html", taken=len(taken), notice=notice)

    @app.post("/worklist")
    async def take(task: Annotated[str, Form()], actor: Member) -> RedirectResponse:
        taken.append(task)
        return RedirectResponse("/worklist?done=true", 303)

    @app.post("/wishes")
    async def wish(wish: Wish, actor: Annotated[Actor, allow(Role.HOSPITAL)]) -> dict[str, Any]:
        return {"number": wish.number, "by": actor.ref}

    @app.post("/fhir/$process-message")
    async def process(wish: Wish, actor: Annotated[Actor, allow(Role.HOSPITAL)]) -> None:
        raise Refusal("fhir.no", "refused", "This message is not taken.")

    @app.get("/said/{where}")
    async def said(
        request: Request, where: str, actor: Annotated[Actor, allow(Role.PUBLIC)], words: str = ""
    ) -> HTMLResponse:
        return pages.render(request, "said.html", words=words)

    @app.get("/fault")
    async def fault(actor: Annotated[Actor, allow(Role.PUBLIC)]) -> None:
        raise ValueError("no room for Edna Hartley, 999 500 0105, edna@example.net")

    @app.get("/no-template")
    async def no_template(
        request: Request, actor: Annotated[Actor, allow(Role.PUBLIC)]
    ) -> HTMLResponse:
        return pages.render(request, "no-such.html")

    @app.get("/away")
    async def away(actor: Annotated[Actor, allow(Role.PUBLIC)]) -> None:
        raise Transient

    return app


def a_visitor(app: FastAPI | None = None, **headers: str) -> TestClient:
    """A program; with `accept="text/html"` a browser."""
    client = TestClient(app or some_app(), follow_redirects=False, headers=headers)
    client.headers["user-agent"] = "test"
    return client


def sign_in(client: TestClient, person: DemoPerson = NURSE) -> None:
    answer = client.post("/sign-in", data={"ref": person.ref})
    assert answer.status_code == 303


@contextlib.asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The application on a free port of this machine; gives its address."""
    with _listening() as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving


@contextlib.contextmanager
def _listening() -> Iterator[socket.socket]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        yield listener
