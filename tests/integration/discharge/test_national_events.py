import asyncio
import io
import logging
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import orjson
import pytest
import structlog

from services.chassis import log
from services.discharge.inbound.national.record import ORGANISATION, read_record
from services.discharge.outbound.national_events import PostgresNationalEvents
from tests.integration.discharge.conftest import HOSPITAL, NATIONAL, OPERATOR, Ward, bearer, key_of
from tests.support.eventually import eventually
from tests.support.fake_pds import API_KEY, FakePds, a_fake_pds, a_patient
from tests.support.hospital import an_adt
from tests.support.national import an_event

NUMBER = "9995000245"
OTHER = "9995000385"
CANARIES = (NUMBER, "999 500 0245", "Canaryname", "Canarygiven", "4 Hill Road", "ZZ99 3VZ")


@pytest.fixture
async def pds() -> AsyncIterator[FakePds]:
    async with a_fake_pds() as fake:
        yield fake


@pytest.fixture
def given_settings(pds: FakePds) -> dict[str, Any]:
    return {"pds_url": pds.url, "pds_api_key": API_KEY}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the service logs, libraries at their most talkative."""
    root = logging.getLogger()
    handlers, level, before = list(root.handlers), root.level, structlog.get_config()
    stream = io.StringIO()
    log.configure("discharge", "DEBUG", stream=stream)
    root.setLevel(logging.DEBUG)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


async def tell(ward: Ward, event: dict[str, Any], token: str = NATIONAL) -> httpx2.Response:
    return await ward.http.post(
        "/national-events",
        content=orjson.dumps(event),
        headers={"Content-Type": "application/cloudevents+json"} | bearer(token),
    )


async def goes_home(ward: Ward, number: str = NUMBER, **more: str) -> None:
    said = await ward.post_hl7(an_adt(numbers=f"{number}^^^NHS^NH", **more))
    assert b"MSA|AA" in said.content


async def states(ward: Ward) -> list[str]:
    rows = await ward.database.pool.fetch("SELECT state FROM national_events ORDER BY event_ref")
    return [row["state"] for row in rows]


async def described(ward: Ward, number: str = NUMBER) -> Any:
    """What was said last of a person."""
    said = [
        each.event
        for each in await ward.said("patient.described")
        if each.event.patient_key == key_of("nhs", number)
    ]
    return said[-1]


async def dealt_with(ward: Ward) -> list[str]:
    async def nothing_waits() -> bool:
        return "waiting" not in await states(ward)

    await eventually(nothing_waits, timeout=20)
    return await states(ward)


async def test_a_death_is_told_within_seconds(ward: Ward, pds: FakePds):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER, died="2026-09-16T00:00:00+00:00", death_status="1"))

    started = time.monotonic()
    answer = await tell(ward, an_event(NUMBER))

    assert answer.status_code == 202

    async def is_told() -> bool:
        return bool((await described(ward)).deceased)

    await eventually(is_told)
    assert time.monotonic() - started < 2
    assert (await described(ward)).death_status == "informal"


async def test_a_death_that_is_taken_back_is_told_and_the_person_stays_dead_until_somebody_decides(
    ward: Ward, pds: FakePds
):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER, died="2026-09-16T00:00:00+00:00", death_status="2"))
    await tell(ward, an_event(NUMBER))
    await dealt_with(ward)
    pds.holds(a_patient(NUMBER, death_status="U"))

    await tell(ward, an_event(NUMBER))
    await dealt_with(ward)

    said = await described(ward)
    assert (said.deceased, said.death_status) == (True, "removed")


async def test_a_change_of_practice_is_read_from_the_record(ward: Ward, pds: FakePds):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER, practice="Z90003"))

    await tell(ward, an_event(NUMBER, "pds-change-of-gp-2"))

    assert await dealt_with(ward) == ["taken-in"]
    said = await described(ward)
    assert (said.practice, said.nhs_number_verification) == ("Z90003", "01")
    [stored] = [row for row in await ward.stored() if row["dialect"] == "pds"]
    assert (stored["event"], stored["arrived_by"]) == ("pds-change-of-gp-2", "national")


async def test_a_hospital_that_goes_on_with_the_old_practice_does_not_bring_it_back(
    ward: Ward, pds: FakePds
):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER, practice="Z90003"))
    await tell(ward, an_event(NUMBER, "pds-change-of-gp-2"))
    await dealt_with(ward)

    later = (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y%m%d%H%M%S+0000")
    repeated = an_adt(
        "A08", control_id="M2", numbers=f"{NUMBER}^^^NHS^NH", sent=later, happened=later, sex="F"
    )
    assert b"MSA|AA" in (await ward.post_hl7(repeated)).content

    said = await described(ward)
    assert (said.practice, said.sex) == ("Z90003", "female")


async def test_somebody_who_became_restricted_has_no_address_any_more(ward: Ward, pds: FakePds):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER, security="R"))

    await tell(ward, an_event(NUMBER, "pds-record-change-2"))
    await dealt_with(ward)

    said = await described(ward)
    assert said.restricted
    assert said.address.lines == ()


async def test_a_number_that_was_superseded_joins_the_two_records(ward: Ward, pds: FakePds):
    await goes_home(ward)
    pds.superseded[NUMBER] = OTHER
    pds.holds(a_patient(OTHER))

    await tell(ward, an_event(NUMBER, "nhs-number-change-2"))
    await dealt_with(ward)

    assert (await described(ward)).replaced_by == key_of("nhs", OTHER)
    assert (await described(ward, OTHER)).identity_held


async def test_a_number_that_was_invalidated_comes_before_a_person(ward: Ward, pds: FakePds):
    await goes_home(ward)
    pds.invalidated.add(NUMBER)

    await tell(ward, an_event(NUMBER, "pds-record-change-2"))
    await dealt_with(ward)

    [stored] = [row for row in await ward.stored() if row["dialect"] == "pds"]
    assert stored["flags"] == ["national-record-invalidated:Patient"]
    assert (await described(ward)).nhs_number_verification == "05"


async def test_nobody_asks_for_the_record_of_a_stranger(ward: Ward, pds: FakePds):
    pds.holds(a_patient(NUMBER))

    answer = await tell(ward, an_event(NUMBER))

    assert answer.status_code == 202
    assert await dealt_with(ward) == ["no-such-patient"]
    assert pds.asked == []
    [row] = await ward.database.pool.fetch("SELECT * FROM national_events")
    assert NUMBER not in str(dict(row))


async def test_a_stranger_who_becomes_a_patient_is_read_then(ward: Ward, pds: FakePds):
    pds.holds(a_patient(NUMBER, died="2026-09-16T00:00:00+00:00", death_status="2"))
    await tell(ward, an_event(NUMBER))

    await goes_home(ward)
    async with ward.database.unit_of_work() as unit:
        await PostgresNationalEvents(ORGANISATION).welcome(unit.connection)

    await dealt_with(ward)
    assert (await described(ward)).deceased


async def test_the_same_event_twice_is_read_once(ward: Ward, pds: FakePds):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER))
    event = an_event(NUMBER, "pds-change-of-gp-2")

    answers = [await tell(ward, event) for _ in range(3)]
    await dealt_with(ward)
    again = await tell(ward, event)

    assert {each.status_code for each in (*answers, again)} == {202}
    assert pds.asked == [NUMBER]


async def test_a_proxy_role_is_noted_and_nothing_is_asked(ward: Ward, pds: FakePds):
    await goes_home(ward)

    answer = await tell(ward, an_event(NUMBER, "vrs-proxy-role-changed-1"))

    assert answer.status_code == 202
    assert await states(ward) == ["noted"]
    assert pds.asked == []


async def test_an_event_in_binary_mode_is_heard(ward: Ward, pds: FakePds):
    await goes_home(ward)
    pds.holds(a_patient(NUMBER))
    event = an_event(NUMBER, "pds-change-of-gp-2")
    names = ("specversion", "id", "source", "type", "time", "subject")

    answer = await ward.http.post(
        "/national-events", headers={f"ce-{name}": event[name] for name in names} | bearer(NATIONAL)
    )

    assert answer.status_code == 202
    assert await dealt_with(ward) == ["taken-in"]


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
