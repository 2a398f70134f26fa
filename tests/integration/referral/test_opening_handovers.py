"""A discharge is heard: one handover, whatever is said twice, and nobody without an owner."""

from dataclasses import replace
from datetime import timedelta

import pytest

from schemas.handover import HandoverOpened
from schemas.patient import PatientDescribed
from schemas.spell import SpellDischarged
from services.chassis.arrival import Arrival, Received
from services.chassis.arrival import read as read_arrival
from services.chassis.ids import new_id
from services.referral.app import build_ears
from services.referral.outbound.playbook_files import read_playbook
from tests.integration.referral.conftest import (
    COMMUNITY,
    EDNA,
    ELM_TREE,
    HARBOUR,
    PHARMACY,
    PLACE,
    WARD,
    after_asthma,
    described,
    discharged,
    key_of,
)


async def test_a_discharge_opens_a_handover_and_tells_the_world(house):
    event = discharged()

    handover_id = await house.open(event)

    [opened] = await house.said(HandoverOpened)
    assert opened.handover_id == handover_id
    assert opened.patient_key == key_of(EDNA)
    assert opened.coordinator_team == WARD
    assert opened.clock_started_at == event.discharged_at
    assert {offer.team for offer in opened.offers} == {ELM_TREE, PHARMACY, COMMUNITY}
    assert {task.rule_id: task.owner_team for task in opened.tasks} == dict.fromkeys(
        ("R01", "R06", "R09", "R14"), WARD
    )


async def test_the_journey_goes_on_under_the_same_correlation(house):
    journey = new_id()

    await house.take([house.arrival(discharged(), correlation_id=journey)])

    assert await house.pool.fetchval("SELECT correlation_id FROM outbox") == journey
    assert await house.pool.fetchval("SELECT correlation_id FROM handovers") == journey


async def test_every_task_gets_its_timer(house):
    await house.open()

    waiting = await house.pool.fetch(
        "SELECT subject, due_at FROM timers WHERE kind = 'task.deadline'"
    )
    tasks = await house.pool.fetch("SELECT task_id, rings_at FROM tasks")
    assert {tuple(row) for row in waiting} == {tuple(row) for row in tasks}


async def test_silence_is_first_said_when_half_of_the_time_has_passed(house):
    await house.open()

    halves = await house.pool.fetch("SELECT rings_at, anchored_at, due_at FROM tasks")
    for task in halves:
        half = task["anchored_at"] + (task["due_at"] - task["anchored_at"]) / 2
        assert abs(task["rings_at"] - half) < timedelta(milliseconds=1)


async def test_a_handover_to_three_teams_misses_a_coordinator(house):
    handover_id = await house.open()

    missing = await house.pool.fetchrow("SELECT coordinator_state, opened_at FROM handovers")
    timer = await house.pool.fetchrow(
        "SELECT subject, due_at FROM timers WHERE kind = 'coordinator.missing'"
    )
    assert missing["coordinator_state"] == "missing"
    assert tuple(timer) == (handover_id, missing["opened_at"] + timedelta(hours=24))


async def test_the_same_discharge_said_twice_opens_one_handover(house):
    arrival = house.arrival(discharged())

    await house.take([arrival])
    await house.take([house.again(arrival)])

    assert await house.pool.fetchval("SELECT count(*) FROM handovers") == 1
    assert len(await house.said(HandoverOpened)) == 1


async def test_a_second_discharge_of_the_same_spell_opens_no_second_handover(house):
    """Another event about the same stay: in the same batch, and later."""
    event = discharged()
    corrected = event.model_copy(
        update={"discharged_at": event.discharged_at + timedelta(minutes=5)}
    )

    await house.hear(event, corrected)
    await house.hear(corrected)

    assert await house.pool.fetchval("SELECT count(*) FROM handovers") == 1
    assert await house.parked() == []


async def test_many_discharges_are_opened_together(house):
    events = [discharged() if n % 2 else after_asthma() for n in range(200)]

    await house.hear(described(), *events)

    assert await house.pool.fetchval("SELECT count(*) FROM handovers") == 200
    assert await house.pool.fetchval("SELECT count(*) FROM tasks") == 700
    assert len(await house.said(HandoverOpened)) == 200


def read(arrival: Arrival) -> Arrival:
    read_arrival(arrival, frozenset({PatientDescribed.schema_id(), SpellDischarged.schema_id()}))
    return arrival


class Counting:
    """A connection that counts what it is asked."""

    def __init__(self, connection):
        self._connection = connection
        self.asked = []

    def __getattr__(self, name):
        if name in (
            "fetch",
            "fetchrow",
            "fetchval",
            "execute",
            "executemany",
            "copy_records_to_table",
        ):
            self.asked.append(name)
        return getattr(self._connection, name)


async def test_a_batch_costs_the_same_number_of_statements_however_large_it_is(house):
    async def statements(count: int) -> list[str]:
        async with house.database.unit_of_work() as unit:
            unit.connection = Counting(unit.connection)
            heard = [
                Received(arrival.envelope, arrival.event)
                for event in (described(), *(discharged() for _ in range(count)))
                if (arrival := read(house.arrival(event)))
            ]
            await build_ears(house.playbook).on_events(heard, unit)
            return list(unit.connection.asked)

    assert await statements(2) == await statements(100)
    assert len(await statements(1)) == 9


async def test_after_asthma_the_practice_is_asked_for_a_review(house):
    await house.open(after_asthma())

    assert await house.offer_to(HARBOUR)
    assert (await house.task("R26"))["code"] == "gp-asthma-review"
    assert await house.pool.fetchval("SELECT count(*) FROM offers") == 1


@pytest.mark.parametrize("practice", ["V81999", "Z99999", None])
async def test_an_unknown_practice_is_replaced_and_the_sender_stays_accountable(house, practice):
    await house.open(discharged(practice=practice, pharmacy=None, indicators=()))

    assert await house.offer_to(PLACE)
    task = await house.task("R06")
    assert task["owner_team"] == WARD


async def test_an_unknown_hospital_is_not_dropped(house):
    await house.open(discharged(provider="ZZZ"))

    assert await house.pool.fetchval("SELECT owner_team FROM handovers") == PLACE
    assert await house.parked() == []


async def test_after_a_death_in_hospital_only_the_ward_has_something_to_do(house):
    """S04."""
    await house.hear(discharged(deceased=True))

    [opened] = await house.said(HandoverOpened)
    assert opened.offers == ()
    assert [(task.rule_id, task.owner_team) for task in opened.tasks] == [("R25", WARD)]


async def test_a_test_patient_makes_no_work_when_live(house):
    live = replace(house, playbook=read_playbook(live=True))

    await live.hear(discharged(test_patient=True))
    await house.hear(discharged(test_patient=True))

    assert await house.pool.fetchval("SELECT reason FROM not_opened") == "test-patient"
    assert await house.pool.fetchval("SELECT count(*) FROM handovers WHERE test_patient") == 1


async def test_a_patient_is_known_by_the_latest_description_and_forgotten_on_request(house):
    new, old = described(), described()
    old = old.model_copy(
        update={
            "described_at": new.described_at - timedelta(days=1),
            "name": new.name.model_copy(update={"family": "Before"}),
        }
    )

    await house.hear(new, old)
    await house.hear(old)
    assert await house.pool.fetchval("SELECT family FROM people") == "Hartley"

    await house.take([house.record("care.patients.v1", key_of(EDNA), [], None)])
    assert await house.pool.fetchval("SELECT count(*) FROM people") == 0
