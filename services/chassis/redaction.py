"""Keeps what identifies a person out of the log: by the name of a field, and by the look of a text."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

MASK = "[masked]"

IDENTIFYING = frozenset(
    [
        "address",
        "body",
        "contact",
        "data",
        "date_of_birth",
        "birth_date",
        "dob",
        "email",
        "family",
        "first_name",
        "forename",
        "form",
        "fullname",
        "given",
        "headers",
        "identifier",
        "identifiers",
        "input",
        "input_value",
        "key",
        "last_name",
        "line",
        "mail",
        "message_text",
        "mobile",
        "name",
        "nhs",
        "nhs_number",
        "number",
        "patient",
        "patient_name",
        "payload",
        "person",
        "phone",
        "postcode",
        "query",
        "raw",
        "record",
        "subject_name",
        "surname",
        "telecom",
        "telephone",
        "text",
        "token",
        "url",
        "value",
    ]
)
"""Fields that are dropped, whatever they hold. Say `team`, `topic`, `count`, `reason` … instead."""

_LOOKS_PRIVATE = re.compile(
    r"""
      (?P<reference> (?<!\w) [0-9a-f]{8} (?: - [0-9a-f]{4} ){3} - [0-9a-f]{12} (?!\w) )   # stays as it is
    | (?<![0-9A-Za-z]) \d{3} [ -]? \d{3} [ -]? \d{4} (?![0-9A-Za-z])                    # an NHS number
    | (?<![\w.]) (?: \+ \d{1,3} | 0 ) (?: [ ()-]{0,2} \d ){8,12} (?!\d)                # a telephone number
    | (?<![^\s@<>()"'=,;:]) [^\s@<>()"'=,;:]+ @ [^\s@<>()"',;:]+        # an e-mail address, a credential
    | \b [A-Z]{1,2} \d [A-Z\d]? [ ]* \d [A-Z]{2} \b                                    # a postcode
    """,
    re.VERBOSE | re.IGNORECASE,
)
_REPEATS_INPUT = re.compile(r"input_value=.*?(?=, input_type=|\]$|$)", re.MULTILINE | re.DOTALL)
_DATABASE_ROW = re.compile(r"^(?:DETAIL|CONTEXT|HINT):.*$", re.MULTILINE)


def mask_text(text: str) -> str:
    """The same text without what looks like an NHS number, telephone, e-mail, postcode, input or row."""
    if "input_value=" in text:
        text = _REPEATS_INPUT.sub(f"input_value={MASK}", text)
    if "DETAIL:" in text or "CONTEXT:" in text or "HINT:" in text:
        text = _DATABASE_ROW.sub(MASK, text)
    return _LOOKS_PRIVATE.sub(_mask, text)


def redact(value: Any) -> Any:
    """A value that may be logged: plain values stay, texts are masked, identifying fields are gone."""
    match value:
        case bool() | float() | None | UUID() | date():
            safe: Any = value
        case int():
            safe = MASK if _may_be_nhs_number(value) else value
        case Mapping():
            safe = redact_fields(value)
        case bytes() | bytearray() | memoryview():
            safe = f"[{len(value)} bytes]"
        case list() | tuple() | set() | frozenset():
            safe = [redact(item) for item in value]
        case _:
            safe = mask_text(str(value))
    return safe


def redact_fields(fields: Mapping[Any, Any]) -> dict[str, Any]:
    """The fields that may be logged."""
    return {
        mask_text(str(name)): redact(value)
        for name, value in fields.items()
        if str(name).lower() not in IDENTIFYING
    }


def _mask(found: re.Match[str]) -> str:
    return found[0] if found["reference"] else MASK


def _may_be_nhs_number(number: int) -> bool:
    """Ten digits with a right check digit; other numbers of ten digits are offsets and sizes."""
    digits = [int(digit) for digit in str(abs(number))]
    if len(digits) != 10:
        return False
    weighed = sum(digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True))
    return weighed % 11 == 0
