"""From what referral says to alerts and plans: once, in order, in a constant number of statements."""

import asyncpg
import pytest

from schemas.alert import AlertNotDelivered
from schemas.handover import HandoverCompleted
from schemas.offer import OfferDeclined
from schemas.task import TaskAdded, TaskChanged
from tests.unit.notify.builders import ELM_TREE, PHARMACY, SAFETY, WARD
from tests.unit.notify.facts import a_task_made, accepted, described, escalated, opened, withdrawn

NEW = {(ELM_TREE, "opened"), (PHARMACY, "opened"), (WARD, "duty"), ("", "opened")}


@pytest.fixture
async def listening(house, monkeypatch):
    """Every statement that is sent to the database from now on; COPY counts too."""
    asked = []

    def counted(name):
        run = getattr(asyncpg.Connection, name)

        async def and_count(self, *arguments, **options):
            asked.append(arguments[0])
            return await run(self, *arguments, **options)

        monkeypatch.setattr(asyncpg.Connection, name, and_count)

    for name in ("execute", "fetch", "fetchval", "fetchrow", "copy_records_to_table"):
        counted(name)
    return asked


async def kinds(house):
    return {(team, kind) for team, kind in await house.alerts("team, kind")}


async def tasks(house):
    rows = await house.database.pool.fetch(
        "SELECT owner_team, answer, status FROM plan_tasks ORDER BY task_id"
    )
    return [tuple(row) for row in rows]


async def test_an_opened_handover_makes_one_alert_for_each_team_and_one_for_the_patient(house):
    await house.hear(opened())

    assert await kinds(house) == NEW
    assert len(await house.alerts()) == len(NEW)


async def test_the_same_record_twice_tells_nobody_twice(house):
    once = house.arrival(opened())

    await house.hear_again([once])
    await house.hear_again([once, once])

    assert len(await house.alerts()) == len(NEW)


async def test_a_second_event_about_the_same_opening_tells_nobody_twice(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(handover)

    assert len(await house.alerts()) == len(NEW)


async def test_the_database_itself_keeps_an_audience_from_being_told_twice_of_one_fact(house):
    await house.hear(opened())

    with pytest.raises(asyncpg.UniqueViolationError, match="alerts_tell_once"):
        await house.database.pool.execute(
            """
            INSERT INTO alerts (alert_id, handover_id, patient_key, audience, team, kind, urgent, task_count,
                last_resort, caused_by, correlation_id, happened_at, made_at, next_attempt_at)
            SELECT gen_random_uuid(), handover_id, patient_key, audience, team, kind, urgent, task_count,
                last_resort, caused_by, correlation_id, happened_at, made_at, next_attempt_at
            FROM alerts LIMIT 1
            """
        )


async def test_accepting_moves_the_owner_and_bothers_nobody(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(accepted(handover))

    assert len(await house.alerts()) == len(NEW)
    assert (ELM_TREE, "accepted", "requested") in await tasks(house)
    assert (WARD, "waiting", "requested") in await tasks(house)


async def test_a_whole_story_in_one_batch_ends_as_it_would_one_by_one(house):
    together, apart = opened(), opened()

    def story(handover):
        return [
            handover,
            accepted(handover),
            TaskChanged(
                patient_key=handover.patient_key,
                handover_id=handover.handover_id,
                task_id=handover.tasks[1].task_id,
                status="completed",
                owner_team=ELM_TREE,
                changed_at=handover.opened_at,
                changed_by="staff-elm-tree",
            ),
            escalated(handover, WARD, SAFETY),
        ]

    await house.hear(*story(together))
    for event in story(apart):
        await house.hear(event)

    plans = await house.database.pool.fetch(
        """
        SELECT array_agg((code, owner_team, answer, status)::text ORDER BY code) AS tasks
        FROM plan_tasks GROUP BY handover_id
        """
    )
    alerts = await house.database.pool.fetch(
        "SELECT array_agg((team, kind)::text ORDER BY team, kind) AS told FROM alerts GROUP BY handover_id"
    )
    assert len(plans) == len(alerts) == 2
    assert plans[0] == plans[1]
    assert alerts[0] == alerts[1]


async def test_declining_tells_the_team_that_keeps_the_work(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(
        OfferDeclined(
            patient_key=handover.patient_key,
            handover_id=handover.handover_id,
            offer_id=handover.offers[0].offer_id,
            team=ELM_TREE,
            declined_at=handover.opened_at,
            declined_by="staff-elm-tree",
            reason="not-our-patient",
            owner_team=WARD,
        )
    )

    assert await kinds(house) == NEW | {(WARD, "declined")}
    assert (WARD, "declined", "requested") in await tasks(house)


async def test_an_added_task_tells_its_owner(house):
    handover = opened()
    task = a_task_made("reach-person", rule_id="undelivered")
    await house.hear(handover)
    await house.hear(
        TaskAdded(
            patient_key=handover.patient_key,
            handover_id=handover.handover_id,
            task=task,
            added_at=handover.opened_at,
        )
    )

    assert await kinds(house) == NEW | {(WARD, "added")}
    assert ("added", True) in await house.alerts("kind, last_resort")


async def test_an_escalation_tells_every_team_of_its_step_and_the_next_step_tells_them_again(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(escalated(handover, WARD, SAFETY))
    await house.hear(escalated(handover, WARD, SAFETY, step=2))

    told = [team for team, kind in await house.alerts("team, kind") if kind == "escalated"]
    assert sorted(told) == sorted([WARD, SAFETY] * 2)


async def test_a_withdrawal_before_anybody_was_told_is_silent_and_says_why(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(withdrawn(handover))

    states = {(state, reason) for _, _, _, state, reason in await house.alerts()}
    assert states == {("revoked", "handover-withdrawn")}
    said = await house.said(AlertNotDelivered)
    assert len(said) == len(NEW)
    assert not any(event.needs_person for event in said)


async def test_a_withdrawal_in_the_same_batch_as_its_opening_is_silent_too(house):
    handover = opened()
    await house.hear(handover, withdrawn(handover))

    assert {state for _, _, _, state, _ in await house.alerts()} == {"revoked"}


async def test_a_withdrawal_tells_those_who_were_told_to_stop_once_each_and_not_the_patient(house):
    handover = opened()
    await house.hear(described(), handover)
    await house.deliver()
    before = len(house.mailbox.messages())

    await house.hear(withdrawn(handover))
    await house.deliver()

    stops = house.mailbox.messages()[before:]
    assert sorted(mail.to[0] for mail in stops) == [
        "pharmacy-fzz01@teams.example.net",
        "practice-z90001@teams.example.net",
        "ward-zta@teams.example.net",
    ]
    assert all("stop any work" in mail.body for mail in stops)


async def test_who_accepted_before_the_mail_went_out_is_told_to_stop(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(accepted(handover))
    await house.hear(withdrawn(handover))

    assert (ELM_TREE, "withdrawn") in await kinds(house)
    assert (PHARMACY, "withdrawn") not in await kinds(house)


async def test_a_second_withdrawal_says_nothing_new(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(accepted(handover))
    await house.hear(withdrawn(handover))
    before = await house.alerts()

    await house.hear(withdrawn(handover))

    assert await house.alerts() == before


async def test_a_completed_handover_is_remembered_as_completed(house):
    handover = opened()
    await house.hear(handover)
    await house.hear(
        HandoverCompleted(
            patient_key=handover.patient_key,
            handover_id=handover.handover_id,
            completed_at=handover.opened_at,
            completed_by="staff-ward",
        )
    )

    assert await house.database.pool.fetchval("SELECT standing FROM plans") == "completed"


async def test_a_fact_about_a_handover_that_never_opened_here_changes_nothing(house):
    await house.hear(accepted(opened()))

    assert await house.alerts() == []


async def test_each_alert_belongs_to_the_journey_of_the_event_that_caused_it(house):
    (envelope,) = await house.hear(opened())

    causes = set(await house.alerts("caused_by, correlation_id, happened_at"))
    assert causes == {(envelope.event_id, envelope.correlation_id, envelope.occurred_at)}


async def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(house, listening):
    async def cost(first, last):
        keys = [f"{number:032x}" for number in range(first, last)]
        handovers = [opened(key) for key in keys]
        facts = [
            event for handover in handovers for event in (accepted(handover), withdrawn(handover))
        ]
        listening.clear()
        await house.hear(*map(described, keys), *handovers)
        await house.hear(*facts)
        return len(listening)

    one, many = await cost(0, 1), await cost(1, 201)

    assert len(await house.alerts("alert_id")) == 201 * 5
    assert one == many
    assert 10 < one < 40


async def test_newer_words_about_a_patient_replace_older_ones_in_any_order(house):
    now = house.now
    new = described(described_at=now, deceased=True)
    old = described(described_at=now.replace(year=now.year - 1))

    await house.hear(new)
    await house.hear(old)

    row = await house.database.pool.fetchrow("SELECT deceased, described_at FROM people")
    assert (row["deceased"], row["described_at"]) == (True, now)


async def test_the_latest_of_many_words_in_one_batch_is_kept(house):
    now = house.now
    await house.hear(
        described(described_at=now, restricted=True),
        described(described_at=now.replace(year=now.year - 1)),
    )

    assert await house.database.pool.fetchval("SELECT restricted FROM people")


async def test_a_tombstone_erases_the_patient_and_what_was_not_sent_stays_unsent(house):
    handover = opened()
    await house.hear(described(), handover)
    await house.hear_again([house.record("care.patients.v1", handover.patient_key, [], None)])
    await house.deliver()

    assert await house.database.pool.fetchval("SELECT count(*) FROM people") == 0
    patient = [row for row in await house.alerts() if row[0] == "patient"]
    assert patient == [("patient", "", "opened", "withheld", "patient-forgotten")]
    assert house.mails_to("edna@patients.example.net") == []
