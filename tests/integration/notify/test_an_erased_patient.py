"""Somebody is erased: nothing in notify says any more who they were, and that they were told stays (P15)."""

import re

from schemas.patient import Address, ContactPoint, PersonName
from services.chassis.ids import new_id
from tests.integration.notify.test_alerts_of_teams import knock
from tests.support.canary import (
    BORN,
    EMAIL,
    FAMILY,
    GIVEN,
    MOBILE,
    NUMBER,
    POSTCODE,
    STREET,
    sightings,
)
from tests.support.traces import traces
from tests.unit.notify.facts import described, referred

TOPIC = "care.patients.v1"
CANARY = {
    "nhs_number": NUMBER,
    "name": PersonName(family=FAMILY, given=GIVEN),
    "birth_date": BORN,
    "address": Address(lines=(STREET,), postcode=POSTCODE),
    "contact_points": (
        ContactPoint(kind="email", value=EMAIL),
        ContactPoint(kind="mobile", value=MOBILE),
    ),
}


async def erase(house, key: str) -> None:
    await house.hear_again([house.record(TOPIC, key, [], None)])


async def test_nothing_says_who_they_were_and_that_they_were_told_stays(house):
    by_mail, by_letter = referred(), referred()
    await house.hear(described(**CANARY), by_mail)
    await house.deliver()
    async with knock(house.app(), Accept="text/html") as browser:
        (mail,) = house.mails_to(EMAIL)
        path = re.search(r"/p/\S+", mail.body).group()
        await browser.post(f"{path}/worse", data={"idempotency_key": str(new_id())})
    await house.hear(described(**CANARY | {"contact_points": ()}), by_letter)
    await house.deliver()
    await house.hear(described(**CANARY), referred())
    assert {table for table, _, _ in await traces(house.database.pool, sightings)} == {"people"}

    await erase(house, by_mail.patient_key)
    await house.deliver()

    assert await traces(house.database.pool, sightings) == set()
    states = [row[3] for row in await house.alerts() if row[0] == "patient"]
    assert sorted(states) == ["sent", "sent", "withheld"]
    async with knock(house.app(), Accept="text/html") as browser:
        assert (await browser.get(path)).status_code == 404


async def test_what_was_parked_of_them_goes_too_and_brings_nobody_back(house):
    said = described(**CANARY)
    broken = house.arrival(said)
    broken.body = b'{"family": "' + FAMILY.encode() + b'"'
    await house.hear_again([broken])
    await house.hear(described(**CANARY))
    assert await house.database.pool.fetchval("SELECT count(*) FROM parked") == 2

    await erase(house, said.patient_key)

    assert await traces(house.database.pool, sightings) == set()
    waiting = "SELECT count(*) FROM parked WHERE resolved_at IS NULL"
    assert await house.database.pool.fetchval(waiting) == 0
