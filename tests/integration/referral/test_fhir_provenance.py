"""Other systems read who did what to a task, without the words that somebody wrote beside it."""

from uuid import UUID

from fhir.resources.R4B.provenance import Provenance

from services.chassis.ids import new_id
from tests.integration.referral.conftest import PHARMACY, WARD, House
from tests.support.fhir import found, get, refused

WORDS = "Rang at nine, the neighbour answered"


async def a_done_task(house: House) -> UUID:
    await house.open()
    offer = await house.offer_to(PHARMACY)
    async with house.client(PHARMACY) as client:
        (await client.post(f"/offers/{offer}/accept")).raise_for_status()
        task: UUID = await house.pool.fetchval(
            "SELECT task_id FROM tasks WHERE owner_team = $1", PHARMACY
        )
        done = await client.post(f"/tasks/{task}/complete", json={"reason": WORDS})
        done.raise_for_status()
    return task


async def test_each_deed_names_who_did_what_when_and_for_which_team(house: House) -> None:
    task = await a_done_task(house)

    deeds = await found(house, f"/fhir/Provenance?target=Task/{task}&_sort=_lastUpdated")

    told = [
        (
            deed["activity"]["coding"][0]["code"],
            deed["agent"][0]["who"]["identifier"]["value"],
            deed["agent"][0]["onBehalfOf"]["identifier"]["value"],
        )
        for deed in deeds
    ]
    assert told[0] == ("owner.first", "system", WARD)
    assert {
        ("offer.accepted", f"api-{PHARMACY}", PHARMACY),
        ("owner.changed", f"api-{PHARMACY}", PHARMACY),
        ("task.completed", f"api-{PHARMACY}", PHARMACY),
    } <= set(told)
    assert WORDS not in str(deeds)
    for deed in deeds:
        Provenance.model_validate(deed)
        assert deed["target"] == [{"reference": f"Task/{task}", "type": "Task"}]


async def test_each_deed_can_be_read_by_itself_and_only_by_those_who_may(house: House) -> None:
    task = await a_done_task(house)
    deeds = await found(house, f"/fhir/Provenance?target={task}")

    for deed in deeds:
        path = f"/fhir/Provenance/{deed['id']}"
        assert (await get(house, path)).json() == deed
        refused(await get(house, path, "safety-ZTA"), 404)
    assert len({deed["id"] for deed in deeds}) == len(deeds)
    assert await found(house, f"/fhir/Provenance?target={task}", "safety-ZTA") == []
    for wrong in ("x", str(new_id()), "0" * 64, f"{'0' * 32}-9999999999999999"):
        refused(await get(house, f"/fhir/Provenance/{wrong}"), 404)


async def test_deeds_are_paged_and_narrowed_by_time(house: House) -> None:
    task = await a_done_task(house)
    everything = await found(house, f"/fhir/Provenance?target={task}")

    first = (await get(house, f"/fhir/Provenance?target={task}&_count=2")).json()
    [following] = [link["url"] for link in first["link"] if link["relation"] == "next"]
    rest = await found(house, f"{following}&_count=100".replace("_count=2&", ""))

    assert [entry["resource"] for entry in first["entry"]] + rest == everything
    recorded = everything[0]["recorded"]
    latest = await found(house, f"/fhir/Provenance?target={task}&recorded=ge{recorded}")
    assert latest == [deed for deed in everything if deed["recorded"] >= recorded]


async def test_a_history_is_not_read_without_saying_of_what(house: House) -> None:
    refused(await get(house, "/fhir/Provenance"), 400)
