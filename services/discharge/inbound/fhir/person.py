"""Whom a FHIR message is about: Patient, as UK Core writes it (C8)."""

from collections.abc import Sequence
from typing import Any, TypeVar

from services.discharge.domain.codes import NOT_TRACED, PRESENT, UNPLACED_PRACTICES, VERIFICATIONS
from services.discharge.domain.statement import Person
from services.discharge.inbound.clean import clean
from services.discharge.inbound.contacts import contact_point
from services.discharge.inbound.fhir.bundle import MessageBundle
from services.discharge.inbound.fhir.models import (
    Address,
    Coding,
    Extension,
    Flag,
    HumanName,
    Identifier,
    Patient,
)
from services.discharge.inbound.fhir.times import is_over, read_date, read_moment
from services.discharge.inbound.fhir.uk_core import (
    INTERPRETER,
    NHS_NUMBER,
    coded,
    death_status,
    find,
    first_code,
    inner,
    ods_code,
    preferred_contact,
)
from services.discharge.inbound.limits import MOST_NEEDS, MOST_NUMBERS
from services.discharge.inbound.nhs import is_valid_nhs_number

_ADJUSTMENT = "NRAF"
_INTERPRETER_REQUIRED = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
_NOT_HOME = frozenset({"old", "temp", "billing", "work"})
_NOT_CALLED = frozenset({"old", "temp", "maiden", "anonymous"})
_SEXES = frozenset({"male", "female", "other", "unknown"})
_UNRESTRICTED = frozenset({"U", "N"})
_TEST_REASON = "HTEST"
_DEATH = {"1": "informal", "2": "formal", "U": "removed"}

Used = TypeVar("Used", HumanName, Address)


def read_person(
    message: MessageBundle, patient: Patient, flags: list[str], *, day: str, temporary: bool
) -> Person:
    """Read the patient as of an ISO day. What cannot be used is left out and flagged, never refused (C3).

    `temporary`: they leave hospital for a temporary address.
    """
    number, verification, local = _numbers(message, patient, day, flags)
    born, trouble = read_date(patient.birth_date)
    if trouble:
        flags.append(f"date-{trouble}:Patient.birthDate")
    words: dict[str, Any] = {
        "identifiers": [
            *([{"system": "nhs", "value": number}] if number else []),
            *({"system": system, "value": value} for system, value in local),
        ]
    }
    if number or verification != NOT_TRACED:
        words["nhs_number_verification"] = verification
    if born:
        words["birth_date"] = born
    if patient.gender in _SEXES:
        words["sex"] = patient.gender
    elif patient.gender:
        flags.append("unknown-code:Patient.gender")
    _name(patient, day, words)
    _address(patient, day, words, flags, temporary=temporary)
    _contact_points(patient, day, words, flags)
    _death(patient, words, flags)
    _registration(message, patient, day, words, flags)
    _needs(message, patient, words, flags)
    if patient.meta.security:
        words["restricted"] = _restricted(patient.meta.security)
    return Person(number, local, born, words)


def _numbers(
    message: MessageBundle, patient: Patient, day: str, flags: list[str]
) -> tuple[str | None, str, tuple[tuple[str, str], ...]]:
    nhs, verification = None, NOT_TRACED
    local = []
    for identifier in patient.identifier[:MOST_NUMBERS]:
        value = clean(identifier.value)
        if not value and identifier.system.lower() in NHS_NUMBER and nhs is None:
            # Why there is none, such as a newborn's (R40).
            status = _verification(identifier, flags)
            verification = NOT_TRACED if status in PRESENT else status
        if not value or identifier.use == "old" or is_over(identifier.period, day):
            continue
        if identifier.system.lower() not in NHS_NUMBER:
            local.append((_authority(message, identifier), value))
            continue
        digits = value.replace(" ", "").replace("-", "")
        if not is_valid_nhs_number(digits):
            flags.append("nhs-number-invalid:Patient.identifier")
        elif nhs is None:
            nhs, verification = digits, _verification(identifier, flags)
        elif nhs != digits:
            flags.append("conflict:Patient.identifier")
    if not nhs and "nhs-number-invalid:Patient.identifier" not in flags:
        flags.append("nhs-number-missing:Patient.identifier")
    return nhs, verification, tuple(local)


def _authority(message: MessageBundle, identifier: Identifier) -> str:
    """Who numbers patients so: a hospital's own number is known by its ODS code, as in HL7 v2."""
    if any(coding.code == "MR" for coding in identifier.type.coding):
        assigner = ods_code(message, identifier.assigner)
        if assigner:
            return assigner
    return clean(identifier.system) or "unknown"


def _verification(identifier: Identifier, flags: list[str]) -> str:
    code = coded(identifier.extension, "NHSNumberVerificationStatus")
    if code in VERIFICATIONS:
        return code
    if code:
        flags.append("unknown-code:Patient.identifier.extension")
    return NOT_TRACED


def _name(patient: Patient, day: str, words: dict[str, Any]) -> None:
    name = _preferred(patient.name, ("official", "usual", ""), _NOT_CALLED, day)
    if name:
        words["name"] = {
            "family": clean(name.family),
            "given": _first(name.given),
            "prefix": _first(name.prefix),
        }


def _first(texts: Sequence[str | None]) -> str:
    """The first that is there; null stands where a list holds an extension and no value."""
    return next((clean(text) for text in texts if text), "")


def _address(
    patient: Patient, day: str, words: dict[str, Any], flags: list[str], *, temporary: bool
) -> None:
    wanted = ("temp", "home", "") if temporary else ("home", "")
    address = _preferred(patient.address, wanted, _NOT_HOME, day)
    if address is None:
        return
    if address.use == "temp":
        flags.append("temporary:Patient.address")
    lines = [clean(line or "") for line in (*address.line, address.city, address.district)]
    words["address"] = {
        "lines": [line for line in lines if line],
        "postcode": clean(address.postal_code).upper(),
    }


def _preferred(
    given: Sequence[Used], uses: tuple[str, ...], never: frozenset[str], day: str
) -> Used | None:
    current = [each for each in given if not is_over(each.period, day)]
    for use in uses:
        for each in current:
            if each.use == use:
                return each
    return next((each for each in current if each.use not in never), None)


def _contact_points(patient: Patient, day: str, words: dict[str, Any], flags: list[str]) -> None:
    found: list[dict[str, str]] = []
    for sent in patient.telecom[:MOST_NUMBERS]:
        reaches_them = sent.system in {"phone", "sms", "email"} and sent.use != "old"
        if not reaches_them or is_over(sent.period, day):
            continue
        point = contact_point(
            clean(sent.value), mobile=sent.use == "mobile" or sent.system == "sms"
        )
        if point is None:
            flags.append("unusable:Patient.telecom")
        elif point not in found:
            found.append(point)
    if found:
        words["contact_points"] = found


def _death(patient: Patient, words: dict[str, Any], flags: list[str]) -> None:
    moment = read_moment(patient.deceased_date_time, "Patient.deceasedDateTime")
    if moment.at:
        words["deceased_at"] = moment.at.isoformat()
    code = death_status(patient.extension)
    status = _DEATH.get(code.upper(), "")
    if status:
        words["death_status"] = status
    elif code:
        flags.append("unknown-code:Patient.extension")
    if patient.deceased_boolean or patient.deceased_date_time or status in {"informal", "formal"}:
        words["deceased"] = True
    elif patient.deceased_boolean is False:
        words["deceased"] = False
    if status == "removed":
        flags.append("death-taken-back:Patient.extension")


def _registration(
    message: MessageBundle, patient: Patient, day: str, words: dict[str, Any], flags: list[str]
) -> None:
    for reference in patient.general_practitioner:
        if reference.identifier and is_over(reference.identifier.period, day):
            continue
        if practice := ods_code(message, reference):
            words["practice"] = practice
            break
    if words.get("practice", "V81999") in UNPLACED_PRACTICES:
        flags.append("practice-missing:Patient.generalPractitioner")
    nominated = find(patient.extension, "NominatedPharmacy")
    if nominated and (pharmacy := ods_code(message, nominated.value_reference)):
        words["pharmacy"] = pharmacy


def _needs(
    message: MessageBundle, patient: Patient, words: dict[str, Any], flags: list[str]
) -> None:
    """Language, interpreter, and reasonable adjustments: active flags of the national category."""
    needs = preferred_contact(patient.extension, flags)
    spoken = sorted(patient.communication, key=lambda each: not each.preferred)[:1]
    language = next((first_code(each.language) for each in spoken), "")
    nhs = find(patient.extension, "NHSCommunication")
    asked = [inner(nhs, "interpreterRequired"), *_asked(patient.extension)]
    asked += [found for each in spoken for found in _asked(each.extension)]
    if part := inner(nhs, "language"):
        language = language or first_code(part.value_codeable_concept)
    if any(part and part.value_boolean for part in asked):
        needs.add(INTERPRETER)
    if language:
        words["language"] = language
    needs |= {
        clean(coding.code)
        for flag in message.all(Flag)
        if flag.status == "active"
        and message.is_about(flag.subject, patient)
        and any(label.code == _ADJUSTMENT for about in flag.category for label in about.coding)
        for coding in flag.code.coding
    }
    if found := sorted(needs - {""}):
        words["needs"] = found[:MOST_NEEDS]


def _asked(extensions: Sequence[Extension]) -> list[Extension]:
    return [each for each in extensions if each.url == _INTERPRETER_REQUIRED]


def _restricted(labels: Sequence[Coding]) -> bool:
    """Anything but unrestricted or normal counts; a mark that the record is a test says nothing of it."""
    return any(label.code not in {*_UNRESTRICTED, _TEST_REASON} for label in labels)
