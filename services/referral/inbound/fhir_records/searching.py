"""What a search asks for, read from its address and its body; an NHS number in an address is refused (P03)."""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

import orjson

from services.chassis.errors import Refusal
from services.referral.inbound.fhir_records.dates import read_span
from services.referral.inbound.fhir_records.parameters import (
    CONTROLS,
    DATES,
    MOST,
    NEEDED,
    SEARCHES,
    SORTS,
    USUAL,
    Parameter,
)
from services.referral.inbound.fhir_records.vocabulary import NHS_NUMBER
from services.referral.usecases.record_views import Place, Sought

Pairs = Sequence[tuple[str, str]]

_PEOPLE = frozenset({"patient", "subject"})
_LOOKS_LIKE_A_NUMBER = re.compile(r"(?<![\w.-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\w.-])", re.ASCII)
_MOST_IDS = 100
_BAD_CURSOR = "_cursor is part of a next link, and is taken as it stands there."


@dataclass(frozen=True, slots=True)
class Asked:
    """One search, and what of it may be said again in an address."""

    type: str
    sought: Sought
    said: Pairs
    patient: str = field(default="", repr=False)
    """The NHS number that it is about, where one was given."""


def refuse_identity(address: Pairs) -> None:
    """Raises `Refusal` for an address that says whom it is about."""
    for name, value in address:
        about_somebody = re.split(r"[:.]", name)[0] in _PEOPLE
        if about_somebody or (name != "_cursor" and _LOOKS_LIKE_A_NUMBER.search(value)):
            raise Refusal(
                "search.identity_in_address",
                "invalid",
                "A patient's identifier never goes into an address, because addresses are written to logs. "
                "POST it to _search as patient:identifier, or send it in the header X-Patient-Identifier.",
            )


def read_asked(
    type_: str, address: Pairs, body: Pairs, teams: Sequence[str] | None, *, strict: bool
) -> Asked:
    """The search. What nobody knows is left out, or refused where the asker wants it so (`Prefer: handling=strict`)."""
    refuse_identity(address)
    known = {parameter.name: parameter for parameter in SEARCHES[type_]}
    asked = Asked(type_, Sought(teams, USUAL), [])
    seen: set[str] = set()
    for name, value in (*address, *body):
        if "\0" in value:
            _refuse("A search parameter has a character that no text has.")
        base, _, modifier = name.partition(":")
        if not _is_known(known.get(base), base, modifier):
            if strict:
                raise Refusal(
                    "search.unknown_parameter",
                    "invalid",
                    "The search has a parameter that is not in /fhir/metadata, and asked for strict handling.",
                )
            continue
        if base in seen and base not in DATES:
            _refuse(f"{base} may stand once; separate alternatives by commas.")
        seen.add(base)
        asked = _take(asked, base, value)
        if base != "patient":
            asked = replace(asked, said=[*asked.said, (name, value)])
    needed = NEEDED.get(type_)
    if needed and needed not in seen:
        _refuse(f"{type_} is searched by {needed}.")
    return asked


def _is_known(parameter: Parameter | None, base: str, modifier: str) -> bool:
    if parameter is None:
        return base in CONTROLS and not modifier
    if not modifier:
        return not parameter.only_with_modifier
    return modifier == parameter.modifier


def _take(asked: Asked, name: str, value: str) -> Asked:
    if name == "patient":
        system, _, number = value.rpartition("|")
        if system and system.lower() != NHS_NUMBER.lower():
            _refuse("patient:identifier takes an NHS number.")
        return replace(asked, patient=number)
    return replace(asked, sought=replace(asked.sought, **_CHANGES[name](asked.sought, value)))


def _changed(sought: Sought, value: str) -> dict[str, Any]:
    since, until = read_span(value)
    return {"since": max(since, sought.since), "until": min(until, sought.until)}


def _starts(sought: Sought, value: str) -> dict[str, Any]:
    begins, ends = read_span(value)
    return {"starts": (max(begins, sought.starts[0]), min(ends, sought.starts[1]))}


def _count(_: Sought, value: str) -> dict[str, Any]:
    if not (value.isascii() and value.isdecimal() and int(value[:9])):
        _refuse(f"_count takes a number from 1 to {MOST}.")
    return {"limit": min(int(value[:9]), MOST)}


def _sort(_: Sought, value: str) -> dict[str, Any]:
    if value not in SORTS:
        _refuse("_sort takes _lastUpdated or -_lastUpdated.")
    return {"newest_first": value.startswith("-")}


def _cursor(_: Sought, value: str) -> dict[str, Any]:
    place, patient_key = read_cursor(value)
    return {"after": place, "patient_key": patient_key}


def _ids(_: Sought, value: str) -> dict[str, Any]:
    return {"ids": [_uuid(one) for one in _alternatives(value)]}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _alternatives(value: str) -> list[str]:
    """Codes, ids or references, without the systems and types that they may be written with."""
    found = [re.split(r"[|/]", one)[-1] for one in value.split(",")][:_MOST_IDS]
    if not all(found):
        _refuse("A search parameter has an empty value.")
    return found


_CHANGES: Mapping[str, Any] = {
    "_id": _ids,
    "_lastUpdated": _changed,
    "recorded": _changed,
    "date": _starts,
    "_count": _count,
    "_sort": _sort,
    "_cursor": _cursor,
    "_format": lambda *_: {},
    "owner": lambda _, value: {"owners": _alternatives(value)},
    "performer": lambda _, value: {"owners": _alternatives(value)},
    "requisition": lambda _, value: {"requisition": _alternatives(value)[0]},
    "target": lambda _, value: {"targets": [_uuid(one) for one in _alternatives(value)]},
    "status": lambda _, value: {"statuses": _alternatives(value)},
    "code": lambda _, value: {"codes": _alternatives(value)},
    "group-identifier": lambda _, value: {"handover": _uuid(_alternatives(value)[0])},
}
"""What each parameter changes."""


def write_cursor(place: Place, patient_key: str | None) -> str:
    """Where a page ended. It carries the key of the patient that was asked for, never the number."""
    at, row = place
    written = orjson.dumps([at.isoformat(), str(row), patient_key])
    return base64.urlsafe_b64encode(written).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[Place, str | None]:
    """Raises `Refusal` for what is not ours."""
    try:
        at, row, patient_key = orjson.loads(
            base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        )
        place = datetime.fromisoformat(at).astimezone(UTC), UUID(row)
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error):
        _refuse(_BAD_CURSOR)
    if not isinstance(patient_key, str | None) or "\0" in (patient_key or ""):
        _refuse(_BAD_CURSOR)
    return place, patient_key


def _refuse(sentence: str) -> NoReturn:
    raise Refusal("search.bad_parameter", "invalid", sentence)
