"""Trouble with the national record or its events: everything waits, nothing is done twice, and nobody is given away."""

import asyncio
import io
from typing import Any

import pytest

from services.discharge.inbound.national.record import read_record
from tests.integration.discharge.conftest import HOSPITAL, OPERATOR, Ward
from tests.integration.discharge.national.conftest import (
    CANARIES,
    NUMBER,
    OTHER,
    dealt_with,
    described,
    goes_home,
    states,
    tell,
)
from tests.support.eventually import eventually
from tests.support.fake_pds import FakePds, a_patient
from tests.support.national import an_event


@pytest.mark.parametrize("token", [HOSPITAL, OPERATOR, "stolen"])
async def test_only_the_national_service_may_tell(ward: Ward, token: str):
    answer = await tell(ward, an_event(NUMBER), token)

    assert answer.status_code in {401, 403}
    assert await states(ward) == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [({"type": "imms-vaccinations-1"}, 422), ({"subject": "9995000246"}, 400), ({"id": ""}, 400)],
)
async def test_what_cannot_be_taken_is_refused(ward: Ward, changed: dict[str, str], status: int):
    answer = await tell(ward, an_event(NUMBER, **changed))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert not [each for each in CANARIES if each in answer.text]
    assert await states(ward) == []


@pytest.mark.parametrize("given_settings", [{}])
async def test_a_site_that_reads_no_record_says_so(ward: Ward):
    answer = await tell(ward, an_event(NUMBER))

    assert answer.status_code == 503
    assert answer.json()["code"] == "national.not_configured"
    assert await states(ward) == []


@pytest.mark.parametrize("trouble", ["too-many", "failing", "cut-off"])
async def test_while_the_record_is_away_it_is_asked_seldom_and_every_event_waits(
    ward: Ward, pds: FakePds, trouble: Any
):
    numbers = [NUMBER, OTHER, "9995000318"]
    for number in numbers:
        await goes_home(ward, number, visit=f"V{number}", control_id=f"C{number}")
        pds.holds(a_patient(number, practice="Z90003"))
    pds.trouble = trouble
    for number in numbers:
        await tell(ward, an_event(number, "pds-change-of-gp-2"))

    await eventually(lambda: pds.asked)
    await asyncio.sleep(1)
    assert len(pds.asked) <= 5
    assert await states(ward) == ["waiting"] * 3

    pds.trouble = ""
    assert await dealt_with(ward) == ["taken-in"] * 3
    assert {(await described(ward, number)).practice for number in numbers} == {"Z90003"}


async def test_a_process_that_ended_after_the_commit_does_not_take_the_record_in_twice(
    ward: Ward, pds: FakePds
):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER))
    await tell(ward, an_event(NUMBER, "pds-change-of-gp-2"))
    await dealt_with(ward)
    pds.holds(a_patient(NUMBER, practice="Z90005"))

    await ward.database.pool.execute(
        "UPDATE national_events SET state = 'waiting', ended_at = NULL, next_try_at = now()"
    )

    assert await dealt_with(ward) == ["taken-in"]
    assert pds.asked == [NUMBER]
    assert not [row for row in await ward.stored() if row["clash"]]


async def test_a_fault_with_one_record_holds_no_other_up(
    ward: Ward, pds: FakePds, monkeypatch: pytest.MonkeyPatch, lines: io.StringIO
):
    for number in (NUMBER, OTHER):
        await goes_home(ward, number, visit=f"V{number}", control_id=f"C{number}")
        pds.holds(a_patient(number))

    def reads(reply, due, received_at):
        if due.nhs_number == NUMBER:
            raise ValueError(f"cannot read {NUMBER}")
        return read_record(reply, due, received_at)

    monkeypatch.setattr("services.discharge.inbound.national.reading.read_record", reads)
    for number in (NUMBER, OTHER):
        await tell(ward, an_event(number, "pds-record-change-2"))

    async def the_other_is_read() -> bool:
        return await states(ward) == ["waiting", "taken-in"]

    await eventually(the_other_is_read)
    assert "national.fault" in lines.getvalue()
    assert NUMBER not in lines.getvalue()


async def test_the_number_reaches_no_log_metric_address_or_answer_of_ours(
    lines: io.StringIO, ward: Ward, pds: FakePds
):
    await goes_home(ward)
    patient = a_patient(NUMBER, family="Canaryname", given="Canarygiven")
    answers = [await tell(ward, an_event(NUMBER, subject=f"x{NUMBER}"))]
    pds.holds(patient)
    for times, trouble in enumerate(("failing", "rubbish", "cut-off", ""), 1):
        pds.trouble = trouble  # type: ignore[assignment]
        answers.append(await tell(ward, an_event(NUMBER, "pds-record-change-2")))
        await eventually(lambda times=times: len(pds.asked) >= times)
    await dealt_with(ward)
    pds.invalidated.add(NUMBER)
    answers.append(await tell(ward, an_event(NUMBER)))
    await dealt_with(ward)

    shown = [
        await ward.show(f"/intake/messages/{row['message_id']}") for row in await ward.stored()
    ]
    metrics = await ward.http.get("/metrics")
    events = await ward.database.pool.fetch("SELECT * FROM national_events")
    everything = [
        lines.getvalue(),
        metrics.text,
        *(each.text for each in (*answers, *shown)),
        *(str(dict(row)) for row in events),
    ]
    assert "national.record_away" in everything[0]
    for canary in CANARIES:
        assert not [text[:200] for text in everything if canary.lower() in text.lower()], canary
