"""What the national record says of our patients counts: deaths, moves, restrictions and numbers."""

import time
from datetime import UTC, datetime, timedelta

from services.discharge.inbound.national.record import ORGANISATION
from services.discharge.outbound.national_events import PostgresNationalEvents
from tests.integration.discharge.conftest import NATIONAL, Ward, bearer, key_of
from tests.integration.discharge.national.conftest import (
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
from tests.support.hospital import an_adt
from tests.support.national import an_event


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


async def test_an_event_dated_ahead_counts_as_of_its_receipt(ward: Ward, pds: FakePds):
    """A clock that runs ahead must not outweigh everything that is said later."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    before = tomorrow - timedelta(days=3)
    await goes_home(ward)
    pds.holds(a_patient(NUMBER, practice="Z90003"))
    for at in (tomorrow, before):
        await tell(ward, an_event(NUMBER, "pds-change-of-gp-2", time=at.isoformat()))
    await dealt_with(ward)

    rows = await ward.database.pool.fetch(
        "SELECT happened_at, received_at FROM national_events ORDER BY received_at"
    )
    ahead, behind = rows
    assert tomorrow - timedelta(days=1) <= ahead["happened_at"] <= ahead["received_at"]
    assert behind["happened_at"] == before
