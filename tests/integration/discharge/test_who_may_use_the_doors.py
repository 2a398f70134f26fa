from typing import Any
from uuid import uuid4

import pytest

from tests.integration.discharge.conftest import HOSPITAL, NEIGHBOUR, OPERATOR, TEAM, Ward, bearer
from tests.support.hospital import a_notification, an_adt, as_json


@pytest.mark.parametrize("token", [OPERATOR, TEAM, "stolen"])
@pytest.mark.parametrize("path", ["/hl7v2", "/fhir/$process-message"])
async def test_only_hospitals_may_post(ward: Ward, token: str, path: str):
    response = await ward.http.post(path, content=an_adt(), headers=bearer(token))

    assert response.status_code in {401, 403}
    assert await ward.stored() == []


async def test_nobody_posts_without_a_token(ward: Ward):
    del ward.http.headers["Authorization"]

    response = await ward.http.post("/hl7v2", content=an_adt())

    assert response.status_code == 401


@pytest.mark.parametrize(
    "kind",
    [
        "application/hl7-v2",
        "application/hl7-v2; charset=utf-8",
        "text/plain",
        "x-application/hl7-v2+er7",
    ],
)
async def test_hl7_over_http_is_answered_with_its_ack(ward: Ward, kind: str):
    response = await ward.post_hl7(an_adt(), **{"Content-Type": kind})

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/hl7-v2"
    assert b"MSA|AA|M1001" in response.content
    assert len(await ward.said("spell.discharged")) == 1


async def test_a_body_of_another_kind_is_sent_away(ward: Ward):
    hl7 = await ward.post_hl7(an_adt(), **{"Content-Type": "application/pdf"})
    fhir = await ward.post_fhir(a_notification(), **{"Content-Type": "application/fhir+xml"})

    assert (hl7.status_code, fhir.status_code) == (415, 415)
    assert hl7.headers["content-type"] == "application/problem+json"
    assert fhir.json()["resourceType"] == "OperationOutcome"


async def test_a_sender_sees_what_became_of_its_own_message(ward: Ward):
    posted = await ward.post_hl7(an_adt(method="9"))

    shown = await ward.show(posted.headers["location"], HOSPITAL)

    assert shown.status_code == 200
    said = shown.json()
    assert said["answer"] == {"code": "AA", "error": 0, "place": "", "text": ""}
    assert said["flags"] == ["unknown-code:PV1-36"]
    assert [event["type"] for event in said["changed"]["events"]] == [
        "patient.described",
        "spell.discharged",
    ]
    for secret in ("SHAW", "9995000245", "HILL ROAD", "01632"):
        assert secret not in shown.text


async def test_another_hospital_does_not_see_it(ward: Ward):
    posted = await ward.post_hl7(an_adt())

    assert (await ward.show(posted.headers["location"], NEIGHBOUR)).status_code == 404
    assert (await ward.show(posted.headers["location"], TEAM)).status_code == 403
    assert (await ward.show(f"/intake/messages/{uuid4()}")).status_code == 404
    assert (await ward.show("/intake/messages/nonsense")).status_code == 422


async def test_operators_see_what_came_over_the_line(ward: Ward):
    await ward.send(an_adt(type="ADT^A24"))
    (kept,) = await ward.stored()

    shown = (await ward.show(f"/intake/messages/{kept['message_id']}")).json()

    assert shown["arrived_by"] == "mllp"
    assert shown["answer"]["error"] == 201


async def test_anybody_may_ask_what_is_understood_here(ward: Ward):
    del ward.http.headers["Authorization"]

    response = await ward.http.get("/fhir/metadata")

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/fhir+json"
    assert response.json()["fhirVersion"] == "4.0.1"


class TestAListOfSenders:
    @pytest.fixture
    def given_settings(self) -> dict[str, Any]:
        return {"allowed_senders": "ztb, ZTC"}

    async def test_a_sender_that_is_not_on_it_is_rejected(self, ward: Ward):
        assert b"MSA|AR|M1001" in await ward.send(an_adt())
        assert b"MSA|AA|M1001" in await ward.send(an_adt(sender="ZTB"))


async def test_the_interface_is_described(ward: Ward):
    described = (await ward.http.get("/openapi.json")).json()

    assert {"/hl7v2", "/fhir/$process-message", "/fhir/metadata"} <= set(described["paths"])
    assert as_json(described)
