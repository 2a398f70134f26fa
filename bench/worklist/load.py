"""A referral database with a long list, and with years of closed work beside it."""

from datetime import timedelta

import asyncpg

WARD = "ward-ZTA"
# Two tasks a patient on the long list; closed handovers have four tasks. Ids rise with time, as the product's do.
_PEOPLE = """
INSERT INTO people (patient_key, nhs_number, nhs_number_verified, family, given, birth_date, deceased, restricted, described_at)
SELECT $2 || n, '9990000000', true, 'Family' || n, 'Given', '1950-01-01'::date + (n % 20000)::int, false, false, clock_timestamp()
FROM generate_series(1, $1::bigint) AS n
"""
_HANDOVERS = """
INSERT INTO handovers (handover_id, spell_id, patient_key, sender, sender_team, owner_team, owned_since, owned_by,
                       clock_started_at, opened_at, state, closed_at, closed_by, said, correlation_id, test_patient)
SELECT uuidv7($4::interval * (1 - n / $1::float8) * -1), gen_random_uuid(), $2 || n, 'ZTA', 'ward-ZTA', 'ward-ZTA',
       at, 'system', at, at, $3::text, CASE WHEN $3 = 'completed' THEN at + interval '2 days' END,
       CASE WHEN $3 = 'completed' THEN 'staff.somebody' END, 1, gen_random_uuid(), false
FROM (SELECT n, clock_timestamp() - $4::interval * (1 - n / $1::float8) AS at FROM generate_series(1, $1::bigint) AS n) AS made
"""
_OPEN_TASKS = """
INSERT INTO tasks (task_id, handover_id, code, rule_id, rule_version, owner_team, owned_since, owned_by, status,
                   needs_outcome, anchored_at, due_at, skill, priority, owner_person)
SELECT uuidv7(), handover_id, 'send-discharge-summary', 'R01', $2, $1, opened_at, 'system', 'accepted', false, opened_at,
       clock_timestamp() + (n % 9000 - 1500) * interval '1 minute', (ARRAY['clinical', 'clerical', 'pharmacy', 'social-care'])[1 + n % 4], CASE WHEN n % 50 = 0 THEN n / 50 % 4 ELSE 0 END,
       CASE WHEN n % 10 = 0 THEN 'staff-ward' ELSE '' END
FROM (SELECT h.handover_id, h.opened_at, row_number() OVER (ORDER BY hashtext(h.patient_key || part), part) AS n
      FROM handovers h CROSS JOIN generate_series(1, 2) AS part WHERE h.state = 'open' AND h.patient_key LIKE $3 || '%') AS made
"""
_CLOSED_TASKS = """
INSERT INTO tasks (task_id, handover_id, code, rule_id, rule_version, owner_team, owned_since, owned_by, status,
                   needs_outcome, anchored_at, due_at, skill, priority, closed_at)
SELECT uuidv7($1::interval * (1 - n / $2::float8) * -1), handover_id, 'send-discharge-summary', 'R01', $3,
       CASE n % 4 WHEN 0 THEN 'ward-ZTA' WHEN 1 THEN 'practice-Z90001' WHEN 2 THEN 'community-ZTC' ELSE 'pharmacy-FZZ01' END,
       opened_at, 'system', 'completed', false, opened_at, opened_at + interval '2 days', (ARRAY['clinical', 'clerical', 'pharmacy', 'social-care'])[1 + n % 4], 0, opened_at + interval '1 day'
FROM (SELECT handover_id, opened_at, row_number() OVER (ORDER BY handover_id) AS n
      FROM handovers CROSS JOIN generate_series(1, 4) WHERE state = 'completed') AS made
"""
_OWNERSHIP = """
INSERT INTO ownership (subject, since, team, moved_by)
SELECT handover_id, owned_since, owner_team, owned_by FROM handovers h WHERE NOT EXISTS (SELECT FROM ownership o WHERE o.subject = h.handover_id)
UNION ALL
SELECT task_id, owned_since, owner_team, owned_by FROM tasks t WHERE NOT EXISTS (SELECT FROM ownership o WHERE o.subject = t.task_id)
"""
_PARTIES = "INSERT INTO parties (team, handover_id) SELECT sender_team, handover_id FROM handovers ON CONFLICT DO NOTHING"


async def load_list(dsn: str, tasks: int, version: str) -> None:
    """A team with so many open tasks, two for each of half as many patients."""
    patients = tasks // 2
    async with _Loading(dsn) as connection:
        await connection.execute(_PEOPLE, patients, "open-")
        await connection.execute(_HANDOVERS, patients, "open-", "open", _days(3))
        await connection.execute(_OPEN_TASKS, WARD, version, "open-")
        await _finish(connection)


async def load_past(dsn: str, tasks: int, version: str) -> None:
    """So many closed tasks of the last two years, with their handovers, patients and owners."""
    handovers = tasks // 4
    async with _Loading(dsn) as connection:
        await connection.execute(_PEOPLE, handovers, "past-")
        await connection.execute(_HANDOVERS, handovers, "past-", "completed", _days(730))
        await connection.execute(_CLOSED_TASKS, _days(730), tasks, version)
        await _finish(connection)


async def _finish(connection: asyncpg.Connection) -> None:
    await connection.execute(_OWNERSHIP)
    await connection.execute(_PARTIES)
    for table in ("people", "handovers", "tasks", "ownership", "parties"):
        await connection.execute(f"VACUUM (ANALYZE) {table}")
    await connection.execute("CHECKPOINT")


def _days(count: int) -> timedelta:
    return timedelta(days=count)


class _Loading:
    """A connection that loads without triggers and checks of references, and in no hurry to be durable."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def __aenter__(self) -> asyncpg.Connection:
        self._connection = await asyncpg.connect(
            self._dsn,
            command_timeout=3600,
            server_settings={
                "search_path": "referral",
                "session_replication_role": "replica",
                "synchronous_commit": "off",
                "maintenance_work_mem": "1GB",
                "work_mem": "512MB",
            },
        )
        return self._connection

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()
