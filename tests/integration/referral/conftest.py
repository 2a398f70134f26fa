"""Referral on a real database, driven without Kafka and without waiting: tests say what is heard and what rings."""

import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import orjson
import pytest

from schemas.alert import AlertAcknowledged, AlertNotDelivered, AlertSent
from schemas.catalogue import BY_SCHEMA
from schemas.envelope import Envelope
from schemas.event import Event
from schemas.patient import PatientDescribed, PersonName
from schemas.patient_key import patient_key
from schemas.spell import (
    Coding,
    Indicator,
    SpellAdmitted,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellDischarged,
    SpellQuestioned,
)
from services.chassis.arrival import Arrival
from services.chassis.consumer import Consumer
from services.chassis.database import Database
from services.chassis.ids import new_id
from services.chassis.timers import Timers
from services.referral.app import build_app, build_clocks, build_ears
from services.referral.config import ReferralSettings
from services.referral.domain.directory import Directory
from services.referral.domain.rules import Playbook
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.rule_versions import RuleVersionTable
from services.rehearsal.virtual_clock import install
from tests.support.postgres import Database as TestDatabase
from tests.support.postgres import Databases
from tests.support.tables import as_migrated, make_tables

MORE_TEAMS = (
    "practice-Z90004",
    "practice-Z90005",
    "clinical-lead-ZTA",
    "podiatry-ZTA",
    "msk-foot-ZTB",
)
SITE_SECRET = "site secret of a test"
EDNA, TOM = "9995000105", "9995000598"
WARD, ELM_TREE, HARBOUR = "ward-ZTA", "practice-Z90001", "practice-Z90002"
PHARMACY, COMMUNITY, SAFETY, PLACE = "pharmacy-FZZ01", "community-ZTC", "safety-ZTA", "place-ZPL"


def key_of(nhs_number: str) -> str:
    return patient_key(SITE_SECRET.encode(), "nhs", nhs_number)


def discharged(nhs_number: str = EDNA, **changes: Any) -> SpellDischarged:
    """Edna goes home from Fellside, frail, to Elm Tree Surgery."""
    given: dict[str, Any] = {
        "patient_key": key_of(nhs_number),
        "spell_id": new_id(),
        "provider": "ZTA",
        "encounter_class": "IMP",
        "discharged_at": datetime.now(UTC),
        "discharge_method": "1",
        "discharge_destination": "19",
        "practice": "Z90001",
        "pharmacy": "FZZ01",
        "indicators": (Indicator(code="763264000", value=6),),
    }
    return SpellDischarged(**given | changes)


def after_asthma(**changes: Any) -> SpellDischarged:
    """Tom goes home after an asthma attack, to Harbour Medical Centre."""
    given: dict[str, Any] = {
        "practice": "Z90002",
        "pharmacy": None,
        "indicators": (),
        "diagnoses": (Coding(system="http://snomed.info/sct", code="708038006"),),
    }
    return discharged(TOM, **given | changes)


def described(nhs_number: str = EDNA, **changes: Any) -> PatientDescribed:
    given: dict[str, Any] = {
        "patient_key": key_of(nhs_number),
        "described_at": datetime.now(UTC),
        "nhs_number": nhs_number,
        "nhs_number_verification": "01",
        "name": PersonName(family="Hartley", given="Edna"),
        "birth_date": "1948-03-02",
    }
    return PatientDescribed(**given | changes)


def corrected(event: SpellDischarged, **changes: Any) -> SpellCorrected:
    """The discharge as the hospital knows it better now."""
    return SpellCorrected(**event.model_dump() | changes)


def cancelled(
    event: SpellDischarged, reason: Any = "discharge-cancelled"
) -> SpellDischargeCancelled:
    return SpellDischargeCancelled(
        patient_key=event.patient_key,
        spell_id=event.spell_id,
        cancelled_at=datetime.now(UTC),
        reason=reason,
    )


def admitted(nhs_number: str = EDNA, **changes: Any) -> SpellAdmitted:
    """Somebody is in hospital (again)."""
    given: dict[str, Any] = {
        "patient_key": key_of(nhs_number),
        "spell_id": new_id(),
        "provider": "ZTA",
        "encounter_class": "IMP",
        "admitted_at": datetime.now(UTC),
    }
    return SpellAdmitted(**given | changes)


def questioned(spell_id: UUID, *questions: Any) -> SpellQuestioned:
    return SpellQuestioned(
        patient_key=key_of(EDNA),
        spell_id=spell_id,
        provider="ZTA",
        questions=questions,
        asked_at=datetime.now(UTC),
    )


def acknowledged(handover_id: UUID, team: str) -> AlertAcknowledged:
    return AlertAcknowledged(
        patient_key=key_of(EDNA),
        alert_id=new_id(),
        handover_id=handover_id,
        team=team,
        acknowledged_at=datetime.now(UTC),
        acknowledged_by="staff.somebody",
    )


def sent(handover_id: UUID, team: str) -> AlertSent:
    return AlertSent(
        patient_key=key_of(EDNA),
        alert_id=new_id(),
        handover_id=handover_id,
        audience="team",
        team=team,
        channel="email",
        sent_at=datetime.now(UTC),
    )


def not_delivered(handover_id: UUID, **changes: Any) -> AlertNotDelivered:
    given: dict[str, Any] = {
        "patient_key": key_of(EDNA),
        "alert_id": new_id(),
        "handover_id": handover_id,
        "audience": "patient",
        "reason": "no-usable-channel",
        "decided_at": datetime.now(UTC),
    }
    return AlertNotDelivered(**given | changes)


@dataclass
class House:
    """A referral service without its Kafka loop and its clock."""

    database: Database
    settings: ReferralSettings
    playbook: Playbook
    _sequences: dict[str, int] = field(default_factory=dict)
    _offset: int = 0

    @property
    def pool(self) -> asyncpg.Pool:
        return self.database.pool

    @cached_property
    def app(self) -> Any:
        return build_app(self.settings, self.database, self.playbook)

    async def hear(self, *events: Event) -> None:
        """All of them in one batch, as they come from Kafka."""
        await self.take([self.arrival(event) for event in events])

    async def take(self, arrivals: Sequence[Arrival]) -> None:
        await Consumer(self.database, build_ears(self.playbook).subscription).handle(arrivals)

    def arrival(self, event: Event, **changes: Any) -> Arrival:
        stream = _stream(event)
        self._sequences[stream] = self._sequences.get(stream, 0) + 1
        envelope = Envelope(
            event_id=new_id(),
            source="/baton/test",
            type=event.type,
            dataschema=event.schema_id(),
            stream=stream,
            sequence=self._sequences[stream],
            occurred_at=datetime.now(UTC),
            correlation_id=changes.get("correlation_id", new_id()),
            causation_id=new_id(),
            partition_key=event.patient_key,
        )
        return self.record(event.topic, event.patient_key, envelope.headers(), event.to_bytes())

    def record(self, topic: str, key: str, headers: Any, body: bytes | None) -> Arrival:
        self._offset += 1
        return Arrival(topic, 0, self._offset, key.encode(), headers, body)

    def again(self, arrival: Arrival) -> Arrival:
        """The same record at a new offset, as a relay repeats it."""
        return self.record(
            arrival.topic, (arrival.record_key or b"").decode(), arrival.headers, arrival.body
        )

    async def open(self, event: SpellDischarged | None = None) -> UUID:
        """Hear a discharge; gives the handover that it opened."""
        event = event or discharged()
        await self.hear(event)
        return await self.pool.fetchval(
            "SELECT handover_id FROM handovers WHERE spell_id = $1", event.spell_id
        )

    async def said(self, *types: type[Event]) -> list[Any]:
        """What referral said, in the order in which it was said."""
        rows = await self.pool.fetch("SELECT dataschema, body FROM outbox ORDER BY event_id")
        events = [BY_SCHEMA[row["dataschema"]].from_bytes(row["body"]) for row in rows]
        return [event for event in events if not types or isinstance(event, types)]

    async def offer_to(self, team: str) -> UUID:
        return await self.pool.fetchval("SELECT offer_id FROM offers WHERE team = $1", team)

    async def task(self, rule_id: str) -> asyncpg.Record:
        return await self.pool.fetchrow("SELECT * FROM tasks WHERE rule_id = $1", rule_id)

    async def owners_of(self, subject: UUID) -> list[str]:
        rows = await self.pool.fetch(
            "SELECT team FROM ownership WHERE subject = $1 ORDER BY since", subject
        )
        return [row["team"] for row in rows]

    async def parked(self) -> list[str]:
        rows = await self.pool.fetch("SELECT reason FROM parked WHERE resolved_at IS NULL")
        return [row["reason"] for row in rows]

    async def let_deadlines_pass(self) -> None:
        """Whatever has a deadline is late by a minute, and its timer due."""
        await self.pool.execute(
            """
            UPDATE tasks SET due_at = clock_timestamp() - interval '1 minute', not_before = NULL,
                             rings_at = clock_timestamp() - interval '1 minute'
            """
        )
        await self.pool.execute(
            """
            UPDATE timers SET due_at = clock_timestamp() - interval '1 minute'
            WHERE rung_at IS NULL AND kind <> 'coordinator.missing'
            """
        )

    async def ring(self) -> int:
        clocks = build_clocks(self.database, self.playbook)
        return await Timers(self.database, clocks.timers).ring(200)

    async def sweep(self) -> None:
        await build_clocks(self.database, self.playbook).sweep()

    def client(self, team: str = "*", **headers: str) -> httpx2.AsyncClient:
        """A program that acts for a team."""
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app),
            base_url="http://referral.test",
            headers={"Authorization": f"Bearer token of {team}"} | headers,
        )

    async def visitor(self, ref: str) -> httpx2.AsyncClient:
        """A browser without scripts, with somebody signed in."""
        browser = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(self.app),
            base_url="http://referral.test",
            headers={"Accept": "text/html", "Origin": "http://referral.test"},
        )
        answer = await browser.post("/sign-in", data={"ref": ref})
        assert answer.status_code == 303, answer.text
        return browser


@pytest.fixture(scope="session")
def tables(databases: Databases) -> Iterator[TestDatabase]:
    """A database with referral's tables."""
    prepared = databases.prepared("referral", partial(make_tables, service="referral"))
    fresh = databases.create(prepared)
    yield fresh
    databases.drop(fresh)


async def _with_a_clock(database: TestDatabase) -> None:
    connection = await asyncpg.connect(database.dsn)
    await install(connection)
    await connection.close()
    await make_tables(database, "referral")


@pytest.fixture(scope="session")
def tables_with_a_clock(databases: Databases) -> Iterator[TestDatabase]:
    """Likewise, with a clock that a test turns."""
    fresh = databases.create(databases.prepared("referral with a clock", _with_a_clock))
    yield fresh
    databases.drop(fresh)


@pytest.fixture
async def database(tables: TestDatabase) -> AsyncIterator[Database]:
    async with as_migrated(tables, "referral") as opened:
        yield opened


def some_settings(**changes: Any) -> ReferralSettings:
    teams = (WARD, ELM_TREE, HARBOUR, PHARMACY, COMMUNITY, SAFETY, PLACE, *MORE_TEAMS, "*")
    tokens = [_token(team, ["team-member"], team) for team in teams]
    tokens += [_token("operators", ["operator"], "*"), _token("hospital", ["hospital-system"], "")]
    given: dict[str, Any] = {
        "environment": "test",
        "database_url": "postgresql:///nowhere",
        "kafka_bootstrap": "localhost:1",
        "http_port": 0,
        "site_secret": SITE_SECRET,
        "session_secret": "session secret of a test",
        "api_tokens": orjson.dumps(tokens).decode(),
    }
    return ReferralSettings(**given | changes)


def _token(who: str, roles: list[str], team: str) -> dict[str, Any]:
    return {
        "sha256": hashlib.sha256(f"token of {who}".encode()).hexdigest(),
        "ref": f"api-{who}",
        "roles": roles,
        "teams": [team],
    }


@pytest.fixture(scope="session")
def as_read() -> Playbook:
    return read_playbook(live=False)


@pytest.fixture
def playbook(as_read: Playbook) -> Playbook:
    """As the files say, with a directory of its own: what stands in that may be exchanged."""
    directory = as_read.directory
    return replace(as_read, directory=Directory(directory.file, directory.day))


@pytest.fixture
async def house(database: Database, playbook: Playbook) -> House:
    async with database.unit_of_work() as unit:
        await RuleVersionTable().keep(unit.connection, playbook.rules)
    return House(database, some_settings(), playbook)


def _stream(event: Event) -> str:
    for noun in ("spell", "alert"):
        if event.type.startswith(f"{noun}."):
            return f"{noun}:{getattr(event, f'{noun}_id')}"
    return f"patient:{event.patient_key}"
