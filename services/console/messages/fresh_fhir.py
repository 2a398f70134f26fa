"""The moments and names inside a FHIR message Bundle, found so that they can be replaced."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from services.console.messages.message import FhirMessage

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)\Z")
_UUID = re.compile(r"(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z")


def visit(message: FhirMessage) -> str:
    """The hospital's number of the stay; empty when there is none."""
    return next((entry.get("value", "") for entry in _encounter(message).get("identifier", ())), "")


def discharged_at(message: FhirMessage) -> datetime | None:
    """When the patient left, if the message says so to the minute."""
    end = _encounter(message).get("period", {}).get("end", "")
    return datetime.fromisoformat(end) if _INSTANT.match(end) else None


def latest_moment(message: FhirMessage) -> datetime | None:
    """The last thing that the message says happened."""
    return max(
        (datetime.fromisoformat(text) for text in _texts(message.bundle) if _INSTANT.match(text)),
        default=None,
    )


def renew(
    message: FhirMessage, shift: timedelta, seed: UUID, stay: Callable[[str], str]
) -> FhirMessage:
    """The same message, said anew: every moment moved by `shift`, every uuid replaced by one made from `seed`."""
    number = visit(message)

    def change(text: str) -> str:
        if _INSTANT.match(text):
            return (datetime.fromisoformat(text) + shift).isoformat()
        if found := _UUID.match(text):
            return text.replace(found[1], str(uuid5(seed, found[1])))
        return stay(text) if number and text == number else text

    return replace(message, bundle=_mapped(message.bundle, change))


def _encounter(message: FhirMessage) -> dict[str, Any]:
    resources = (entry.get("resource", {}) for entry in message.bundle.get("entry", ()))
    return next((found for found in resources if found.get("resourceType") == "Encounter"), {})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(inner, change) for key, inner in value.items()}
    if isinstance(value, list):
        return [_mapped(inner, change) for inner in value]
    return value
