"""Whom an ADT message is about: PID, PD1 and the local segments, or wherever its sender writes them (C2)."""

import re
from typing import Any

from services.discharge.domain.codes import NOT_TRACED, PRESENT, UNPLACED_PRACTICES, VERIFICATIONS
from services.discharge.domain.statement import Person
from services.discharge.inbound.clean import short
from services.discharge.inbound.hl7.contacts import read_contact_points
from services.discharge.inbound.hl7.numbers import read_numbers
from services.discharge.inbound.hl7.reader import NULL, Message
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.hl7.times import read_date
from services.discharge.inbound.limits import MOST_NEEDS

SEXES = {"M": "male", "F": "female", "U": "unknown", "O": "other", "A": "other", "N": "other"}
YES = frozenset({"Y", "YES", "1", "TRUE"})
NO = frozenset({"N", "NO", "0", "FALSE"})
_USUAL_NAMES = frozenset({"", "L", "D", "U"})
_HOMES = frozenset({"", "H", "P", "L"})
_ODS = re.compile(r"[A-Z0-9]{3,10}\Z", re.ASCII)
_VERIFICATION = re.compile(r"(?:NSTS)?(0[1-8])\Z", re.ASCII)


def read_person(sheet: Sheet) -> Person:
    """Read the patient. What cannot be used is left out and flagged, never refused (C3)."""
    number, local = read_numbers(sheet, "numbers", "nhs_number")
    if not number and not any(flag.startswith("nhs-number-invalid") for flag in sheet.flags):
        sheet.flags.append(f"nhs-number-missing:{sheet.place('numbers')}")
    words: dict[str, Any] = {
        "identifiers": [
            *([{"system": "nhs", "value": number}] if number else []),
            *({"system": system, "value": value} for system, value in local),
        ]
    }
    _verification(sheet, words, number)
    born = _birth_date(sheet, words)
    _name(sheet, words)
    _sex(sheet, words)
    _address(sheet, words)
    read_contact_points(sheet, words)
    language, _ = sheet.text("language")
    if language:
        words["language"] = None if language == NULL else language
    _death(sheet, words)
    _practice(sheet, words)
    _restricted(sheet, words)
    _local_segments(sheet, words)
    return Person(number, local, born, words)


def _verification(sheet: Sheet, words: dict[str, Any], number: str | None) -> None:
    """How sure the number is; without one, why there is none, such as a newborn's (R40)."""
    sent, place = sheet.text("verification")
    found = _VERIFICATION.match(sent.upper())
    if found and not number and found[1] in PRESENT:
        return
    if found and found[1] in VERIFICATIONS:
        words["nhs_number_verification"] = found[1]
    elif sent:
        words["nhs_number_verification"] = NOT_TRACED
        if sent != NULL:
            sheet.flags.append(f"unknown-code:{place.name}")


def _birth_date(sheet: Sheet, words: dict[str, Any]) -> str | None:
    sent, place = sheet.text("birth_date")
    born, trouble = read_date(sent)
    if trouble:
        sheet.flags.append(f"date-{trouble}:{place.name}")
    if born or sent == NULL:
        words["birth_date"] = born
    return born


def _name(sheet: Sheet, words: dict[str, Any]) -> None:
    message, (raw, _) = sheet.message, sheet.raw("name")
    if raw == NULL:
        words["name"] = None
    names = message.split(raw) if raw != NULL else []
    if not names:
        return
    usual = (name for name in names if message.component(name, 7) in _USUAL_NAMES)
    name = next(usual, names[0])
    words["name"] = {
        "family": _part(message.first_part(name, 1)),
        "given": _part(message.component(name, 2)),
        "prefix": _part(message.component(name, 5)),
    }


def _sex(sheet: Sheet, words: dict[str, Any]) -> None:
    sent, place = sheet.text("sex")
    if sent == NULL:
        words["sex"] = None
    elif sent.upper() in SEXES:
        words["sex"] = SEXES[sent.upper()]
    elif sent:
        sheet.flags.append(f"unknown-code:{place.name}")


def _address(sheet: Sheet, words: dict[str, Any]) -> None:
    message, (raw, _) = sheet.message, sheet.raw("address")
    if raw == NULL:
        words["address"] = None
        return
    addresses = message.split(raw)
    if not addresses:
        return
    home = (each for each in addresses if message.component(each, 7) in _HOMES)
    address = next(home, addresses[0])
    lines = [
        _part(message.first_part(address, 1)),
        *(_part(message.component(address, number)) for number in (2, 3, 4)),
    ]
    words["address"] = {
        "lines": [line for line in lines if line],
        "postcode": _part(message.component(address, 5)).upper(),
    }


def _death(sheet: Sheet, words: dict[str, Any]) -> None:
    """Deleting the time takes a death back, which is for a person to look into (P10)."""
    moment = sheet.moment("died_at")
    dead, place = sheet.text("died")
    if moment.trouble and moment.trouble != "date-only":
        sheet.flags.append(f"time-{moment.trouble}:{moment.place}")
    if moment.at:
        words["deceased_at"] = moment.at.isoformat()
    if dead.upper() in YES or moment.at or moment.trouble == "date-only":
        words["deceased"] = True
        return
    for value, where in ((dead, place.name), (sheet.text("died_at")[0], moment.place)):
        if value == NULL:
            words["death_status"] = "removed"
            sheet.flags.append(f"death-taken-back:{where}")
    if dead.upper() in NO and "death_status" not in words:
        words["deceased"] = False
    elif dead and dead != NULL and dead.upper() not in NO:
        sheet.flags.append(f"unknown-code:{place.name}")


def _practice(sheet: Sheet, words: dict[str, Any]) -> None:
    raw, place = sheet.raw("practice")
    if raw == NULL:
        words["practice"] = None
    elif raw:
        codes = sheet.profile.codes.get("practice", {})
        parts = _practice_parts(sheet.message, raw, place.component)
        found = next(
            (code for each in parts if (code := codes.get(each, each)) and _is_ods(code)), None
        )
        if found:
            words["practice"] = found
        else:
            sheet.flags.append(f"unusable:{place.name}")
    if not words.get("practice") or words["practice"] in UNPLACED_PRACTICES:
        sheet.flags.append(f"practice-missing:{place.name or sheet.place('practice')}")


def _practice_parts(message: Message, raw: str, component: int) -> list[str]:
    """The code stands in component 3 or 10 of an XON, or alone."""
    first = message.split(raw)[:1]
    numbers = (component,) if component else (3, 10, 1)
    return [message.component(each, number).upper() for each in first for number in numbers]


def _is_ods(code: str) -> bool:
    return bool(_ODS.match(code)) and not code.isalpha()


def _restricted(sheet: Sheet, words: dict[str, Any]) -> None:
    """What is said of a visit can protect the person, and never ends the protection."""
    person, place = sheet.text("protected")
    said = person.upper()
    if said and said not in YES | NO and person != NULL:
        sheet.flags.append(f"unknown-code:{place.name}")
    if said in NO:
        words["restricted"] = False
    visit = [
        (value, one)
        for raw, one in sheet.all_raw("stay_protected")
        if (value := sheet.one("stay_protected", raw, one).upper()) and value != NULL
    ]
    for value, one in visit:
        if value not in YES | NO:
            sheet.flags.append(f"unknown-code:{one.name}")
    if said in YES or any(value not in NO for value, _ in visit):
        words["restricted"] = True


def _local_segments(sheet: Sheet, words: dict[str, Any]) -> None:
    """The nominated pharmacy, and reasonable adjustments."""
    pharmacy, place = sheet.text("pharmacy")
    if _ODS.match(pharmacy.upper()):
        words["pharmacy"] = pharmacy.upper()
    elif pharmacy == NULL:
        words["pharmacy"] = None
    elif pharmacy:
        sheet.flags.append(f"unusable:{place.name}")
    found = {
        _part(sheet.message.value(segment, one.field, one.component or 1))
        for segment, one in sheet.each("needs")[:MOST_NEEDS]
    }
    if found - {""}:
        words["needs"] = sorted(found - {""})


def _part(text: str) -> str:
    """A component; one that is deleted is empty."""
    return "" if text == NULL else short(text)
