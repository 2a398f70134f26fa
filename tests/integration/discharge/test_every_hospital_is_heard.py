"""Every event through the real door, in the mode a sender asks for, read as its profile says."""

import pytest

from services.discharge.inbound.hl7.events import EVENTS
from services.discharge.inbound.hl7.framing import frame
from tests.integration.discharge.conftest import Ward
from tests.support.hospital import an_adt

OTHERS = {
    "A37": ("PID|2||L91^^^ZTA^MR||SHAW^PETER",),
    "A40": ("MRG|L91^^^ZTA^MR",),
    "A45": ("MRG|L91^^^ZTA^MR||||SP-1",),
    "A47": ("MRG|L92^^^ZTA^MR",),
    "A50": ("MRG|||||SP-2",),
}
PROFILE = """
id: ours
name: A hospital of the site
senders: [{organisation: ZTQ}]
fields: {visit_number: [ZVN-1], method: [PV1-37], destination: [PV1-36]}
codes: {method: {GONE: "1"}}
time_zone: UTC
"""


def asking(accept: str, application: str, **given: str) -> bytes:
    return an_adt(**given).replace(b"||||||UNICODE", f"|||{accept}|{application}||UNICODE".encode())


def code(answer: bytes) -> str:
    return answer.split(b"\rMSA|")[1][:2].decode()


@pytest.mark.parametrize("version", ["2.2", "2.4", "2.5.1"])
async def test_every_event_is_taken_and_kept(ward: Ward, version: str):
    line = await ward.line()

    answers = [
        await line.send(an_adt(event, *OTHERS.get(event, ()), version=version, control_id=event))
        for event in EVENTS
    ]

    assert {code(answer) for answer in answers} == {"AA"}
    assert [row["event"] for row in await ward.stored()] == list(EVENTS)


async def test_a_half_merge_is_sent_back_and_kept_with_its_reason(ward: Ward):
    answer = await ward.send(
        an_adt("A40", "MRG|L91^^^ZTA^MR", "PID|2||L77^^^ZTA^MR", "MRG|L92^^^ZTA^MR")
    )

    assert b"MSA|AE|M1001|One surviving patient a message" in answer
    assert len(await ward.stored()) == 1


async def test_a_sender_that_asks_for_both_answers_gets_both_in_order(ward: Ward):
    line = await ward.line()

    first = await line.send(asking("AL", "AL"))

    assert [code(first), code(await line.answer())] == ["CA", "AA"]


async def test_a_sender_that_asks_for_no_answer_gets_none_and_its_message_is_kept(ward: Ward):
    line = await ward.line()

    line.write(frame(asking("NE", "NE", control_id="QUIET")))
    answer = await line.send(an_adt(control_id="LOUD", visit="SP-2"))

    assert b"MSA|AA|LOUD" in answer
    assert len(await ward.stored()) == 2


@pytest.fixture
def given_settings(tmp_path, request):
    if request.node.originalname != "test_a_hospital_of_the_site_is_read_by_its_own_profile":
        return {}
    (tmp_path / "ours.yaml").write_text(PROFILE, encoding="utf-8")
    return {"sources_folder": tmp_path}


async def test_a_hospital_of_the_site_is_read_by_its_own_profile(ward: Ward):
    await ward.send(
        an_adt("A03", "ZVN|SP-9", sender="ZTQ", method="19", destination="GONE", visit="WRONG")
    )

    (said,) = await ward.said("spell.discharged")
    assert said.event.discharge_method == "1"
    assert said.event.discharge_destination == "19"
    assert said.event.discharged_at.isoformat() == "2026-09-08T11:20:00+00:00"
    (spell,) = await ward.spells()
    assert spell["correlation"] == "visit:SP-9"
