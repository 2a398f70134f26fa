"""The patient dies, is back in hospital, or is somebody else than it seemed; and sources do not agree."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.handover import (
    HandoverOpened,
    HandoverPatientChanged,
    HandoverReplanned,
    HandoverWithdrawn,
)
from schemas.patient import PersonName
from schemas.spell import SpellAdmissionCancelled, SpellPatientChanged
from schemas.task import TaskAdded
from services.chassis.ids import new_id
from services.referral.usecases import measures
from tests.integration.referral.conftest import (
    EDNA,
    ELM_TREE,
    TOM,
    WARD,
    admitted,
    cancelled,
    corrected,
    described,
    discharged,
    key_of,
    questioned,
)


async def open_rules(house) -> set[str]:
    rows = await house.pool.fetch("SELECT rule_id FROM tasks WHERE closed_at IS NULL")
    return {row["rule_id"] for row in rows}


def not_admitted(event) -> SpellAdmissionCancelled:
    return SpellAdmissionCancelled(
        patient_key=event.patient_key,
        spell_id=event.spell_id,
        cancelled_at=datetime.now(UTC),
        reason="admission-cancelled",
    )


def moved(event, to: str, reason="merged") -> SpellPatientChanged:
    return SpellPatientChanged(
        patient_key=key_of(to),
        spell_id=event.spell_id,
        previous_patient_key=event.patient_key,
        reason=reason,
        changed_at=datetime.now(UTC),
    )


AFTER_A_DEATH = {"R01", "death-appointments", "death-equipment", "death-medicines"}


async def test_after_a_death_nobody_follows_up_and_what_a_death_needs_is_asked_once(house):
    """S04 (b)."""
    await house.open()
    async with house.client(ELM_TREE) as practice:
        await practice.post(f"/offers/{await house.offer_to(ELM_TREE)}/accept")

    await house.hear(described(deceased=True, death_status="informal"))
    await house.hear(described(deceased=True, death_status="formal"))

    assert await open_rules(house) == AFTER_A_DEATH
    [said] = await house.said(HandoverReplanned)
    assert (said.reason, len(said.cancelled)) == ("deceased", 3)
    assert (await house.task("R06"))["status_reason"] == "deceased"


@pytest.mark.parametrize("death_first", [True, False])
async def test_a_death_counts_whichever_is_heard_first(house, death_first):
    left = discharged()
    events = (described(deceased=True), left) if death_first else (left, described(deceased=True))

    for event in events:
        await house.hear(event)

    assert await open_rules(house) == AFTER_A_DEATH


@pytest.mark.parametrize("patient_first", [True, False])
async def test_a_death_in_hospital_ends_the_same_whichever_topic_is_heard_first(
    house, patient_first
):
    left = discharged()
    await house.open(left)
    events = [described(deceased=True), corrected(left, discharge_method="4")]

    for event in events if patient_first else reversed(events):
        await house.hear(event)

    assert await open_rules(house) == {"R25"}


async def test_a_death_that_is_taken_back_goes_to_one_person(house):
    """S04 (c)."""
    await house.open()
    await house.hear(described(deceased=True))

    await house.hear(described(deceased=True, death_status="removed"))
    await house.hear(described(deceased=True, death_status="removed"))

    assert await open_rules(house) == {*AFTER_A_DEATH, "death-removed"}
    assert (await house.task("R06"))["status"] == "cancelled"
    assert len(await house.said(HandoverReplanned)) == 2


async def test_back_in_hospital_the_follow_up_is_called_off_and_not_failed(house):
    await house.open()

    await house.hear(admitted())

    assert await open_rules(house) == {"R01"}
    task = await house.task("R06")
    assert (task["status"], task["status_reason"]) == ("cancelled", "readmitted")
    [said] = await house.said(HandoverReplanned)
    assert said.reason == "readmitted"
    assert await house.said(HandoverWithdrawn) == []


async def test_a_clinic_visit_is_no_readmission(house):
    await house.open()

    await house.hear(admitted(encounter_class="AMB"), admitted(TOM))

    assert len(await open_rules(house)) == 4


@pytest.mark.parametrize("admission_first", [True, False])
async def test_a_readmission_counts_whichever_is_heard_first(house, admission_first):
    left = discharged(discharged_at=datetime.now(UTC) - timedelta(hours=3))
    events = [left, admitted()]

    for event in reversed(events) if admission_first else events:
        await house.hear(event)

    assert await open_rules(house) == {"R01"}


async def test_an_admission_that_did_not_count_brings_the_follow_up_back_on_its_clock(house):
    await house.open()
    due_at = (await house.task("R06"))["due_at"]
    back = admitted()
    await house.hear(back)

    await house.hear(not_admitted(back))
    await house.hear(not_admitted(back))

    assert await open_rules(house) == {"R01", "R06", "R09", "R14"}
    again = await house.pool.fetchval(
        "SELECT due_at FROM tasks WHERE rule_id = 'R06' AND closed_at IS NULL"
    )
    assert again == due_at


async def test_a_handover_that_a_readmission_withdrew_is_followed_by_another_on_its_clock(house):
    left = discharged()
    first = await house.open(left)
    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{(await house.task('R01'))['task_id']}/complete")
    back = admitted()
    await house.hear(back)
    [withdrawn] = await house.said(HandoverWithdrawn)
    assert withdrawn.reason == "readmitted"

    await house.hear(not_admitted(back))

    _, second = await house.said(HandoverOpened)
    assert (second.replaces, second.clock_started_at) == (first, left.discharged_at)
    assert await open_rules(house) == {"R06", "R09", "R14"}


async def test_a_discharge_that_was_cancelled_does_not_come_back_with_an_admission(house):
    left = discharged()
    await house.open(left)
    async with house.client(WARD) as ward:
        await ward.post(f"/tasks/{(await house.task('R01'))['task_id']}/complete")
    back = admitted()
    await house.hear(back)
    await house.hear(cancelled(left))

    await house.hear(not_admitted(back))

    assert await open_rules(house) == set()


async def test_a_handover_follows_its_patient_to_another_record_and_somebody_checks(house):
    """P14, S11."""
    left = discharged(TOM)
    handover_id = await house.open(left)
    await house.hear(described(), described(TOM, name=PersonName(family="Tombs", given="Tom")))

    await house.hear(moved(left, EDNA))
    await house.hear(moved(left, EDNA))

    [said] = await house.said(HandoverPatientChanged)
    assert (said.patient_key, said.previous_patient_key) == (key_of(EDNA), key_of(TOM))
    [added] = await house.said(TaskAdded)
    assert (added.task.code, added.patient_key) == ("review-merged-records", key_of(EDNA))
    assert [one.patient_key for one in await house.said()] == [
        key_of(TOM),
        key_of(EDNA),
        key_of(EDNA),
    ]
    rows = await house.pool.fetch("SELECT stream, sequence FROM outbox ORDER BY event_id")
    assert [tuple(row) for row in rows] == [(f"handover:{handover_id}", n) for n in (1, 2, 3)]
    async with house.client(WARD) as ward:
        found = await ward.get("/handovers", headers={"X-Patient-Identifier": EDNA})
    assert [row["handover_id"] for row in found.json()["items"]] == [str(handover_id)]


async def test_an_nhs_number_that_became_known_needs_no_check(house):
    left = discharged(TOM)
    await house.open(left)

    await house.hear(moved(left, EDNA, "identified"))

    assert await house.said(TaskAdded) == []


async def test_a_handover_that_comes_to_somebody_who_died_ends_with_them(house):
    left = discharged(TOM)
    await house.open(left)
    await house.hear(described(deceased=True))

    await house.hear(moved(left, EDNA))

    assert await open_rules(house) == {*AFTER_A_DEATH, "records-changed"}


async def test_names_follow_the_record_that_took_the_place_of_another(house):
    left = discharged(TOM)
    handover_id = await house.open(left)
    await house.hear(described(TOM, name=PersonName(family="Tombs", given="Tom")))
    await house.hear(described(TOM, replaced_by=key_of(EDNA)))
    await house.hear(described(EDNA, identity_held=True))

    ward = await house.visitor("staff-ward")
    page = (await ward.get(f"/worklist/handovers/{handover_id}")).text

    assert "HARTLEY, Edna" in page
    assert "Check who this is" in page


async def test_questions_about_a_stay_join_its_handover_and_go_when_they_are_answered(house):
    """S03."""
    left = discharged()
    await house.open(left)

    await house.hear(questioned(left.spell_id, "discharge-times-differ"))
    task = await house.task("question-times")
    await house.hear(questioned(left.spell_id))

    assert (task["code"], task["owner_team"]) == ("answer-discharge-time", WARD)
    task = await house.task("question-times")
    assert (task["status"], task["status_reason"]) == ("cancelled", "answered-since")
    assert await house.pool.fetchval("SELECT count(*) FROM handovers") == 1


async def test_a_question_about_a_stay_without_a_handover_gets_an_owner_of_its_own(house):
    spell_id = new_id()

    await house.hear(questioned(spell_id, "discharged-again-or-late"))
    await house.hear(questioned(spell_id, "discharged-again-or-late", "cancelled-elsewhere"))

    row = await house.pool.fetchrow("SELECT purpose, owner_team, said FROM handovers")
    assert tuple(row) == ("loose-end", WARD, 2)
    assert await open_rules(house) == {"question-late", "question-cancelled"}
    await house.hear(discharged(spell_id=spell_id))
    assert await house.pool.fetchval("SELECT count(*) FROM handovers WHERE state = 'open'") == 2

    await house.hear(questioned(spell_id))

    [withdrawn] = await house.said(HandoverWithdrawn)
    assert withdrawn.reason == "answered-since"
    await house.sweep()
    assert measures.OWNERLESS._value.get() == measures.TIMERLESS._value.get() == 0
