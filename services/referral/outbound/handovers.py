"""Handovers in their tables: locked and loaded, opened by COPY, changed as facts say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from services.chassis.connection import Connection
from services.chassis.ids import new_id
from services.referral.domain.facts import NotOpened
from services.referral.domain.handover import Offer, Task, Whole
from services.referral.domain.people import EVERY_TEAM
from services.referral.outbound.fact_writer import write_facts
from services.referral.outbound.lookups import Lookups
from services.referral.outbound.progress import read_progress
from services.referral.outbound.rows import (
    HANDOVER_COLUMNS,
    OPENED_OFFER_COLUMNS,
    TASK_COLUMNS,
    handover_row,
    offer_rows,
    read_handover,
    read_offer,
    read_task,
    task_row,
)
from services.referral.outbound.stop_notices import StopNotices
from services.referral.usecases.records import Changed, HistoryEntry, Loaded, Opened, Subject

# A lock that lets others add rows which refer to the handover: alerts and their history.
_LOCK = """
SELECT handover_id, spell_id, patient_key, sender, sender_team, owner_team, clock_started_at, opened_at, state,
       test_patient, purpose, replaces, discharge, death, readmitted_by, said, correlation_id,
       referral, coordinator_state, coordinator_at, coordinator_name, coordinator_phone
FROM handovers WHERE handover_id = ANY($1::uuid[]) ORDER BY handover_id FOR NO KEY UPDATE
"""
_OFFERS = """
SELECT offer_id, handover_id, team, role, instead_of, state, from_team, redirects, redirect_count, accept_by, unanswered
FROM offers WHERE handover_id = ANY($1::uuid[]) ORDER BY offer_id
"""
_TASKS = """
SELECT task_id, handover_id, offer_id, code, rule_id, rule_version, owner_team, status, anchored_at, due_at,
       not_before, needs_outcome, alert_id, follows, escalation_step, ladder_step, rings_at, skill, priority,
       owner_person, working, about, ordered_by, expected_on
FROM tasks WHERE handover_id = ANY($1::uuid[]) AND ($2::uuid[] IS NULL OR task_id = ANY($2)) ORDER BY task_id
"""
_SAID = """
UPDATE handovers SET said = s.said FROM unnest($1::uuid[], $2::integer[]) AS s (handover_id, said)
WHERE handovers.handover_id = s.handover_id
"""
_HAPPENED = (
    "SELECT handover_id, code, happened_at FROM happenings WHERE handover_id = ANY($1::uuid[])"
)
_FIND: dict[Subject, str] = {
    "handover": "SELECT handover_id FROM handovers WHERE handover_id = $1",
    "offer": "SELECT handover_id FROM offers WHERE offer_id = $1",
    "task": "SELECT handover_id FROM tasks WHERE task_id = $1",
    "referral": "SELECT handover_id FROM referrals WHERE referral_id = $1",
    "appointment": "SELECT handover_id FROM appointments WHERE appointment_id = $1",
}
_MAY_SEE = "SELECT EXISTS (SELECT FROM parties WHERE team = ANY($1::text[]) AND handover_id = $2)"
_FORGET_DISCHARGES = """
WITH turned_away AS (DELETE FROM not_opened WHERE spell_id = ANY($1::uuid[]))
UPDATE handovers SET readmitted_by = NULL
WHERE spell_id = ANY($1) AND state = 'withdrawn' AND readmitted_by IS NOT NULL
"""


class HandoverTables(Lookups, StopNotices):
    """Implements `usecases.ports.Handovers`."""

    async def open(self, connection: Connection, opened: Sequence[Opened]) -> None:
        await connection.copy_records_to_table(
            "handovers", columns=HANDOVER_COLUMNS, records=map(handover_row, opened)
        )
        await connection.copy_records_to_table(
            "offers",
            columns=OPENED_OFFER_COLUMNS,
            records=[row for one in opened for row in offer_rows(one.fact.offers, one.fact.tasks)],
        )
        await connection.copy_records_to_table(
            "tasks",
            columns=TASK_COLUMNS,
            records=[
                task_row(task, one.fact.handover.opened_at)
                for one in opened
                for task in one.fact.tasks
            ],
        )
        await connection.copy_records_to_table(
            "parties",
            columns=("team", "handover_id"),
            records=[
                (team, one.fact.handover.handover_id)
                for one in opened
                for team in (one.fact.handover.sender_team, *(o.team for o in one.fact.offers))
            ],
        )

    async def turn_away(
        self, connection: Connection, decisions: Sequence[NotOpened], now: datetime
    ) -> None:
        await connection.executemany(
            """
            INSERT INTO not_opened (spell_id, patient_key, reason, decided_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (spell_id) DO UPDATE SET reason = excluded.reason, decided_at = excluded.decided_at
            """,
            [(one.spell_id, one.patient_key, one.reason, now) for one in decisions],
        )

    async def forget_discharges(self, connection: Connection, spells: Iterable[UUID]) -> None:
        await connection.execute(_FORGET_DISCHARGES, list(spells))

    async def lock(
        self, connection: Connection, subject: Subject, subject_id: UUID, teams: frozenset[str]
    ) -> Loaded | None:
        handover_id = await connection.fetchval(_FIND[subject], subject_id)
        if handover_id is None:
            return None
        if EVERY_TEAM not in teams and not await connection.fetchval(
            _MAY_SEE, sorted(teams), handover_id
        ):
            return None
        return (await self.lock_many(connection, [handover_id]))[handover_id]

    async def lock_many(
        self,
        connection: Connection,
        handover_ids: Iterable[UUID],
        *,
        tasks_only: Iterable[UUID] | None = None,
    ) -> dict[UUID, Loaded]:
        wanted = sorted(handover_ids)
        only = None if tasks_only is None else list(tasks_only)
        handovers = await connection.fetch(_LOCK, wanted)
        offers: dict[UUID, list[Offer]] = defaultdict(list)
        for row in await connection.fetch(_OFFERS, wanted):
            offers[row["handover_id"]].append(read_offer(row))
        tasks: dict[UUID, list[Task]] = defaultdict(list)
        for row in await connection.fetch(_TASKS, wanted, only):
            tasks[row["handover_id"]].append(read_task(row))
        happened: dict[UUID, dict[str, datetime]] = defaultdict(dict)
        for row in await connection.fetch(_HAPPENED, wanted):
            happened[row["handover_id"]][row["code"]] = row["happened_at"]
        referrals = (row["handover_id"] for row in handovers if row["purpose"] == "referral")
        progress = await read_progress(connection, referrals)
        return {
            (of := row["handover_id"]): Loaded(
                Whole(
                    read_handover(row, happened[of], progress.get(of)),
                    tuple(offers[of]),
                    tuple(tasks[of]),
                ),
                row["said"],
                row["correlation_id"],
            )
            for row in handovers
        }

    async def handovers_of(
        self, connection: Connection, task_ids: Iterable[UUID]
    ) -> dict[UUID, UUID]:
        rows = await connection.fetch(
            "SELECT task_id, handover_id FROM tasks WHERE task_id = ANY($1::uuid[])", list(task_ids)
        )
        return {row["task_id"]: row["handover_id"] for row in rows}

    async def handovers_of_offers(
        self, connection: Connection, offer_ids: Iterable[UUID]
    ) -> dict[UUID, UUID]:
        rows = await connection.fetch(
            "SELECT offer_id, handover_id FROM offers WHERE offer_id = ANY($1::uuid[])",
            list(offer_ids),
        )
        return {row["offer_id"]: row["handover_id"] for row in rows}

    async def alerts_with_a_task(self, connection: Connection, alerts: Iterable[UUID]) -> set[UUID]:
        rows = await connection.fetch(
            "SELECT alert_id FROM tasks WHERE alert_id = ANY($1::uuid[])", list(alerts)
        )
        return {row["alert_id"] for row in rows}

    async def save(self, connection: Connection, changes: Sequence[Changed]) -> None:
        said = {change.whole.handover.handover_id: change.said for change in changes}
        await connection.execute(_SAID, list(said), list(said.values()))
        await write_facts(connection, changes)

    async def remember(self, connection: Connection, entries: Sequence[HistoryEntry]) -> None:
        await connection.copy_records_to_table(
            "history",
            columns=(
                "handover_id",
                "entry_id",
                "at",
                "what",
                "subject",
                "team",
                "by_whom",
                "detail",
            ),
            records=[
                (e.handover_id, new_id(), e.at, e.what, e.subject, e.team, e.by_whom, e.detail)
                for e in entries
            ],
        )
