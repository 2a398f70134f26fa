from datetime import UTC, datetime

import pytest

from tests.integration.discharge.conftest import Ward, key_of
from tests.support.hospital import NHS_NUMBER, a_notification, a_sample, an_adt

LEFT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)


async def test_the_frail_lady_is_admitted_and_discharged(ward: Ward):
    first = await ward.send(a_sample("frail-78-a01.hl7"))
    second = await ward.send(a_sample("frail-78-a03.hl7"))

    assert b"MSA|AA|PAS2609040001" in first
    assert b"MSA|AA|PAS2609080017" in second
    described, admitted, described_again, discharged = await ward.said()
    key = key_of("nhs", "9995000105")
    assert {each.event.patient_key for each in await ward.said()} == {key}
    assert described.stream == described_again.stream == f"patient:{key}"
    assert (described.sequence, described_again.sequence) == (1, 2)
    assert admitted.stream == discharged.stream == f"spell:{discharged.event.spell_id}"
    assert (admitted.sequence, discharged.sequence) == (1, 2)
    assert discharged.event.discharged_at == LEFT
    assert discharged.event.practice == "Z90001"
    assert discharged.event.pharmacy == "FZZ01"
    assert discharged.event.indicators[0].value == 6
    assert discharged.event.flags == ()
    assert discharged.row["occurred_at"] == LEFT
    assert described_again.event.needs
    assert described_again.event.nhs_number_verification == "01"


async def test_the_young_man_with_asthma_is_discharged(ward: Ward):
    response = await ward.post_fhir(a_sample("asthma-34-discharge.json"))

    assert response.status_code == 200
    described, discharged = await ward.said()
    assert described.event.name.family == "Baker-Reid"
    assert discharged.event.diagnoses[0].code == "708038006"
    assert discharged.event.practice == "Z90002"
    assert discharged.event.pharmacy is None


async def test_the_same_discharge_in_two_formats_is_one_spell(ward: Ward):
    await ward.send(an_adt())
    response = await ward.post_fhir(a_notification())

    assert response.status_code == 200
    assert len(await ward.said("spell.discharged")) == 1
    (spell,) = await ward.spells()
    first, second = await ward.stored()
    assert first["spell_id"] == second["spell_id"] == spell["spell_id"]
    assert {event["type"] for event in second["said"]} <= {"patient.described"}


async def test_a_stay_known_by_a_local_number_meets_its_nhs_number(ward: Ward):
    await ward.send(an_adt("A01", control_id="M1", numbers="L55^^^ZTA^MR"))
    await ward.send(an_adt("A03", control_id="M2"))
    await ward.send(an_adt("A03", control_id="M3", numbers="L55^^^ZTA^MR", visit="SP-2"))

    admitted, *_ = await ward.said("spell.admitted")
    first, second = await ward.said("spell.discharged")
    assert admitted.event.patient_key == key_of("ZTA", "L55")
    assert first.stream == admitted.stream
    assert first.event.patient_key == key_of("nhs", NHS_NUMBER)
    assert second.event.patient_key == key_of("nhs", NHS_NUMBER)


async def test_a_discharge_before_its_admission_loses_neither(ward: Ward):
    await ward.send(an_adt("A03", control_id="M2"))
    await ward.send(an_adt("A01", control_id="M1"))

    assert len(await ward.spells()) == 1
    assert sorted(await ward.types()) == ["patient.described", "spell.admitted", "spell.discharged"]


async def test_a_description_is_said_again_only_when_something_changed(ward: Ward):
    await ward.send(an_adt("A01", control_id="M1"))
    await ward.send(an_adt("A03", control_id="M2"))
    new = {"sent": "20260908130000", "phones": "07700 900123^PRS^CP"}
    await ward.send(an_adt("A03", control_id="M3", visit="SP-2", **new))

    first, second = await ward.said("patient.described")
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.event.contact_points[0].kind == "mobile"


async def test_late_typing_does_not_bring_an_old_telephone_back(ward: Ward):
    await ward.send(an_adt("A03", control_id="M1", phones="07700 900123^PRS^CP"))
    await ward.send(an_adt("A01", control_id="M2", happened="20260904084500"))

    (described,) = await ward.said("patient.described")
    assert described.event.contact_points[0].value == "07700 900123"


@pytest.mark.parametrize(
    "given", [{"method": "4", "destination": "79", "dead": "Y"}, {"destination": "79"}]
)
async def test_a_death_in_hospital_is_said_plainly(ward: Ward, given: dict[str, str]):
    await ward.send(an_adt(**given))

    described, discharged = await ward.said()
    assert described.event.deceased
    assert discharged.event.deceased


async def test_a_second_time_of_discharge_is_flagged_and_the_first_stands(ward: Ward):
    await ward.send(an_adt())
    response = await ward.post_fhir(a_notification(end="2026-09-08T14:20:00+01:00"))

    shown = (await ward.show(response.headers["location"])).json()
    assert "conflict:discharged-at" in shown["flags"]
    (discharged,) = await ward.said("spell.discharged")
    assert discharged.event.discharged_at == LEFT


async def test_one_visit_number_on_two_persons_hides_nobody(ward: Ward):
    await ward.send(an_adt(control_id="M1"))
    await ward.send(an_adt(control_id="M2", numbers="9995000105^^^NHS^NH", born="19480302"))

    first, second = await ward.said("spell.discharged")
    assert first.event.patient_key != second.event.patient_key
    assert "visit-number-shared" in second.event.flags


async def test_a_message_marked_as_a_test_leaves_the_real_stay_alone(ward: Ward):
    real = "5000000005^^^NHS^NH"
    await ward.send(an_adt("A01", control_id="M1", numbers=real))
    await ward.send(an_adt("A03", control_id="M2", numbers=real, processing="T", name="TEST^TEST"))

    (admitted,) = await ward.said("spell.admitted")
    (discharged,) = await ward.said("spell.discharged")
    assert discharged.stream != admitted.stream
    assert discharged.event.patient_key != admitted.event.patient_key
    assert discharged.event.test_patient
    real_person, test_person = await ward.said("patient.described")
    assert not real_person.event.test_patient
    assert test_person.event.test_patient


async def test_a_journey_is_named_after_the_message_that_began_it(ward: Ward):
    await ward.send(an_adt())

    (message,) = await ward.stored()
    said = await ward.said()
    assert {each.row["causation_id"] for each in said} == {message["message_id"]}
    assert len({each.row["correlation_id"] for each in said}) == 1
    assert [event["event_id"] for event in message["said"]] == [
        str(each.row["event_id"]) for each in said
    ]
