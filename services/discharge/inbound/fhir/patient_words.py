"""What R4 and the STU3 of ITK3 say of a Patient alike: numbers, birth date, sex, ways to reach them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.discharge.domain.codes import NOT_TRACED, PRESENT, VERIFICATIONS
from services.discharge.domain.statement import Person
from services.discharge.inbound.contacts import contact_point
from services.discharge.inbound.fhir.times import read_date
from services.discharge.inbound.nhs import is_valid_nhs_number

_SEXES = frozenset({"male", "female", "other", "unknown"})


@dataclass(frozen=True, slots=True)
class Number:
    """An identifier that holds now."""

    value: str
    authority: str = ""
    """Who numbers patients so; empty for the NHS number."""
    status: str = ""
    """How sure the NHS number is; without one, why there is none, such as a newborn's (R40)."""


@dataclass(frozen=True, slots=True)
class Telecom:
    """A way to reach somebody that holds now."""

    system: str
    use: str
    value: str


def start_person(
    numbers: Sequence[Number], birth_date: str | None, sex: str, flags: list[str]
) -> Person:
    """A person of whom this much is known; what else is read goes beside it into the words."""
    nhs, verification = _nhs_number((each for each in numbers if not each.authority), flags)
    local = tuple((each.authority, each.value) for each in numbers if each.authority)
    born, trouble = read_date(birth_date)
    if trouble:
        flags.append(f"date-{trouble}:Patient.birthDate")
    words: dict[str, Any] = {
        "identifiers": [
            *([{"system": "nhs", "value": nhs}] if nhs else []),
            *({"system": authority, "value": value} for authority, value in local),
        ]
    }
    if nhs or verification != NOT_TRACED:
        words["nhs_number_verification"] = verification
    if born:
        words["birth_date"] = born
    if sex in _SEXES:
        words["sex"] = sex
    elif sex:
        flags.append("unknown-code:Patient.gender")
    return Person(nhs, local, born, words)


def _nhs_number(numbers: Iterable[Number], flags: list[str]) -> tuple[str | None, str]:
    """The first that passes its check, and what is said of it."""
    nhs, verification = None, NOT_TRACED
    for number in numbers:
        digits = number.value.replace(" ", "").replace("-", "")
        if digits and not is_valid_nhs_number(digits):
            flags.append("nhs-number-invalid:Patient.identifier")
        elif digits and nhs is None:
            nhs, verification = digits, _verification(number, flags)
        elif digits and nhs != digits:
            flags.append("conflict:Patient.identifier")
        elif nhs is None:
            status = _verification(number, flags)
            verification = NOT_TRACED if status in PRESENT else status
    if not nhs and "nhs-number-invalid:Patient.identifier" not in flags:
        flags.append("nhs-number-missing:Patient.identifier")
    return nhs, verification


def _verification(number: Number, flags: list[str]) -> str:
    if number.status in VERIFICATIONS:
        return number.status
    if number.status:
        flags.append("unknown-code:Patient.identifier.extension")
    return NOT_TRACED


def read_telecoms(sent: Iterable[Telecom], words: dict[str, Any], flags: list[str]) -> None:
    """Read the ways to reach somebody. What cannot be one is left out and flagged."""
    found: list[dict[str, str]] = []
    for each in sent:
        if each.system not in {"phone", "sms", "email"} or each.use == "old":
            continue
        point = contact_point(each.value, mobile=each.use == "mobile" or each.system == "sms")
        if point is None:
            flags.append("unusable:Patient.telecom")
        elif point not in found:
            found.append(point)
    if found:
        words["contact_points"] = found
