"""Promise 5 on the real database: whatever the order and however they share commits, the same stands in the end."""

import random

import orjson
import pytest

from services.discharge.usecases.receive_messages import receive_messages
from tests.integration.discharge.conftest import Ward, key_of
from tests.integration.discharge.test_messages_commit_together import STORES, incoming
from tests.support.hospital import NHS_NUMBER

LOCAL = "L55^^^ZTA^MR"
BOTH = f"{NHS_NUMBER}^^^NHS^NH~{LOCAL}"


def a_story():
    """A stay with everything in it, as read messages; the number becomes known on the way."""
    day = "20260908"

    def hours(of: int) -> dict[str, str]:
        return {"happened": f"{day}{of:02}0000", "sent": f"{day}{of:02}0100"}

    return [
        incoming(
            "M1", type="ADT^A01", left="", method="", destination="", numbers=LOCAL, **hours(8)
        ),
        incoming("M2", type="ADT^A02", left="", method="", destination="", **hours(9)),
        incoming("M3", left=f"{day}110000", numbers=LOCAL, **hours(11)),
        incoming(
            "M4", type="ADT^A13", left="", method="", destination="", numbers=BOTH, **hours(12)
        ),
        incoming("M5", left=f"{day}150000", numbers=BOTH, **hours(15)),
        incoming("M6", type="ADT^A08", left=f"{day}143000", practice="OTHER^^Z90002", **hours(16)),
        incoming("M7", left=f"{day}110000", visit="SP-OTHER", numbers=LOCAL, **hours(11)),
    ]


async def stands(ward: Ward) -> list[bytes]:
    rows = await ward.database.pool.fetch(
        "SELECT correlation, patient_key, told FROM spells ORDER BY correlation"
    )
    found = []
    for row in rows:
        told = row["told"]
        if told.get("discharge"):
            told["discharge"].pop("flags")
        plain = [row["correlation"], row["patient_key"], told]
        found.append(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS))
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_a_stay_told_in_any_order_and_any_commits_ends_the_same(ward: Ward, seed: int):
    chance = random.Random(seed)
    story = a_story()
    if seed:
        chance.shuffle(story)
    while story:
        size = chance.randint(1, len(story))
        batch, story = story[:size], story[size:]
        async with ward.database.unit_of_work() as unit:
            await receive_messages(batch, unit, STORES, key_of)

    second, first = await stands(ward)
    one, other = orjson.loads(first), orjson.loads(second)
    assert one[1] == other[1] == key_of("nhs", NHS_NUMBER)
    assert other[2]["discharge"]["discharged_at"] == "2026-09-08T13:30:00.000000+00:00"
    assert other[2]["discharge"]["number"] == 2
    assert other[2]["discharge"]["practice"] == "Z90002"
    assert other[2]["admission"]
    assert one[2]["discharge"]["number"] == 1


async def test_twins_are_two_people_whatever_they_share(ward: Ward):
    """Babies without an NHS number (status 08): told apart by the hospital's own numbers (R40)."""
    twins = {"name": "BABY HARTLEY^^^^^^L", "born": "20260907", "verified": "08", "left": ""}
    batch = [
        incoming("T1", type="ADT^A01", numbers="N1^^^ZTA^MR", visit="SP-N1", **twins),
        incoming("T2", type="ADT^A01", numbers="N2^^^ZTA^MR", visit="SP-N2", **twins),
    ]
    async with ward.database.unit_of_work() as unit:
        outcomes = await receive_messages(batch, unit, STORES, key_of)

    assert [each.answer.code for each in outcomes] == ["AA", "AA"]
    described = [each.event for each in await ward.said("patient.described")]
    assert len({each.patient_key for each in described}) == 2
    assert {each.nhs_number_verification for each in described} == {"08"}
    assert not any(each.identity_held for each in described)
