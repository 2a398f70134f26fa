"""Whom a message is about."""

from dataclasses import dataclass
from datetime import date

from nhs_number.validate import is_valid

from services.referral.inbound.bars.bundle import Message
from services.referral.inbound.bars.faults import Fault
from services.referral.inbound.bars.letters import plain
from services.referral.inbound.bars.parts import Patient
from services.referral.inbound.bars.vocabulary import NHS_NUMBER

_VERIFIED = "01"
_UNRESTRICTED = frozenset({"U", "N", "HTEST"})
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a message is about."""

    nhs_number: str
    verified: bool
    family: str
    given: str
    birth_date: date | None
    deceased: bool
    restricted: bool
    practice: str | None


def read_whom(message: Message) -> Whom:
    """The patient. Raises `Fault` without a valid NHS number: a person without one is referred by telephone."""
    patient = message.one(Patient)
    for number in patient.identifier:
        digits = "".join(number.value.split()).replace("-", "")
        if number.system.lower() == NHS_NUMBER and _is_valid(digits):
            break
    else:
        raise Fault(
            422,
            "Patient.identifier must hold a valid NHS number",
            issue="required",
            place="Patient.identifier",
        )
    codes = {
        coding.code
        for extension in number.extension
        if extension.value_codeable_concept is not None
        for coding in extension.value_codeable_concept.coding
    }
    name = next((one for one in patient.name if one.use in ("official", "usual", "")), None)
    practices = (message.ods_code(one) for one in patient.general_practitioner)
    return Whom(
        nhs_number=digits,
        verified=_VERIFIED in codes,
        family=plain(name.family, 100) if name else "",
        given=plain(next((each for each in name.given if each), ""), 100) if name else "",
        birth_date=_date(patient.birth_date),
        deceased=bool(patient.deceased_boolean or patient.deceased_date_time),
        restricted=any(label.code not in _UNRESTRICTED for label in patient.meta.security),
        practice=next((code for code in practices if code), None),
    )


def _is_valid(digits: str) -> bool:
    return len(digits) == _DIGITS and digits.isascii() and bool(is_valid(digits))


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
