"""What the capability statement declares is there, and what is there it declares."""

import re
from collections.abc import Mapping
from typing import Any

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement

from services.chassis.access import guarded_routes
from services.chassis.ids import new_id
from tests.integration.referral.conftest import COMMUNITY, EDNA, ELM_TREE, House, described
from tests.support.fhir import found, get

_ANY = str(new_id())
VALUES: Mapping[str, str] = {
    "_id": _ANY,
    "_lastUpdated": "ge2020-01-01",
    "owner": COMMUNITY,
    "performer": COMMUNITY,
    "status": "requested",
    "code": "x",
    "requisition": "x",
    "group-identifier": _ANY,
    "target": f"Task/{_ANY}",
    "recorded": "ge2020",
    "date": "le2030-01",
}


def _unnamed(method: str, path: str) -> tuple[str, str]:
    """A door whatever it calls the id in its path."""
    return method, re.sub(r"\{\w*\}", "{}", path)


async def declared(house: House) -> list[dict[str, Any]]:
    answer = await get(house, "/fhir/metadata")
    CapabilityStatement.model_validate(answer.json())
    resources: list[dict[str, Any]] = answer.json()["rest"][0]["resource"]
    return resources


async def test_every_parameter_that_is_declared_is_taken(house: House) -> None:
    await house.hear(described())
    await house.open()

    for resource in await declared(house):
        path = f"/fhir/{resource['type']}"
        for name in (parameter["name"] for parameter in resource["searchParam"]):
            target = f"target={_ANY}&" if path.endswith("Provenance") and name != "target" else ""
            async with house.client(ELM_TREE, Prefer="handling=strict") as client:
                if name == "patient":
                    answer = await client.post(f"{path}/_search", data={"patient:identifier": EDNA})
                else:
                    answer = await client.get(f"{path}?{target}{name}={VALUES[name]}")
            assert answer.status_code == 200, (path, name, answer.text)
            Bundle.model_validate(answer.json())


async def test_every_interaction_has_its_door_and_every_door_is_declared(house: House) -> None:
    doors = {
        "read": ("GET", "/fhir/{}/{{resource_id}}"),
        "search-type": ("GET", "/fhir/{}"),
        "update": ("PUT", "/fhir/{}/{{resource_id}}"),
    }
    said = {("GET", "/fhir/metadata")}
    for resource in await declared(house):
        said.add(("POST", f"/fhir/{resource['type']}/_search"))
        for interaction in resource["interaction"]:
            method, path = doors[interaction["code"]]
            said.add((method, path.format(resource["type"])))
        for operation in resource.get("operation", []):
            said.add(("GET", f"/fhir/{resource['type']}/{{}}/${operation['name']}"))
    statement = (await get(house, "/fhir/metadata")).json()
    for operation in statement["rest"][0].get("operation", []):
        said.add(("POST", f"/fhir/${operation['name']}"))

    there = {(method, path) for method, path, _ in guarded_routes(house.app)}

    assert {_unnamed(*door) for door in there if door[1].startswith("/fhir")} == {
        _unnamed(*door) for door in said
    }


async def test_anybody_may_read_what_is_offered_and_nothing_else(house: House) -> None:
    await house.open()
    stranger = {"Authorization": "Bearer unknown"}

    assert (await get(house, "/fhir/metadata", **stranger)).status_code == 200
    for resource in await declared(house):
        answer = await get(house, f"/fhir/{resource['type']}", **stranger)
        assert answer.status_code == 401
    assert await found(house, "/fhir/ServiceRequest") == []
    assert await found(house, "/fhir/Appointment") == []
