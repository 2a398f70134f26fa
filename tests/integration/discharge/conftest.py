"""Discharge as it runs: real PostgreSQL, a real MLLP socket, the HTTP application."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg
import httpx2
import orjson
import pytest
from fastapi import FastAPI

from schemas.catalogue import BY_SCHEMA
from schemas.event import Event
from schemas.patient_key import patient_key
from services.chassis.database import Database
from services.discharge.app import build
from services.discharge.config import DischargeSettings
from services.discharge.inbound.hl7.framing import Frame, MllpFramer, frame
from tests.support.eventually import eventually
from tests.support.postgres import Database as Site
from tests.support.postgres import Databases
from tests.support.tables import PASSWORD, as_migrated, make_tables

SECRET = "for these tests only, and for nothing else"
HOSPITAL, NEIGHBOUR, OPERATOR, TEAM = "hospital", "neighbour", "operator", "team"
ENGINEER = "engineer"
NATIONAL = "national service"
key_of = partial(patient_key, SECRET.encode())


@dataclass
class Said:
    """One event, as it waits for the relay."""

    event: Event
    stream: str
    sequence: int
    row: Any


@dataclass
class Ward:
    """Everything a test needs of a running discharge."""

    database: Database
    host: str
    port: int
    http: httpx2.AsyncClient
    settings: DischargeSettings
    loops: dict[str, asyncio.Task[None]]
    app: FastAPI
    open_lines: list["Line"] = field(default_factory=list)

    async def line(self) -> "Line":
        """A new MLLP connection."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        self.open_lines.append(Line(reader, writer))
        return self.open_lines[-1]

    async def send(self, message: bytes) -> bytes:
        """One message on a connection of its own; returns the ACK."""
        line = await self.line()
        try:
            return await line.send(message)
        finally:
            line.close()

    async def post_hl7(self, message: bytes, **headers: str) -> httpx2.Response:
        return await self.http.post(
            "/hl7v2", content=message, headers={"Content-Type": "application/hl7-v2"} | headers
        )

    async def post_fhir(self, bundle: Any, **headers: str) -> httpx2.Response:
        body = bundle if isinstance(bundle, bytes) else orjson.dumps(bundle)
        return await self.http.post(
            "/fhir/$process-message",
            content=body,
            headers={"Content-Type": "application/fhir+json"} | headers,
        )

    async def show(self, location: str, token: str = OPERATOR) -> httpx2.Response:
        return await self.http.get(location, headers=bearer(token))

    async def visitor(self, ref: str) -> httpx2.AsyncClient:
        """A browser without scripts, with somebody signed in."""
        browser = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app),
            base_url="http://discharge",
            headers={"Accept": "text/html", "Origin": "http://discharge"},
        )
        answer = await browser.post("/sign-in", data={"ref": ref})
        assert answer.status_code == 303, answer.text
        return browser

    async def said(self, type_: str = "") -> list[Said]:
        """Every event so far, in the order in which it was said."""
        rows = await self.database.pool.fetch("SELECT * FROM outbox ORDER BY event_id")
        return [
            Said(
                BY_SCHEMA[row["dataschema"]].from_bytes(row["body"]),
                row["stream"],
                row["sequence"],
                row,
            )
            for row in rows
            if not type_ or row["type"] == type_
        ]

    async def types(self) -> list[str]:
        return [said.event.type for said in await self.said()]

    async def stored(self) -> list[asyncpg.Record]:
        return await self.database.pool.fetch("SELECT * FROM source_messages ORDER BY message_id")

    async def spells(self) -> list[asyncpg.Record]:
        return await self.database.pool.fetch("SELECT * FROM spells ORDER BY spell_id")


@dataclass
class Line:
    """One MLLP connection, seen from the hospital."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    framer: MllpFramer = field(default_factory=MllpFramer)
    waiting: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def send(self, message: bytes) -> bytes:
        self.write(frame(message))
        return await self.answer()

    async def answer(self) -> bytes:
        """The next ACK; fails when the connection ends instead."""
        async with asyncio.timeout(10):
            while not self.waiting:
                chunk = await self.reader.read(65536)
                if not chunk:
                    raise EOFError("the listener closed the connection")
                self.waiting += [
                    found.body for found in self.framer.feed(chunk) if isinstance(found, Frame)
                ]
        return self.waiting.pop(0)

    async def is_closed(self) -> bool:
        """Whether the other side hangs up."""
        async with asyncio.timeout(10):
            with suppress(ConnectionError):
                return await self.reader.read(65536) == b""
        return True

    def close(self) -> None:
        self.writer.close()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _tokens() -> str:
    roles = {
        HOSPITAL: ["hospital-system"],
        NEIGHBOUR: ["hospital-system"],
        OPERATOR: ["operator"],
        ENGINEER: ["integration-engineer"],
        TEAM: ["team-member"],
        NATIONAL: ["national-events"],
    }
    return json.dumps(
        [
            {"sha256": hashlib.sha256(name.encode()).hexdigest(), "ref": name, "roles": roles[name]}
            for name in roles
        ]
    )


@pytest.fixture(scope="session")
def site(databases: Databases) -> Iterator[Site]:
    """A database with discharge's tables."""
    prepared = databases.prepared("discharge", partial(make_tables, service="discharge"))
    database = databases.create(prepared)
    yield database
    databases.drop(database)


@pytest.fixture
async def database(site: Site) -> AsyncIterator[Database]:
    async with as_migrated(site, "discharge") as opened:
        yield opened


@pytest.fixture
def given_settings() -> dict[str, Any]:
    """What a test changes of the settings, by overriding this fixture or with `indirect`."""
    return {}


@pytest.fixture
async def ward(
    site: Site, database: Database, given_settings: dict[str, Any]
) -> AsyncIterator[Ward]:
    """Discharge, listening."""
    dsn = site.dsn_of("baton_discharge", PASSWORD)
    settings = DischargeSettings(
        environment="test",
        database_url=dsn,
        kafka_bootstrap="127.0.0.1:1",
        site_secret=SECRET,
        session_secret=SECRET,
        api_tokens=_tokens(),
        http_port=0,
        mllp_port=0,
        **given_settings,
    )
    parts = build(settings, database)
    loops = {name: asyncio.create_task(loop()) for name, loop in parts.loops.items()}
    listener = parts.loops["mllp"].__self__
    await eventually(lambda: listener.address)
    transport = httpx2.ASGITransport(app=parts.app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://discharge", headers=bearer(HOSPITAL)
    ) as http:
        ward = Ward(database, *listener.address, http, settings, loops, parts.app)
        yield ward
    for line in ward.open_lines:
        line.close()
    for task in loops.values():
        task.cancel()
    await asyncio.gather(*loops.values(), return_exceptions=True)
