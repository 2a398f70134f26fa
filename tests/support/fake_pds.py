"""A national record of people who do not exist: speaks as PDS does (FHIR R4 over HTTP), and fails on demand."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

API_KEY = "key of the fake national record"
BASE = "/personal-demographics/FHIR/R4"

_CORE = "https://fhir.hl7.org.uk"
_ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
_SPINE = "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode"
_GATEWAY = "https://fhir.nhs.uk/CodeSystem/NHSD-API-ErrorOrWarningCode"
_PATH = re.compile(re.escape(BASE) + r"/Patient/([^/?#]+)")
_PHRASES = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}

Trouble = Literal["", "too-many", "failing", "slow", "cut-off", "rubbish"]

DEATHS = {
    "1": "Informal - death notice received via an update from a local NHS Organisation",
    "2": "Formal - death notice received from Registrar of Deaths",
    "U": "Removed",
}


def a_patient(
    number: str,
    *,
    family: str = "Shaw",
    given: str = "Peter",
    practice: str = "Z90001",
    pharmacy: str = "FZZ01",
    died: str = "",
    death_status: str = "",
    security: str = "U",
    verification: str = "01",
) -> dict[str, Any]:
    """One person's record, in full; of a restricted person without whereabouts."""
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "id": number,
        "identifier": [
            {
                "system": "https://fhir.nhs.uk/Id/nhs-number",
                "value": number,
                "extension": [
                    {
                        "url": f"{_CORE}/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                        "valueCodeableConcept": _concept(
                            "NHSNumberVerificationStatus",
                            verification,
                            "Number present and verified",
                        ),
                    }
                ],
            }
        ],
        "meta": {
            "versionId": "2",
            "security": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
                    "code": security,
                    "display": {"U": "unrestricted", "R": "restricted"}.get(security, "other"),
                }
            ],
        },
        "name": [
            {
                "id": "123",
                "use": "usual",
                "period": {"start": "2020-01-01"},
                "given": [given],
                "family": family,
                "prefix": ["Mr"],
            }
        ],
        "gender": "male",
        "birthDate": "1944-10-22",
    }
    if security == "U":
        patient |= _whereabouts(practice, pharmacy)
    if died:
        patient["deceasedDateTime"] = died
    if death_status:
        patient.setdefault("extension", []).append(_death(death_status))
    return patient


def outcome(
    code: str, kind: str, display: str, *, system: str = _SPINE, version: bool = True
) -> dict[str, Any]:
    """An OperationOutcome as PDS and the gateway before it write them."""
    coding = {"system": system, "code": code, "display": display}
    if version:
        coding["version"] = "1"
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": kind, "details": {"coding": [coding]}}],
    }


@dataclass
class FakePds:
    """What the record holds, what ails it, and what it was asked."""

    url: str = ""
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    superseded: dict[str, str] = field(default_factory=dict)
    invalidated: set[str] = field(default_factory=set)
    trouble: Trouble = ""
    asked: list[str] = field(default_factory=list)
    """The numbers, in the order of the questions."""
    talks: list[Any] = field(default_factory=list, repr=False)

    def holds(self, patient: dict[str, Any]) -> None:
        self.people[patient["id"]] = patient

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request on one connection."""
        self.talks.append(asyncio.current_task())
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._converse(reader, writer)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        _, path, _ = head[0].split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in head[1:] if line)
        }
        status, more, body = self._decide(path, headers)
        if self.trouble == "slow":
            await reader.read()
            return
        content = b"<html>" if self.trouble == "rubbish" else json.dumps(body).encode()
        more = {
            "Content-Type": "application/fhir+json",
            "Content-Length": str(len(content)),
            "Connection": "close",
            **more,
        }
        lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, 'Trouble')}"]
        lines += [f"{name}: {value}" for name, value in more.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        writer.write(content[: len(content) // 2] if self.trouble == "cut-off" else content)
        await writer.drain()

    def _decide(
        self, path: str, headers: dict[str, str]
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        found = _PATH.fullmatch(path)
        if found is None:
            return 404, {}, {"fault": {"faultstring": "Unable to identify proxy"}}
        if headers.get("apikey") != API_KEY:
            return 401, {}, outcome("ACCESS_DENIED", "forbidden", "Missing or invalid key")
        try:
            request_id = str(UUID(headers.get("x-request-id", "")))
        except ValueError:
            return 400, {}, outcome("MISSING_VALUE", "required", "Required value is missing")
        echo = {"X-Request-ID": request_id}
        self.asked.append(found[1])
        if self.trouble == "too-many":
            said = outcome(
                "TOO_MANY_REQUESTS",
                "throttled",
                "You have exceeded your application's rate limit.",
                system=_GATEWAY,
                version=False,
            )
            return 429, {**echo, "Retry-After": "1"}, said
        if self.trouble == "failing":
            return 503, echo, outcome("DOWNSTREAM_DOMAIN_ERROR", "transient", "Try again later")
        return self._look_up(found[1], echo)

    def _look_up(
        self, number: str, echo: dict[str, str]
    ) -> tuple[int, dict[str, str], dict[str, Any]]:
        if number in self.invalidated:
            display = (
                "Resource that has been marked as invalid was requested"
                " - invalid resources cannot be retrieved"
            )
            return 404, echo, outcome("INVALIDATED_RESOURCE", "processing", display)
        patient = self.people.get(self.superseded.get(number, number))
        if patient is None:
            return 404, echo, outcome("RESOURCE_NOT_FOUND", "not_found", "Resource not found")
        return 200, {**echo, "ETag": 'W/"2"'}, patient


@asynccontextmanager
async def a_fake_pds() -> AsyncIterator[FakePds]:
    """A national record that listens until the block ends."""
    fake = FakePds()
    server = await asyncio.start_server(fake.answer, "127.0.0.1", 0)
    fake.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}{BASE}"
    try:
        yield fake
    finally:
        server.close()
        if fake.talks:
            await asyncio.wait(fake.talks, timeout=5)


def _concept(name: str, code: str, display: str) -> dict[str, Any]:
    system = f"{_CORE}/CodeSystem/UKCore-{name}"
    return {"coding": [{"system": system, "version": "1.0.0", "code": code, "display": display}]}


def _whereabouts(practice: str, pharmacy: str) -> dict[str, Any]:
    where: dict[str, Any] = {
        "address": [
            {
                "id": "456",
                "period": {"start": "2020-01-01"},
                "use": "home",
                "line": ["4 Hill Road", "", "", "Fellside", ""],
                "postalCode": "ZZ99 3VZ",
            }
        ]
    }
    if practice:
        where["generalPractitioner"] = [
            {
                "id": "254406A3",
                "type": "Organization",
                "identifier": {
                    "system": _ODS,
                    "value": practice,
                    "period": {"start": "2020-01-01"},
                },
            }
        ]
    if pharmacy:
        where["extension"] = [
            {
                "url": f"{_CORE}/StructureDefinition/Extension-UKCore-NominatedPharmacy",
                "valueReference": {"identifier": {"system": _ODS, "value": pharmacy}},
            }
        ]
    return where


def _death(status: str) -> dict[str, Any]:
    return {
        "url": f"{_CORE}/StructureDefinition/Extension-UKCore-DeathNotificationStatus",
        "extension": [
            {
                "url": "deathNotificationStatus",
                "valueCodeableConcept": _concept("DeathNotificationStatus", status, DEATHS[status]),
            },
            {"url": "systemEffectiveDate", "valueDateTime": "2026-09-17T00:00:00+00:00"},
        ],
    }
