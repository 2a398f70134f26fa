from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.integration.discharge.conftest import Ward
from tests.support.hospital import a_notification, a_sample, an_adt

ADMIT, TRANSFER, DISCHARGE = (f"notification-{word}" for word in ("admit", "transfer", "discharge"))
LEFT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)


def at(hour: str, event: str, status: str = "", **given: Any) -> dict[str, Any]:
    """A notification sent on 8 September at that hour, with ids of its own."""
    if status:
        given["status"] = status
    return a_notification(event, id=str(uuid4()), **given) | {
        "timestamp": f"2026-09-08T{hour}:00+01:00"
    }


async def tell(ward: Ward, *bundles: dict[str, Any]) -> None:
    for bundle in bundles:
        response = await ward.post_fhir(bundle)
        assert response.status_code == 200, response.text


async def told(ward: Ward) -> list[str]:
    return [type_ for type_ in await ward.types() if type_.startswith("spell.")]


async def test_an_admission_a_move_and_a_discharge_are_one_stay(ward: Ward):
    ward_9 = {"resourceType": "Location", "id": "W9", "identifier": [{"value": "W9"}]}
    there = {"location": [{"location": {"reference": "Location/W9"}, "status": "active"}]}
    await tell(
        ward,
        at("09:00", ADMIT),
        at("10:00", TRANSFER, encounter=there, more=[ward_9]),
        at("11:21", DISCHARGE),
    )

    assert await told(ward) == ["spell.admitted", "spell.discharged"]
    (discharged,) = await ward.said("spell.discharged")
    assert discharged.event.discharged_at == LEFT
    assert discharged.event.ward == "W9"
    assert len(await ward.spells()) == 1


@pytest.mark.parametrize("event", [ADMIT, TRANSFER, DISCHARGE])
async def test_a_stay_that_goes_on_after_its_discharge_was_not_discharged(ward: Ward, event: str):
    await tell(ward, at("09:00", ADMIT), at("11:21", DISCHARGE), at("12:30", event, "in-progress"))

    assert await told(ward) == [
        "spell.admitted",
        "spell.discharged",
        "spell.discharge_cancelled",
    ]
    (cancelled,) = await ward.said("spell.discharge_cancelled")
    assert cancelled.event.reason == "discharge-cancelled"
    assert cancelled.event.cancelled_at == datetime(2026, 9, 8, 11, 30, tzinfo=UTC)


async def test_a_second_discharge_of_the_stay_is_another_one(ward: Ward):
    await tell(
        ward,
        at("11:21", DISCHARGE),
        at("12:30", DISCHARGE, "in-progress"),
        at("17:05", DISCHARGE, end="2026-09-08T17:00:00+01:00"),
    )

    first, second = await ward.said("spell.discharged")
    assert first.event.discharged_at == LEFT
    assert second.event.discharged_at == datetime(2026, 9, 8, 16, tzinfo=UTC)
    assert first.stream == second.stream


async def test_a_snapshot_from_before_the_discharge_takes_nothing_back(ward: Ward):
    await tell(ward, at("11:21", DISCHARGE), at("11:00", TRANSFER), at("09:00", ADMIT))

    assert "spell.discharge_cancelled" not in await told(ward)


async def test_a_snapshot_of_one_system_does_not_take_back_what_another_said(ward: Ward):
    await ward.send(an_adt())
    await tell(ward, at("11:40", TRANSFER))

    assert "spell.discharge_cancelled" not in await told(ward)


@pytest.mark.parametrize(
    ("status", "reason"),
    [("entered-in-error", "entered-in-error"), ("cancelled", "admission-cancelled")],
)
async def test_a_stay_that_never_was_takes_its_admission_and_discharge_along(
    ward: Ward, status: str, reason: str
):
    await tell(ward, at("09:00", ADMIT), at("11:21", DISCHARGE), at("12:30", DISCHARGE, status))

    assert set(await told(ward)) == {
        "spell.admitted",
        "spell.discharged",
        "spell.discharge_cancelled",
        "spell.admission_cancelled",
    }
    for type_ in ("spell.discharge_cancelled", "spell.admission_cancelled"):
        (said,) = await ward.said(type_)
        assert said.event.reason == reason


@pytest.mark.parametrize("status", ["planned", "onleave", "in-progress"])
async def test_who_has_not_left_is_not_discharged_whatever_the_event(ward: Ward, status: str):
    await tell(ward, at("11:21", DISCHARGE, status))

    assert await told(ward) == []


async def test_a_visit_to_the_emergency_department_is_no_admission(ward: Ward):
    await tell(ward, at("09:00", ADMIT, encounter={"class": {"code": "EMER"}}))

    assert await told(ward) == []


async def test_a_hospital_number_without_an_nhs_number_is_one_person_in_both_dialects(ward: Ward):
    number = {
        "system": "https://fellside.example.net/id/mrn",
        "type": {"coding": [{"code": "MR"}]},
        "value": "L55",
        "assigner": {"reference": "urn:uuid:organisation"},
    }
    await ward.send(an_adt("A01", numbers="L55^^^ZTA^MR"))
    await tell(ward, at("11:21", DISCHARGE, patient={"identifier": [number]}))

    (admitted,) = await ward.said("spell.admitted")
    (discharged,) = await ward.said("spell.discharged")
    assert admitted.stream == discharged.stream
    assert admitted.event.patient_key == discharged.event.patient_key


async def test_the_messages_of_the_samples_tell_one_story(ward: Ward):
    for name in ("admit", "transfer", "discharge", "still-here"):
        response = await ward.post_fhir(a_sample(f"asthma-34-{name}.json"))
        assert response.status_code == 200

    assert await told(ward) == ["spell.admitted", "spell.discharged", "spell.discharge_cancelled"]
