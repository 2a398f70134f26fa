"""A document that another takes the place of, or that is taken back."""

from datetime import UTC, datetime
from itertools import permutations

from schemas.spell import SpellDischargeCancelled
from services.chassis.ids import new_id
from tests.integration.referral.conftest import (
    ELM_TREE,
    WARD,
    discharged,
)
from tests.integration.referral.papers import (
    a_document,
    accept,
    let_discharges_stay_away,
    reading,
    withdrawn,
)


async def test_a_replacement_takes_over_the_task(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    await house.hear(first)

    await house.hear(a_document(event.spell_id, replaces=first.document_id))

    assert await reading(house) == [
        ("cancelled", WARD, "document-replaced"),
        ("requested", WARD, ""),
    ]
    states = await house.pool.fetch("SELECT state FROM documents ORDER BY document_id")
    assert [row["state"] for row in states] == ["replaced", "current"]


async def test_a_practice_that_accepted_gets_the_replacement_at_once(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    await house.hear(first)
    await accept(house, ELM_TREE)

    await house.hear(a_document(event.spell_id, replaces=first.document_id))

    assert await reading(house) == [
        ("cancelled", ELM_TREE, "document-replaced"),
        ("accepted", ELM_TREE, ""),
    ]
    count = await house.pool.fetchval("SELECT count(*) FROM offers WHERE team = $1", ELM_TREE)
    assert count == 1


async def test_what_was_read_stays_read_and_the_replacement_is_read_again(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    await house.hear(first)
    await accept(house, ELM_TREE)
    task = (await house.task("read-document"))["task_id"]
    async with house.client(ELM_TREE) as practice:
        done = await practice.post(
            f"/tasks/{task}/complete",
            json={"reason": "U&E booked"},
            headers={"Idempotency-Key": str(new_id())},
        )
    assert done.status_code == 200, done.text

    await house.hear(a_document(event.spell_id, replaces=first.document_id))

    statuses = [status for status, _, _ in await reading(house)]
    assert statuses == ["completed", "requested"]


async def test_an_original_that_is_heard_after_its_replacement_asks_for_nothing(house):
    event = discharged()
    await house.open(event)
    first = a_document(event.spell_id)
    second = a_document(event.spell_id, replaces=first.document_id)

    await house.hear(second)
    await house.hear(first)

    assert await reading(house) == [("requested", WARD, "")]
    state = await house.pool.fetchval(
        "SELECT state FROM documents WHERE document_id = $1", first.document_id
    )
    assert state == "replaced"


async def test_any_order_of_discharge_document_and_replacement_ends_with_one_open_task(house):
    for order in permutations(range(3)):
        event = discharged()
        first = a_document(event.spell_id)
        events = [
            event,
            first,
            a_document(event.spell_id, replaces=first.document_id),
        ]
        for number in order:
            await house.hear(events[number])

    rows = await house.pool.fetch(
        """
        SELECT h.spell_id, count(*) AS tasks FROM handovers h JOIN tasks t USING (handover_id)
        WHERE t.rule_id = 'read-document' AND t.closed_at IS NULL GROUP BY h.spell_id
        """
    )
    assert [row["tasks"] for row in rows] == [1] * 6
    assert await house.parked() == []


async def test_a_document_that_is_taken_back_asks_for_nothing_any_more(house):
    event = discharged()
    await house.open(event)
    document = a_document(event.spell_id)
    await house.hear(document)

    await house.hear(withdrawn(document))

    assert await reading(house) == [("cancelled", WARD, "document-withdrawn")]


async def test_a_handover_that_was_there_for_a_document_only_ends_with_it(house):
    document = a_document(new_id())
    await house.hear(document)
    await let_discharges_stay_away(house)

    await house.hear(withdrawn(document))

    assert await house.pool.fetchval("SELECT state FROM handovers") == "withdrawn"


async def test_a_cancelled_discharge_takes_the_task_along_and_the_next_one_brings_it_back(house):
    event = discharged()
    await house.open(event)
    await house.hear(a_document(event.spell_id))

    await house.hear(
        SpellDischargeCancelled(
            patient_key=event.patient_key,
            spell_id=event.spell_id,
            cancelled_at=datetime.now(UTC),
            reason="discharge-cancelled",
        )
    )
    assert await reading(house) == [("cancelled", WARD, "discharge-cancelled")]
    await house.hear(discharged(spell_id=event.spell_id))

    assert [status for status, _, _ in await reading(house)] == ["cancelled", "requested"]
