"""Whom a FHIR message is about: Patient, as UK Core writes it (C8)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from services.discharge.domain.codes import UNPLACED_PRACTICES
from services.discharge.domain.statement import Person
from services.discharge.inbound.clean import clean
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
from services.discharge.inbound.fhir.patient_words import (
    Number,
    Telecom,
    read_telecoms,
    start_person,
)
from services.discharge.inbound.fhir.times import is_over, read_moment
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

_ADJUSTMENT = "NRAF"
_INTERPRETER_REQUIRED = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired"
_NOT_HOME = frozenset({"old", "temp", "billing", "work"})
_NOT_CALLED = frozenset({"old", "temp", "maiden", "anonymous"})
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
    numbers = _numbers(message, patient, day)
    person = start_person(numbers, patient.birth_date, patient.gender, flags)
    words = dict(person.words)
    _name(patient, day, words)
    _address(patient, day, words, flags, temporary=temporary)
    telecom = (each for each in patient.telecom[:MOST_NUMBERS] if not is_over(each.period, day))
    telecoms = (Telecom(each.system, each.use, clean(each.value)) for each in telecom)
    read_telecoms(telecoms, words, flags)
    _death(patient, words, flags)
    _registration(message, patient, day, words, flags)
    _needs(message, patient, words, flags)
    if patient.meta.security:
        words["restricted"] = _restricted(patient.meta.security)
    return replace(person, words=words)


def _numbers(message: MessageBundle, patient: Patient, day: str) -> list[Number]:
    found = []
    for identifier in patient.identifier[:MOST_NUMBERS]:
        value = clean(identifier.value)
        if identifier.use == "old" or is_over(identifier.period, day):
            continue
        if identifier.system.lower() in NHS_NUMBER:
            status = coded(identifier.extension, "NHSNumberVerificationStatus")
            found.append(Number(value, status=status))
        elif value:
            found.append(Number(value, _authority(message, identifier)))
    return found


def _authority(message: MessageBundle, identifier: Identifier) -> str:
    """Who numbers patients so: a hospital's own number is known by its ODS code, as in HL7 v2."""
    if any(coding.code == "MR" for coding in identifier.type.coding):
        assigner = ods_code(message, identifier.assigner)
        if assigner:
            return assigner
    return clean(identifier.system) or "unknown"


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
