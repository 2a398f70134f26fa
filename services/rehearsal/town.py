"""The three services on one database whose clock we turn, with everything around them played by us."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from schemas.patient_key import patient_key
from services.chassis.database import Database, open_database
from services.chassis.running import Parts
from services.chassis.timers import Timers
from services.discharge import app as discharge
from services.discharge.inbound.intake import Intake
from services.discharge.inbound.national.reading import NationalReader
from services.discharge.inbound.national.record import ORGANISATION
from services.discharge.inbound.profiles.load import read_profiles
from services.discharge.outbound.national_events import PostgresNationalEvents
from services.notify import app as notify
from services.notify.domain.alert import Channel
from services.notify.inbound.delivery import DeliveryWorker
from services.referral import app as referral
from services.referral.domain.rules import Playbook
from services.referral.inbound.clocks import Clocks
from services.referral.inbound.directory_clock import DirectoryClock
from services.referral.outbound.playbook_files import read_playbook
from services.referral.outbound.rule_versions import RuleVersionTable
from services.rehearsal import settings
from services.rehearsal.due import Due, look
from services.rehearsal.errors import StoryError
from services.rehearsal.ground import SERVICES, Ground
from services.rehearsal.national_record import NationalRecord
from services.rehearsal.post import Post
from services.rehearsal.story import Story
from services.rehearsal.virtual_clock import BEFORE_EVERYTHING, VirtualClock
from services.rehearsal.ways_out import WaysOut

_AT_ONCE = 200
_A_DAY = timedelta(days=1)
_FEW = 200
"""Events of a story in which every table stays small."""
_MOST_TURNS = 2_000
"""In one moment; a story whose moment never ends goes round in circles."""

_PARKED = """
SELECT 'discharge' AS service, reason, error FROM discharge.parked WHERE resolved_at IS NULL
UNION ALL SELECT 'referral', reason, error FROM referral.parked WHERE resolved_at IS NULL
UNION ALL SELECT 'notify', reason, error FROM notify.parked WHERE resolved_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """How a rehearsal differs from a live site."""

    settling_minutes: int | None
    rules: Path | None
    seed: int | None


@dataclass
class Town:
    """Everything that one story is played with."""

    connection: asyncpg.Connection
    clock: VirtualClock
    databases: Mapping[str, Database]
    parts: Mapping[str, Parts]
    intake: Intake
    playbook: Playbook
    post: Post
    timers: Mapping[str, Timers]
    ways: WaysOut
    delivery: DeliveryWorker
    record: NationalRecord
    reader: NationalReader
    clocks: Clocks
    directory: DirectoryClock
    swept_at: datetime = BEFORE_EVERYTHING
    counted: int = _FEW

    def key_of(self, nhs_number: str) -> str:
        """The patient's key in every service."""
        return patient_key(settings.SITE_SECRET.encode(), "nhs", nhs_number)

    async def ask(
        self, service: str, who: str, method: str, path: str, **given: Any
    ) -> httpx2.Response:
        """One request at the door of a service."""
        headers = {"Authorization": f"Bearer {settings.token_of(who)}"} | given.pop("headers", {})
        door = httpx2.ASGITransport(self.parts[service].app)
        async with httpx2.AsyncClient(transport=door, base_url=f"http://{service}.test") as client:
            return await client.request(method, path, headers=headers, **given)

    async def settle(self) -> Due:
        """Let everything happen that this moment brings. Raises `StoryError` when something went wrong in it."""
        for _ in range(_MOST_TURNS):
            due = await look(self.connection, self.clock.now)
            if not due.now or not await self._turn(due):
                break
        else:
            raise StoryError("this moment never ends: the services answer each other for ever")
        if due.parked:
            parked = await self.connection.fetch(_PARKED)
            said = ", ".join(f"{row['service']}: {row['reason']} {row['error']}" for row in parked)
            raise StoryError(f"a record could not be handled and waits for a person ({said})")
        return due

    async def _turn(self, due: Due) -> int:
        """One round of whatever has something to do; returns how much was done."""
        now = self.clock.now
        done = await self.post.carry(now, due.post)
        for service in due.timers & self.timers.keys():
            done += await self.timers[service].ring(_AT_ONCE) + await self.post.carry(now)
        if due.recalls:
            done += await self.delivery.take_back()
        if due.alerts:
            await self.ways.expect()
            done += await self.delivery.deliver_due() + await self.post.carry(now)
        if due.nation:
            done += await self.reader.turn()
        return done

    async def _sweep(self) -> None:
        """What background loops do every minute: here before each step of the story, and once in each day between."""
        if self.clock.now - self.swept_at < _A_DAY:
            return
        self.swept_at = self.clock.now
        await self.directory.look()
        await self.clocks.sweep()
        await self._count_rows()

    async def _count_rows(self) -> None:
        """What PostgreSQL does by itself within minutes, in a year that passes in seconds: see which tables have grown.

        Otherwise statements planned for an empty table read all of it for ever.
        """
        if len(self.post.said) >= 2 * self.counted:
            self.counted = len(self.post.said)
            await self.connection.execute("ANALYZE")

    async def live_until(self, at: datetime) -> None:
        """Let time pass: the clock stops at every moment when something is due."""
        self.swept_at = BEFORE_EVERYTHING
        await self._sweep()
        due = (await self.settle()).next_at
        while due is not None and due <= at:
            moved = max(due, self.clock.now + timedelta(microseconds=due <= self.clock.now))
            await self.clock.turn_to(moved)
            await self._sweep()
            due = (await self.settle()).next_at
        await self.clock.turn_to(max(at, self.clock.now))
        self.swept_at = BEFORE_EVERYTHING
        await self._sweep()


@asynccontextmanager
async def open_town(
    ground: Ground, story: Story, *, rules: Path | None = None, seed: int | None = None
) -> AsyncIterator[Town]:
    """The services as their own `app.py` puts them together, on a fresh database at the time when the story starts."""
    async with ground.database() as name, contextlib.AsyncExitStack() as leaving:
        connection = await asyncpg.connect(ground.superuser_dsn(name))
        leaving.push_async_callback(connection.close)
        clock = VirtualClock(connection, story.begins)
        await clock.turn_to(story.begins)
        databases = {}
        for service in SERVICES:
            databases[service] = await open_database(ground.dsn(name, service), service, max_size=4)
            leaving.push_async_callback(databases[service].pool.close)
        town = await _furnish(
            connection, clock, databases, Changes(story.settling_minutes, rules, seed)
        )
        taking_in = asyncio.create_task(town.intake.run())
        try:
            yield town
        finally:
            taking_in.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await taking_in


async def _furnish(
    connection: asyncpg.Connection,
    clock: VirtualClock,
    databases: Mapping[str, Database],
    changes: Changes,
) -> Town:
    seed, playbook = changes.seed, read_playbook(live=False, local=changes.rules)
    known = settings.tokens(playbook.directory)
    of_discharge = settings.discharge_settings(known)
    of_notify = settings.notify_settings(known, changes.settling_minutes)
    clocks = referral.build_clocks(databases["referral"], playbook)
    directory = referral.build_directory_clock(databases["referral"], playbook)
    parts = {
        "discharge": discharge.build(of_discharge, databases["discharge"]),
        "referral": Parts(
            referral.build_app(settings.referral_settings(known), databases["referral"], playbook),
            referral.build_ears(playbook).subscription,
            timers={**clocks.timers, **directory.timers},
        ),
        "notify": notify.build(of_notify, databases["notify"]),
    }
    async with databases["referral"].unit_of_work() as unit:
        await RuleVersionTable().keep(unit.connection, playbook.rules)
        await directory.when_the_directory_turns((), unit)
    intake = discharge.build_intake(of_discharge, databases["discharge"], read_profiles(None))
    ways, record = WaysOut(connection, lambda: clock.now), NationalRecord()
    return Town(
        connection=connection,
        clock=clock,
        databases=databases,
        parts=parts,
        intake=intake,
        playbook=playbook,
        post=Post(
            databases,
            {name: part.subscription for name, part in parts.items() if part.subscription},
            None if seed is None else random.Random(seed),  # noqa: S311  (orders, not secrets)
        ),
        timers={
            name: Timers(databases[name], part.timers)
            for name, part in parts.items()
            if part.timers
        },
        ways=ways,
        delivery=DeliveryWorker(
            databases["notify"],
            notify.STORES,
            notify.build_desk(of_notify),
            {channel: ways.carrier(channel) for channel in Channel},
        ),
        record=record,
        reader=NationalReader(
            databases["discharge"], PostgresNationalEvents(ORGANISATION), record.ask, intake
        ),
        clocks=clocks,
        directory=directory,
    )
