"""FHIR messages as the door reads and answers them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from services.discharge.domain.message import Answer, Outcome
from services.discharge.domain.statement import Statement
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.fhir.message import read_fhir
from services.discharge.inbound.fhir.responses import respond
from tests.support.hospital import a_notification, as_json

ARRIVAL = Arrival(datetime(2026, 9, 9, 12, 0, tzinfo=UTC), "http", "hospital")
HEADER, ENCOUNTER, PATIENT = (("entry", number, "resource") for number in range(3))
CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"


def statement(document: Any) -> Statement:
    """What an accepted message says."""
    incoming, _ = read_fhir(_bytes(document), ARRIVAL)
    assert incoming.answer.code == "AA", incoming.answer
    assert incoming.statement is not None
    return incoming.statement


def answer(document: Any, stored: Answer | None = None, **outcome: Any) -> tuple[int, Any]:
    """HTTP status and body; `stored` is what the database says of it, if something else than the reader."""
    incoming, reading = read_fhir(_bytes(document), ARRIVAL)
    done = Outcome(incoming.message_id, incoming.received_at, stored or incoming.answer)
    status, body = respond(incoming, reading, replace(done, **outcome))
    return status, json.loads(body)


def issues(document: Any) -> tuple[int, list[dict[str, Any]]]:
    """HTTP status, and the issues of the outcome wherever it stands."""
    status, body = answer(document)
    outcome = body if body["resourceType"] == "OperationOutcome" else body["entry"][1]["resource"]
    return status, outcome["issue"]


def changed(path: Sequence[Any], value: Any, **given: Any) -> dict[str, Any]:
    """The usual Bundle with one element changed; None removes it."""
    document = a_notification(**given)
    *steps, last = path
    part: Any = document
    for step in steps:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return document


def coded(name: str, code: str) -> dict[str, Any]:
    """A UK Core extension, or a part of one, with a code."""
    return {"url": name, "valueCodeableConcept": {"coding": [{"code": code}]}}


def _bytes(document: Any) -> bytes:
    return document if isinstance(document, bytes) else as_json(document)
