"""Other systems follow a referral as ServiceRequests and Appointments: passed on, booked, missed, on one requisition."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fhir.resources.R4B.appointment import Appointment
from fhir.resources.R4B.servicerequest import ServiceRequest

from tests.integration.referral.conftest import EDNA, ELM_TREE, House, described
from tests.support.fhir import found, get, refused

PODIATRY, FOOT = "podiatry-ZTA", "msk-foot-ZTB"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"


async def a_referral(house: House) -> str:
    """Edna is referred to podiatry."""
    await house.hear(described())
    sent = {
        "from_team": ELM_TREE,
        "service": PODIATRY,
        "reference": "EMIS-4711",
        "patient": {"family": "Hartley", "given": "Edna", "birth_date": "1948-03-02"},
        "letter": [{"heading": "Reason", "text": "Painful left forefoot since August"}],
    }
    async with house.client(ELM_TREE, **{"X-Patient-Identifier": EDNA}) as practice:
        answer = await practice.post("/referrals", json=sent)
    assert answer.status_code == 201, answer.text
    referral: str = answer.json()["referral_id"]
    return referral


async def act(house: House, path: str, body: dict[str, Any]) -> dict[str, Any]:
    async with house.client() as everybody:
        answer = await everybody.post(path, json=body)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_referral_reads_as_the_request_that_stands_for_it(house: House) -> None:
    await a_referral(house)

    [request] = await found(house, "/fhir/ServiceRequest", ELM_TREE)

    ServiceRequest.model_validate(request)
    assert request["status"] == "active"
    assert request["subject"]["identifier"] == {"system": NHS_NUMBER, "value": EDNA}
    assert request["requester"]["identifier"]["value"] == "Z90001"
    assert request["performer"][0]["identifier"]["value"] == PODIATRY
    assert (await get(house, f"/fhir/ServiceRequest/{request['id']}", ELM_TREE)).json() == request
    refused(await get(house, f"/fhir/ServiceRequest/{request['id']}", "safety-ZTA"), 404)
    tasks = await found(house, "/fhir/Task", ELM_TREE)
    assert {task["focus"]["reference"] for task in tasks} == {f"ServiceRequest/{request['id']}"}
    assert "forefoot" not in str(request)


async def test_a_redirect_revokes_one_request_and_makes_another(house: House) -> None:
    await a_referral(house)
    [before] = await found(house, "/fhir/ServiceRequest", ELM_TREE)
    offer = await house.offer_to(PODIATRY)
    await act(house, f"/offers/{offer}/redirect", {"team": FOOT, "reason": "wrong-service"})

    now = {one["status"]: one for one in await found(house, "/fhir/ServiceRequest", ELM_TREE)}

    assert now.keys() == {"active", "revoked"}
    assert now["active"]["replaces"][0]["reference"] == f"ServiceRequest/{before['id']}"
    assert now["active"]["requisition"] == now["revoked"]["requisition"]
    assert now["revoked"]["id"] == before["id"]
    assert int(now["revoked"]["meta"]["versionId"]) > int(before["meta"]["versionId"])
    since = f"_lastUpdated=gt{before['meta']['lastUpdated']}"
    assert len(await found(house, f"/fhir/ServiceRequest?{since}", ELM_TREE)) == 2
    requisition = before["requisition"]["value"]
    query = f"requisition={requisition}&performer={FOOT}&status=active"
    [active] = await found(house, f"/fhir/ServiceRequest?{query}", ELM_TREE)
    assert active == now["active"]


async def test_an_appointment_is_booked_and_missed(house: House) -> None:
    referral = await a_referral(house)
    await act(house, f"/referrals/{referral}/accept", {})
    starts = (datetime.now(UTC) + timedelta(days=10)).replace(hour=12)
    await act(house, f"/referrals/{referral}/appointments", {"starts_at": starts.isoformat()})

    [booked] = await found(house, "/fhir/Appointment?status=booked", ELM_TREE)
    await house.pool.execute("UPDATE appointments SET status = 'missed'")
    [missed] = await found(house, "/fhir/Appointment?status=noshow", ELM_TREE)

    for one in (booked, missed):
        Appointment.model_validate(one)
        assert datetime.fromisoformat(one["start"]) == starts
        assert one["basedOn"][0]["reference"].startswith("ServiceRequest/")
    assert (booked["status"], missed["status"]) == ("booked", "noshow")
    assert missed["meta"]["versionId"] != booked["meta"]["versionId"]
    day = starts.date().isoformat()
    assert await found(house, f"/fhir/Appointment?date={day}", ELM_TREE) == [missed]
    assert await found(house, "/fhir/Appointment?date=lt2026", ELM_TREE) == []
    assert await found(house, "/fhir/Appointment", "safety-ZTA") == []
    deeds = await found(house, f"/fhir/Provenance?target=Appointment/{booked['id']}", ELM_TREE)
    assert [deed["activity"]["coding"][0]["code"] for deed in deeds] == ["appointment.booked"]


async def test_what_became_of_a_referral_is_told_with_who_did_it(house: House) -> None:
    referral = await a_referral(house)
    await act(house, f"/referrals/{referral}/accept", {})
    [request] = await found(house, "/fhir/ServiceRequest", ELM_TREE)

    deeds = await found(house, f"/fhir/Provenance?target=ServiceRequest/{request['id']}", ELM_TREE)

    told = {deed["activity"]["coding"][0]["code"] for deed in deeds}
    assert "referral.accepted" in told
    for deed in deeds:
        assert deed["target"][0]["reference"] == f"ServiceRequest/{request['id']}"
