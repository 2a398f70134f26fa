from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from tests.integration.discharge.conftest import OPERATOR, Ward, bearer
from tests.support.bundles import ENCOUNTER, HEADER, PATIENT, changed
from tests.support.hospital import a_notification, as_json

CANARY = "CANARYNAME"


def outcome_of(answer: dict[str, Any]) -> dict[str, Any]:
    if answer["resourceType"] == "OperationOutcome":
        return answer
    return next(
        entry["resource"]
        for entry in answer["entry"]
        if entry["resource"]["resourceType"] == "OperationOutcome"
    )


@pytest.mark.parametrize(
    ("body", "status", "code", "expression"),
    [
        (b"{", 400, "structure", None),
        (as_json({"resourceType": "Patient"}), 400, "structure", "Bundle"),
        (as_json(changed(("type",), "document")), 422, "value", "Bundle.type"),
        (
            as_json(changed((*ENCOUNTER, "status"), CANARY)),
            422,
            "value",
            "Bundle.entry[1].resource.status",
        ),
        (
            as_json(changed((*PATIENT, "birthDate"), CANARY)),
            422,
            "value",
            "Bundle.entry[2].resource.birthDate",
        ),
        (
            as_json(changed((*HEADER, "eventCoding", "code"), "notification-birth")),
            422,
            "not-supported",
            "Bundle.entry[0].resource.eventCoding",
        ),
        (
            as_json(changed((*HEADER, "focus"), [])),
            422,
            "required",
            "Bundle.entry[0].resource.focus",
        ),
        (as_json({"entry": [{}] * 7_000}), 413, "too-costly", None),
    ],
    ids=["cut", "kind", "type", "status", "birth", "event", "focus", "many"],
)
async def test_what_is_wrong_is_told_by_status_code_and_element(
    ward: Ward, body: bytes, status: int, code: str, expression: str | None
):
    response = await ward.post_fhir(body)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/fhir+json"
    (issue,) = outcome_of(response.json())["issue"]
    assert (issue["severity"], issue["code"]) == ("error", code)
    assert issue.get("expression") == ([expression] if expression else None)
    assert CANARY not in response.text
    (kept,) = await ward.stored()
    assert kept["body"] == body
    assert kept["place"] == (expression or "")
    assert await ward.types() == []


async def test_several_faults_are_told_at_once(ward: Ward):
    document = changed((*PATIENT, "birthDate"), CANARY)
    document["entry"][1]["resource"]["status"] = CANARY

    response = await ward.post_fhir(document)

    assert [issue["expression"] for issue in outcome_of(response.json())["issue"]] == [
        ["Bundle.entry[1].resource.status"],
        ["Bundle.entry[2].resource.birthDate"],
    ]


async def test_strangers_and_other_kinds_are_sent_away_in_the_same_words(ward: Ward):
    large = await ward.post_fhir(b" " * 2_000_000)
    kind = await ward.post_fhir(a_notification(), **{"Content-Type": "text/html"})
    role = await ward.post_fhir(a_notification(), **bearer(OPERATOR))
    del ward.http.headers["Authorization"]
    unknown = await ward.post_fhir(a_notification())

    found = [large, kind, role, unknown]
    assert [response.status_code for response in found] == [413, 415, 403, 401]
    for response in found:
        assert outcome_of(response.json())["issue"][0]["severity"] == "error"
    assert await ward.stored() == []


async def test_doubts_come_with_the_answer_and_with_the_answer_to_a_resend(ward: Ward):
    doubtful = a_notification(destination="999", end="2026-09-08")

    first, second = await ward.post_fhir(doubtful), await ward.post_fhir(doubtful)

    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    header = first.json()["entry"][0]["resource"]
    assert header["response"]["code"] == "ok"
    assert header["response"]["identifier"] == doubtful["entry"][0]["resource"]["id"]
    issues = outcome_of(first.json())["issue"]
    assert {issue["severity"] for issue in issues} == {"information"}
    assert ["Encounter.hospitalization"] in [issue["expression"] for issue in issues]


async def test_a_clash_of_ids_is_a_conflict_each_time_and_kept_once(ward: Ward):
    await ward.post_fhir(a_notification())
    other = a_notification(visit="SP-2")

    first, second = await ward.post_fhir(other), await ward.post_fhir(other)

    assert (first.status_code, second.status_code) == (409, 409)
    assert first.content == second.content
    (issue,) = outcome_of(first.json())["issue"]
    assert (issue["severity"], issue["code"]) == ("error", "duplicate")
    accepted, kept = await ward.stored()
    assert (accepted["clash"], kept["clash"]) == (False, True)
    assert len(await ward.said("spell.discharged")) == 1


async def test_a_mended_bundle_with_the_same_id_is_taken(ward: Ward):
    broken = await ward.post_fhir(changed((*ENCOUNTER, "status"), "gone"))
    mended = await ward.post_fhir(a_notification())

    assert (broken.status_code, mended.status_code) == (422, 200)
    assert len(await ward.said("spell.discharged")) == 1


async def test_what_the_statement_of_capabilities_lists_is_served(ward: Ward):
    said = (await ward.http.get("/fhir/metadata")).json()

    CapabilityStatement.model_validate(said)
    assert said["fhirVersion"] == "4.0.1"
    assert (
        said["software"]["version"]
        == (await ward.http.get("/openapi.json")).json()["info"]["version"]
    )
    definitions = {f"#{each['id']}": each for each in said["contained"]}
    for message in said["messaging"][0]["supportedMessage"]:
        coding = definitions[message["definition"]]["eventCoding"]
        document = changed((*HEADER, "eventCoding"), coding, id=coding["code"])
        for format_ in said["format"]:
            kind = format_ if "/" in format_ else f"application/{format_}"
            response = await ward.post_fhir(document, **{"Content-Type": kind})
            assert response.status_code == 200, (coding, kind)
    for operation in said["rest"][0]["operation"]:
        path = f"/fhir/${operation['name']}"
        assert operation["definition"].endswith(operation["name"])
        assert (await ward.http.post(path)).status_code == 415


async def test_what_is_served_of_fhir_is_listed(ward: Ward):
    said = (await ward.http.get("/fhir/metadata")).json()
    listed = {f"/fhir/${each['name']}" for each in said["rest"][0]["operation"]}

    paths = (await ward.http.get("/openapi.json")).json()["paths"]

    assert {path for path in paths if path.startswith("/fhir/")} == {*listed, "/fhir/metadata"}
