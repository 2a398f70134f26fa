"""A death is the person's: what it needs is asked once, however many handovers are open, and nobody waits for ever."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from schemas.document import DocumentAnswered
from schemas.spell import SpellPatientChanged
from tests.integration.referral.conftest import (
    EDNA,
    ELM_TREE,
    TOM,
    WARD,
    cancelled,
    corrected,
    described,
    discharged,
    key_of,
)
from tests.integration.referral.test_referrals import PODIATRY, in_days, refer
from tests.support.made_up import somebody

NEEDED = ["death-appointments", "death-equipment", "death-medicines"]
EARLIER, LATELY = datetime.now(UTC) - timedelta(days=5), datetime.now(UTC) - timedelta(hours=2)


async def asked(house, prefix: str = "death-") -> list[tuple[str, datetime]]:
    """What is asked because of a death, and after which discharge."""
    rows = await house.pool.fetch(
        """
        SELECT rule_id, h.clock_started_at FROM tasks JOIN handovers h USING (handover_id)
        WHERE rule_id LIKE $1 || '%' AND tasks.closed_at IS NULL ORDER BY rule_id
        """,
        prefix,
    )
    return [tuple(row) for row in rows]


def two_stays(number: str = EDNA):
    return [
        discharged(number, discharged_at=EARLIER),
        discharged(number, discharged_at=LATELY),
    ]


def dead(number: str = EDNA, **changes):
    return described(number, deceased=True, death_status="formal", **changes)


async def test_what_a_death_needs_is_asked_once_a_person_after_the_latest_discharge(house):
    for stay in two_stays():
        await house.open(stay)

    await house.hear(dead())

    assert await asked(house) == [(rule, LATELY) for rule in NEEDED]
    ended = "SELECT count(*) FROM handovers WHERE death = 'said'"
    assert await house.pool.fetchval(ended) == 2


async def test_in_whatever_order_and_batches_it_is_heard_it_is_asked_once(house):
    for order in permutations(range(3)):
        for together in (True, False):
            number = somebody().number
            events = [*two_stays(number), dead(number)]
            batches = [[events[one] for one in order]]
            for batch in batches if together else [[one] for one in batches[0]]:
                await house.hear(*batch)

    counts = """
        SELECT count(*) FILTER (WHERE rule_id LIKE 'death-%') FROM tasks JOIN handovers USING (handover_id)
        GROUP BY patient_key
    """
    assert {row["count"] for row in await house.pool.fetch(counts)} == {3}


async def test_a_death_that_is_said_again_after_it_was_taken_back_asks_for_nothing_twice(house):
    for stay in two_stays():
        await house.open(stay)
    await house.hear(dead())

    await house.hear(described(deceased=True, death_status="removed"))
    doubted = await asked(house, "death-removed")
    await house.hear(dead())

    assert doubted == [("death-removed", LATELY)]
    assert await asked(house) == [(rule, LATELY) for rule in NEEDED]


async def test_a_discharge_heard_of_after_what_a_death_needs_was_done_asks_for_nothing(house):
    await house.open(two_stays()[0])
    await house.hear(dead())
    await house.pool.execute(
        "UPDATE tasks SET status = 'completed', closed_at = clock_timestamp() WHERE rule_id LIKE 'death-%'"
    )

    await house.open(two_stays()[1])

    assert await asked(house) == []


async def test_where_the_discharge_did_not_stand_another_handover_asks(house):
    first, second = two_stays()
    await house.open(first)
    await house.open(second)
    await house.hear(dead())

    await house.hear(cancelled(second))

    assert await asked(house) == [(rule, EARLIER) for rule in NEEDED]


async def test_where_a_person_withdraws_the_handover_another_one_asks(house):
    first, second = two_stays()
    await house.open(first)
    last = await house.open(second)
    await house.hear(dead())

    async with house.client(WARD) as ward:
        answer = await ward.post(f"/handovers/{last}/withdraw", json={"reason": "deceased"})

    assert answer.status_code == 200, answer.text
    assert await asked(house) == [(rule, EARLIER) for rule in NEEDED]


@pytest.mark.parametrize("patient_first", [True, False])
async def test_who_died_in_hospital_leaves_an_earlier_handover_what_a_death_needs(
    house, patient_first
):
    first, second = two_stays()
    await house.open(first)
    await house.open(second)
    events = [dead(), corrected(second, discharge_method="4")]

    for event in events if patient_first else reversed(events):
        await house.hear(event)

    assert await asked(house) == [(rule, EARLIER) for rule in NEEDED]
    assert (await house.task("R25"))["status"] == "accepted"


async def test_records_that_become_one_ask_once_for_somebody_who_died(house):
    stays = two_stays(TOM)
    for stay in stays:
        await house.open(stay)
    await house.hear(dead(EDNA))

    await house.hear(
        *(
            SpellPatientChanged(
                patient_key=key_of(EDNA),
                spell_id=stay.spell_id,
                previous_patient_key=key_of(TOM),
                reason="merged",
                changed_at=datetime.now(UTC),
            )
            for stay in stays
        )
    )

    assert await asked(house) == [(rule, LATELY) for rule in NEEDED]


async def test_a_practice_and_the_national_record_that_both_tell_of_it_ask_once(house):
    first, second = two_stays()
    await house.open(first)
    await house.open(second)
    await house.hear(
        DocumentAnswered(
            patient_key=key_of(EDNA),
            spell_id=first.spell_id,
            answer="30004",
            answered_by="Z90001",
            answered_at=datetime.now(UTC),
        )
    )

    await house.hear(dead())

    assert await asked(house) == [(rule, EARLIER) for rule in NEEDED]


async def with_an_appointment(house) -> tuple[str, str]:
    sent = await refer(house)
    async with house.client(PODIATRY) as podiatry:
        await podiatry.post(f"/referrals/{sent['referral_id']}/accept")
        booked = await podiatry.post(
            f"/referrals/{sent['referral_id']}/appointments", json={"starts_at": in_days(7)}
        )
    assert booked.status_code == 200, booked.text
    return sent["referral_id"], booked.json()["appointment_id"]


async def test_a_service_lets_go_of_somebody_who_died_waiting_for_it(house):
    _, appointment = await with_an_appointment(house)

    await house.hear(dead())

    task = await house.pool.fetchrow("SELECT * FROM tasks WHERE closed_at IS NULL")
    assert (task["rule_id"], task["owner_team"]) == ("death-waiting", PODIATRY)
    async with house.client(PODIATRY) as podiatry:
        answer = await podiatry.post(f"/appointments/{appointment}/cancel", json={})
        done = await podiatry.post(f"/tasks/{task['task_id']}/complete")
    assert (answer.status_code, done.status_code) == (200, 200), answer.text
    assert await house.pool.fetchval("SELECT status FROM appointments") == "cancelled"
    assert not await house.pool.fetchval("SELECT count(*) FROM tasks WHERE closed_at IS NULL")


async def test_each_service_lets_go_and_the_ward_clears_away_once(house):
    await with_an_appointment(house)
    await house.open(discharged(discharged_at=LATELY))

    await house.hear(dead())

    assert [rule for rule, _ in await asked(house)] == [*NEEDED, "death-waiting"]


async def test_a_service_that_has_not_accepted_has_nobody_to_let_go_of(house):
    await refer(house)

    await house.hear(dead())

    assert await asked(house) == []
    assert await house.pool.fetchval("SELECT state FROM offers") == "withdrawn"


async def test_who_referred_somebody_looks_when_their_death_is_taken_back(house):
    await with_an_appointment(house)
    await house.hear(dead())

    await house.hear(described(deceased=True, death_status="removed"))
    await house.hear(described(deceased=True, death_status="removed"))

    rows = await house.pool.fetch(
        "SELECT owner_team, code FROM tasks WHERE rule_id = 'death-removed-waiting'"
    )
    assert [tuple(row) for row in rows] == [(ELM_TREE, "review-death-removed")]
