"""After an outage thousands of deadlines ring at once: each is told once, and nothing else is touched."""

from collections import Counter

from schemas.task import TaskEscalated
from services.chassis.timers import Timers
from services.referral.app import build_clocks
from tests.integration.referral.conftest import after_asthma, discharged


async def open_some(house, count: int) -> None:
    await house.hear(*(discharged() if number % 2 else after_asthma() for number in range(count)))
    await house.let_deadlines_pass()


async def ring(house, limit: int) -> int:
    return await Timers(house.database, build_clocks(house.database, house.playbook).timers).ring(
        limit
    )


async def test_a_backlog_of_many_handovers_is_told_once_each(house):
    await open_some(house, 12)
    open_tasks = await house.pool.fetchval("SELECT count(*) FROM tasks WHERE closed_at IS NULL")

    assert await ring(house, 1000) == open_tasks
    assert await ring(house, 1000) == 0

    said = await house.said(TaskEscalated)
    assert Counter(event.task_id for event in said).most_common(1)[0][1] == 1
    assert len(said) == open_tasks


async def test_each_task_keeps_its_own_step_and_the_teams_that_were_told_of_it(house):
    await open_some(house, 4)

    await ring(house, 1000)

    said = {event.task_id: event for event in await house.said(TaskEscalated)}
    rows = await house.pool.fetch("SELECT * FROM tasks")
    assert len(rows) == len(said)
    for row in rows:
        assert row["told_teams"] == list(said[row["task_id"]].told_teams)
        assert row["escalation_step"] == 1
        assert row["rings_at"] > row["escalated_at"] > row["due_at"]


async def test_every_team_that_was_told_may_look_at_the_handover(house):
    await open_some(house, 4)

    await ring(house, 1000)

    hidden = await house.pool.fetchval(
        """
        SELECT count(*) FROM tasks t, unnest(told_teams) team
        WHERE NOT EXISTS (SELECT FROM parties p WHERE p.handover_id = t.handover_id AND p.team = team)
        """
    )
    assert hidden == 0


async def test_the_stream_of_each_handover_goes_on_without_a_gap_through_several_batches(house):
    await open_some(house, 6)

    while await ring(house, 7):
        pass

    rows = await house.pool.fetch(
        """
        SELECT max(sequence) AS last, count(*) AS many, min(h.said) AS said
        FROM outbox JOIN handovers h ON stream = 'handover:' || h.handover_id GROUP BY stream
        """
    )
    assert len(rows) == 6
    assert all(row["last"] == row["many"] == row["said"] for row in rows)


async def test_what_did_not_ring_is_left_as_it_was(house):
    await open_some(house, 2)
    await house.pool.execute(
        """
        UPDATE timers SET due_at = clock_timestamp() + interval '1 day'
        WHERE subject IN (SELECT task_id FROM tasks WHERE rule_id = 'R26')
        """
    )

    await ring(house, 1000)

    steps = await house.pool.fetch("SELECT rule_id, escalation_step FROM tasks")
    assert {row["escalation_step"] for row in steps if row["rule_id"] == "R26"} == {0}
    assert {row["escalation_step"] for row in steps if row["rule_id"] != "R26"} == {1}


async def test_a_task_that_was_done_meanwhile_is_not_told_of_again(house):
    await open_some(house, 2)
    await house.pool.execute(
        "UPDATE tasks SET status = 'completed', closed_at = clock_timestamp(), rings_at = NULL WHERE rule_id = 'R01'"
    )

    await ring(house, 1000)

    done = await house.pool.fetch("SELECT escalation_step FROM tasks WHERE rule_id = 'R01'")
    assert {row["escalation_step"] for row in done} == {0}


async def test_a_warning_in_a_batch_of_breaches_stays_a_warning(house):
    await open_some(house, 2)
    await house.pool.execute(
        """
        UPDATE tasks SET anchored_at = clock_timestamp() - interval '6 hours',
                         due_at = clock_timestamp() + interval '4 hours'
        WHERE rule_id = 'R01'
        """
    )

    await ring(house, 1000)

    warned = await house.pool.fetch("SELECT * FROM tasks WHERE rule_id = 'R01'")
    assert {(row["escalation_step"], row["ladder_step"]) for row in warned} == {(0, 1)}
    assert all(row["rings_at"] < row["due_at"] for row in warned)
    assert await house.pool.fetchval(
        "SELECT count(*) FROM history WHERE what = 'task.warned' AND subject = ANY($1::uuid[])",
        [row["task_id"] for row in warned],
    )
