"""Merging, parting and confirming records of persons (P14), on the real database."""

from tests.integration.discharge.conftest import Ward, key_of
from tests.support.hospital import NHS_NUMBER, an_adt

OTHER = "L91^^^ZTA^MR"
BOTH = f"{NHS_NUMBER}^^^NHS^NH~L55^^^ZTA^MR"


async def described(ward: Ward):
    return {each.event.patient_key: each.event for each in await ward.said("patient.described")}


def a_merge(**given: str) -> bytes:
    return an_adt("A40", numbers=BOTH, **given) + f"MRG|{OTHER}\r".encode()


async def test_a_merge_brings_the_stays_over_and_holds_the_patients_messages(ward: Ward):
    await ward.send(an_adt("A03", control_id="M1", numbers=BOTH))
    await ward.send(an_adt("A03", control_id="M2", numbers=OTHER, visit="SP-2", born="19560101"))

    answer = await ward.send(a_merge(control_id="M3"))

    assert b"MSA|AA|M3" in answer
    (changed,) = await ward.said("spell.patient_changed")
    assert changed.event.patient_key == key_of("nhs", NHS_NUMBER)
    assert changed.event.reason == "merged"
    assert changed.sequence == 2
    known = await described(ward)
    assert known[key_of("nhs", NHS_NUMBER)].identity_held
    assert known[key_of("ZTA", "L91")].replaced_by == key_of("nhs", NHS_NUMBER)


async def test_a_late_message_for_the_retired_record_lands_on_the_survivor(ward: Ward):
    await ward.send(an_adt("A03", control_id="M1", numbers=BOTH))
    await ward.send(a_merge(control_id="M2"))

    late = an_adt("A03", control_id="M3", numbers=OTHER, visit="SP-2", born="19560101")
    assert b"MSA|AA|M3" in await ward.send(late)

    first, second = await ward.said("spell.discharged")
    assert first.stream != second.stream
    assert first.event.patient_key == second.event.patient_key


async def test_unlinking_gives_each_record_back_its_own(ward: Ward):
    await ward.send(an_adt("A03", control_id="M1", numbers=BOTH))
    await ward.send(an_adt("A03", control_id="M2", numbers=OTHER, visit="SP-2", born="19560101"))
    await ward.send(a_merge(control_id="M3", happened="20260908130000", sent="20260908130000"))

    unlink = an_adt(
        "A37", control_id="M4", numbers=BOTH, happened="20260908140000", sent="20260908140000"
    )
    await ward.send(unlink + f"PID|2||{OTHER}\r".encode())

    *_, back = await ward.said("spell.patient_changed")
    assert back.event.reason == "unmerged"
    assert back.event.patient_key == key_of("ZTA", "L91")
    assert (await described(ward))[key_of("ZTA", "L91")].replaced_by is None
