"""Whom an ADT message is about: PID, PD1 and the local segments (C2)."""

import re
from typing import Any

from services.discharge.domain.codes import NOT_TRACED, UNPLACED_PRACTICES, VERIFICATIONS
from services.discharge.domain.statement import Person
from services.discharge.inbound.clean import short
from services.discharge.inbound.contacts import contact_point
from services.discharge.inbound.hl7.reader import NULL, Fields, Message
from services.discharge.inbound.hl7.times import read_date, read_moment
from services.discharge.inbound.limits import MOST_NEEDS, MOST_NUMBERS
from services.discharge.inbound.nhs import is_valid_nhs_number

_SEXES = {"M": "male", "F": "female", "U": "unknown", "O": "other", "A": "other", "N": "other"}
_ODS = re.compile(r"[A-Z0-9]{3,10}\Z", re.ASCII)
_VERIFICATION = re.compile(r"(?:NSTS)?(0[1-8])\Z", re.ASCII)


def read_person(message: Message, pid: Fields, flags: list[str]) -> Person:
    """Read the patient. What cannot be used is left out and flagged, never refused (C3)."""
    number, local = _numbers(message, pid, flags)
    born = _birth_date(message, pid, flags)
    words: dict[str, Any] = {
        "identifiers": [
            *([{"system": "nhs", "value": number}] if number else []),
            *({"system": system, "value": value} for system, value in local),
        ]
    }
    if number:
        words["nhs_number_verification"] = _verification(message, pid, flags)
    if born or message.is_null(pid, 7):
        words["birth_date"] = born
    _name(message, pid, words)
    _sex(message, pid, words, flags)
    _address(message, pid, words)
    _contact_points(message, pid, words, flags)
    if language := _once(message, pid, 15):
        words["language"] = language
    _death(message, pid, words, flags)
    _registration(message, words, flags)
    _local_segments(message, words)
    return Person(number, local, born, words)


def _numbers(
    message: Message, pid: Fields, flags: list[str]
) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    nhs: str | None = None
    local: list[tuple[str, str]] = []
    for repetition in message.repetitions(pid, 3)[:MOST_NUMBERS]:
        value = message.component(repetition, 1)
        if not value or value == NULL:
            continue
        authority, kind = message.first_part(repetition, 4), message.component(repetition, 5)
        if kind.upper() == "NH" or authority.upper() == "NHS":
            digits = value.replace(" ", "").replace("-", "")
            if is_valid_nhs_number(digits):
                nhs = nhs or digits
            else:
                flags.append("nhs-number-invalid:PID-3")
        else:
            local.append((short(authority or _sender(message)), short(value)))
    if not nhs and "nhs-number-invalid:PID-3" not in flags:
        flags.append("nhs-number-missing:PID-3")
    return nhs, tuple(local)


def _sender(message: Message) -> str:
    return message.value(message.segments[0], 4).upper() or "unknown"


def _verification(message: Message, pid: Fields, flags: list[str]) -> str:
    sent = message.value(pid, 32)
    found = _VERIFICATION.match(sent.upper())
    if found and found[1] in VERIFICATIONS:
        return found[1]
    if sent:
        flags.append("unknown-code:PID-32")
    return NOT_TRACED


def _birth_date(message: Message, pid: Fields, flags: list[str]) -> str | None:
    born, trouble = read_date(message.value(pid, 7))
    if trouble:
        flags.append(f"date-{trouble}:PID-7")
    return born


def _name(message: Message, pid: Fields, words: dict[str, Any]) -> None:
    names = message.repetitions(pid, 5)
    if not names:
        return
    usual = (name for name in names if len(name) < 7 or name[6] in {"", "L", "D", "U"})
    name = next(usual, names[0])
    words["name"] = {
        "family": short(message.first_part(name, 1)),
        "given": short(message.component(name, 2)),
        "prefix": short(message.component(name, 5)),
    }


def _sex(message: Message, pid: Fields, words: dict[str, Any], flags: list[str]) -> None:
    sent = message.value(pid, 8).upper()
    if sent in _SEXES:
        words["sex"] = _SEXES[sent]
    elif sent:
        flags.append("unknown-code:PID-8")


def _address(message: Message, pid: Fields, words: dict[str, Any]) -> None:
    if message.is_null(pid, 11):
        words["address"] = None
        return
    addresses = message.repetitions(pid, 11)
    if not addresses:
        return
    home = (each for each in addresses if len(each) < 7 or each[6] in {"", "H", "P", "L"})
    address = next(home, addresses[0])
    lines = [
        message.first_part(address, 1),
        *(message.component(address, number) for number in (2, 3, 4)),
    ]
    words["address"] = {
        "lines": [short(line) for line in lines if line],
        "postcode": short(message.component(address, 5).upper()),
    }


def _contact_points(message: Message, pid: Fields, words: dict[str, Any], flags: list[str]) -> None:
    if message.is_null(pid, 13):
        words["contact_points"] = None
        return
    found = []
    for repetition in message.repetitions(pid, 13)[:MOST_NUMBERS]:
        number = message.component(repetition, 1) or message.component(repetition, 12)
        use, equipment = message.component(repetition, 2), message.component(repetition, 3)
        mail = message.component(repetition, 4) or (number if use == "NET" else "")
        if equipment in {"FX", "BP"}:
            continue
        point = contact_point(mail or number, mobile=use == "PRS" or equipment == "CP")
        if point is None:
            flags.append("unusable:PID-13")
        elif point not in found:
            found.append(point)
    if found:
        words["contact_points"] = found


def _death(message: Message, pid: Fields, words: dict[str, Any], flags: list[str]) -> None:
    if message.is_null(pid, 29) or message.is_null(pid, 30):
        flags.append("death-taken-back:PID-29")
    moment = read_moment(message.value(pid, 29), "PID-29")
    if moment.trouble and moment.trouble != "date-only":
        flags.append(f"time-{moment.trouble}:PID-29")
    if moment.at:
        words["deceased_at"] = moment.at.isoformat()
    dead = message.value(pid, 30).upper()
    if dead == "Y" or moment.at or moment.trouble == "date-only":
        words["deceased"] = True
    elif dead == "N":
        words["deceased"] = False


def _registration(message: Message, words: dict[str, Any], flags: list[str]) -> None:
    pd1 = message.first("PD1") or ["PD1"]
    if message.is_null(pd1, 3):
        words["practice"] = None
    for practice in message.repetitions(pd1, 3)[:1]:
        codes = (message.component(practice, number).upper() for number in (3, 10, 1))
        code = next((code for code in codes if _ODS.match(code) and not code.isalpha()), None)
        if code:
            words["practice"] = code
        elif not message.is_null(pd1, 3):
            flags.append("unusable:PD1-3")
    if not words.get("practice") or words["practice"] in UNPLACED_PRACTICES:
        flags.append("practice-missing:PD1-3")
    pv2 = message.first("PV2") or ["PV2"]
    protected = {message.value(pd1, 12).upper(), message.value(pv2, 22).upper()}
    if "Y" in protected:
        words["restricted"] = True
    elif "N" in protected:
        words["restricted"] = False


def _local_segments(message: Message, words: dict[str, Any]) -> None:
    """ZPI-1 names the nominated pharmacy, each ZRA-2 one reasonable adjustment."""
    zpi = message.first("ZPI")
    if zpi:
        pharmacy = message.value(zpi, 1).upper()
        if _ODS.match(pharmacy):
            words["pharmacy"] = pharmacy
        elif message.is_null(zpi, 1):
            words["pharmacy"] = None
    needs = [message.value(zra, 2) for zra in message.all("ZRA")[:MOST_NEEDS]]
    if any(needs):
        words["needs"] = sorted({short(need) for need in needs if need})


def _once(message: Message, segment: Fields, number: int) -> str:
    value = short(message.value(segment, number))
    return "" if value == NULL else value
