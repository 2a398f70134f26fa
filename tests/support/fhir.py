"""Asking a service for FHIR, and checking that what it answers is FHIR."""

from typing import Any, Protocol

import httpx2
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome

WARD = "ward-ZTA"


class Asked(Protocol):
    """A service that answers programs."""

    def client(self, team: str = "*", **headers: str) -> httpx2.AsyncClient: ...


async def get(house: Asked, path: str, team: str = WARD, **headers: str) -> httpx2.Response:
    async with house.client(team, **headers) as client:
        return await client.get(path)


async def found(house: Asked, path: str, team: str = WARD, **headers: str) -> list[dict[str, Any]]:
    answer = await get(house, path, team, **headers)
    assert answer.status_code == 200, answer.text
    bundle = answer.json()
    Bundle.model_validate(bundle)
    return [entry["resource"] for entry in bundle.get("entry", [])]


def refused(answer: httpx2.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    OperationOutcome.model_validate(answer.json())
    said: str = answer.json()["issue"][0]["diagnostics"]
    return said


def link(bundle: dict[str, Any], relation: str) -> str | None:
    return next((one["url"] for one in bundle["link"] if one["relation"] == relation), None)
