"""What referral clears up, and what it must remember: a timer that rang may be the only trace of what was done."""

from services.referral.outbound.keeping import KEEPING
from tests.integration.referral.conftest import House


async def clear(house: House, table: str, days: int) -> None:
    [clearing] = [kept.clearing for kept in KEEPING if kept.table == table]
    assert clearing is not None
    await house.pool.execute(clearing.sql, days, 1000)


async def let_a_month_pass(house: House) -> None:
    await house.pool.execute(
        """
        UPDATE timers SET rung_at = rung_at - interval '31 days', cancelled_at = cancelled_at - interval '31 days'
        """
    )


async def test_a_missing_contact_is_chased_once_however_long_the_handover_stays_open(
    house: House,
) -> None:
    await house.open()
    await house.pool.execute(
        "UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'coordinator.missing'"
    )
    await house.ring()
    await house.pool.execute(
        """
        UPDATE tasks SET status = 'failed', status_reason = 'nobody agreed', closed_at = clock_timestamp()
        WHERE code = 'name-coordinator'
        """
    )
    await let_a_month_pass(house)
    await house.pool.execute("UPDATE handovers SET opened_at = opened_at - interval '32 days'")

    await clear(house, "timers", 30)
    await house.sweep()
    await house.ring()

    made = await house.pool.fetchval("SELECT count(*) FROM tasks WHERE code = 'name-coordinator'")
    assert made == 1


async def test_the_timers_of_a_handover_that_is_over_go_after_a_month(house: House) -> None:
    handover_id = await house.open()
    await house.pool.execute("UPDATE timers SET rung_at = clock_timestamp()")
    await let_a_month_pass(house)
    await house.pool.execute(
        """
        UPDATE handovers SET state = 'withdrawn', closed_at = clock_timestamp(), closed_by = 'a test',
            closed_because = 'entered-in-error'
        WHERE handover_id = $1
        """,
        handover_id,
    )

    await clear(house, "timers", 30)

    assert await house.pool.fetchval("SELECT count(*) FROM timers") == 0


async def test_what_was_done_together_is_shown_for_three_months(house: House) -> None:
    for days in (89, 91):
        await house.pool.execute(
            """
            INSERT INTO done_together (bulk_id, task_id, act, done_at, done_by)
            VALUES (gen_random_uuid(), gen_random_uuid(), 'note', clock_timestamp() - make_interval(days => $1), 'n')
            """,
            days,
        )

    await clear(house, "done_together", 90)

    assert await house.pool.fetchval("SELECT count(*) FROM done_together") == 1
