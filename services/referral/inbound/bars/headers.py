"""The headers of a message: who it is for, what it is, and what makes a resend a resend."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson

from services.referral.inbound.bars.faults import Fault

_TARGET = "NHSD-Target-Identifier"
_CONTEXT_PARTS = 4


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers say."""

    request_id: UUID
    """New for each message, the same when it is sent again."""
    correlation_id: UUID
    """The same in the whole conversation."""
    target: str = ""
    """The service that is meant; empty: the message itself says it."""
    context: tuple[str, ...] = ()
    """Use case, category, event and reason, where they are given."""


def read_headers(headers: Mapping[str, str]) -> Headers:
    """Raises `Fault` for what is missing or malformed."""
    return Headers(
        request_id=_guid(headers, "X-Request-Id"),
        correlation_id=_guid(headers, "X-Correlation-Id"),
        target=_target(headers.get(_TARGET.lower(), "")),
        context=_context(headers.get("use-context", "")),
    )


def _guid(headers: Mapping[str, str], name: str) -> UUID:
    said = headers.get(name.lower(), "")
    if not said:
        raise Fault(400, f"The header {name} is required", issue="required")
    try:
        return UUID(said)
    except ValueError:
        raise Fault(400, f"The header {name} is not a GUID") from None


def _target(said: str) -> str:
    if not said:
        return ""
    try:
        target = orjson.loads(base64.b64decode(said, validate=True))
        value = target["value"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise Fault(400, f"The header {_TARGET} is not base64 of an identifier in JSON") from None
    if not isinstance(value, str):
        raise Fault(400, f"The header {_TARGET} is not base64 of an identifier in JSON")
    return value.strip()


def _context(said: str) -> tuple[str, ...]:
    if not said:
        return ()
    parts = tuple(part.strip() for part in said.split("|"))
    if len(parts) != _CONTEXT_PARTS:
        raise Fault(400, "The header use-context takes usecase|category|event|reason")
    return parts
