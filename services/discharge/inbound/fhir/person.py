"""Whom a FHIR message is about: Patient, as UK Core writes it (C8)."""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

from services.discharge.domain.codes import NOT_TRACED, UNPLACED_PRACTICES, VERIFICATIONS
from services.discharge.domain.statement import Person
from services.discharge.inbound.clean import clean
from services.discharge.inbound.contacts import contact_point
from services.discharge.inbound.fhir.bundle import MessageBundle
from services.discharge.inbound.fhir.models import (
    Address,
    Extension,
    Flag,
    HumanName,
    Identifier,
    Organization,
    Patient,
    Reference,
)
from services.discharge.inbound.fhir.times import read_date, read_moment
from services.discharge.inbound.limits import MOST_NEEDS, MOST_NUMBERS
from services.discharge.inbound.nhs import is_valid_nhs_number

NHS_NUMBER = "https://fhir.nhs.uk/id/nhs-number"
ODS_CODE = "https://fhir.nhs.uk/id/ods-organization-code"
_ADJUSTMENT = "NRAF"
_ODS = re.compile(r"[A-Z0-9]{3,10}\Z", re.ASCII)
_CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
_NOT_CURRENT = frozenset({"old", "temp", "billing"})
_SEXES = frozenset({"male", "female", "other", "unknown"})
_UNRESTRICTED = frozenset({"U", "L", "M", "N"})
_DEAD, _TAKEN_BACK = frozenset("12"), "U"

Used = TypeVar("Used", HumanName, Address)


def read_person(message: MessageBundle, patient: Patient, flags: list[str]) -> Person:
    """Read the patient. What cannot be used is left out and flagged, never refused (C3)."""
    number, verification, local = _numbers(patient, flags)
    born, trouble = read_date(patient.birth_date)
    if trouble:
        flags.append(f"date-{trouble}:Patient.birthDate")
    words: dict[str, Any] = {
        "identifiers": [
            *([{"system": "nhs", "value": number}] if number else []),
            *({"system": system, "value": value} for system, value in local),
        ]
    }
    if number:
        words["nhs_number_verification"] = verification
    if born:
        words["birth_date"] = born
    if patient.gender in _SEXES:
        words["sex"] = patient.gender
    elif patient.gender:
        flags.append("unknown-code:Patient.gender")
    _name_and_address(patient, words)
    _contact_points(patient, words, flags)
    _death(patient, words, flags)
    _registration(message, patient, words, flags)
    if patient.meta.security:
        words["restricted"] = any(
            label.code not in _UNRESTRICTED for label in patient.meta.security
        )
    return Person(number, local, born, words)


def _numbers(
    patient: Patient, flags: list[str]
) -> tuple[str | None, str, tuple[tuple[str, str], ...]]:
    nhs, verification = None, NOT_TRACED
    local = []
    for identifier in patient.identifier[:MOST_NUMBERS]:
        value = clean(identifier.value)
        if not value or identifier.use == "old":
            continue
        if identifier.system.lower() != NHS_NUMBER:
            local.append((clean(identifier.system) or "unknown", value))
            continue
        digits = value.replace(" ", "").replace("-", "")
        if not is_valid_nhs_number(digits):
            flags.append("nhs-number-invalid:Patient.identifier")
        elif nhs is None:
            nhs, verification = digits, _verification(identifier, flags)
    if not nhs and "nhs-number-invalid:Patient.identifier" not in flags:
        flags.append("nhs-number-missing:Patient.identifier")
    return nhs, verification, tuple(local)


def _verification(identifier: Identifier, flags: list[str]) -> str:
    code = coded(identifier.extension, "NHSNumberVerificationStatus")
    if code in VERIFICATIONS:
        return code
    if code:
        flags.append("unknown-code:Patient.identifier.extension")
    return NOT_TRACED


def coded(extensions: list[Extension], name: str) -> str:
    """The first code of a UK Core extension; empty when it is not there."""
    for extension in extensions:
        if extension.url == _CORE + name and extension.value_codeable_concept:
            for coding in extension.value_codeable_concept.coding:
                return clean(coding.code)
    return ""


def _name_and_address(patient: Patient, words: dict[str, Any]) -> None:
    name = _preferred(patient.name, ("official", "usual", ""))
    if name:
        words["name"] = {
            "family": clean(name.family),
            "given": clean(name.given[0] if name.given else ""),
            "prefix": clean(name.prefix[0] if name.prefix else ""),
        }
    address = _preferred(patient.address, ("home", ""))
    if address:
        lines = [clean(line) for line in (*address.line, address.city, address.district)]
        words["address"] = {
            "lines": [line for line in lines if line],
            "postcode": clean(address.postal_code).upper(),
        }


def _preferred(given: Sequence[Used], uses: tuple[str, ...]) -> Used | None:
    for use in uses:
        for each in given:
            if each.use == use:
                return each
    return next((each for each in given if each.use not in _NOT_CURRENT), None)


def _contact_points(patient: Patient, words: dict[str, Any], flags: list[str]) -> None:
    found: list[dict[str, str]] = []
    for sent in patient.telecom[:MOST_NUMBERS]:
        if sent.system not in {"phone", "sms", "email"} or sent.use == "old":
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
    status = coded(patient.extension, "DeathNotificationStatus")
    if patient.deceased_boolean or patient.deceased_date_time or status in _DEAD:
        words["deceased"] = True
    elif patient.deceased_boolean is False:
        words["deceased"] = False
    if status == _TAKEN_BACK:
        flags.append("death-taken-back:Patient.extension")


def _registration(
    message: MessageBundle, patient: Patient, words: dict[str, Any], flags: list[str]
) -> None:
    for reference in patient.general_practitioner:
        if practice := ods_code(message, reference):
            words["practice"] = practice
            break
    if words.get("practice", "V81999") in UNPLACED_PRACTICES:
        flags.append("practice-missing:Patient.generalPractitioner")
    for extension in patient.extension:
        name = extension.url.rpartition("-")[2]
        if name == "NominatedPharmacy" and extension.value_reference:
            if pharmacy := ods_code(message, extension.value_reference):
                words["pharmacy"] = pharmacy
        elif name == "NHSCommunication":
            language = _language(extension)
            if language:
                words["language"] = language
    needs = _needs(message)
    if needs:
        words["needs"] = needs


def ods_code(message: MessageBundle, reference: Reference | None) -> str:
    """The ODS code of the organisation that a reference means; empty when it cannot be told."""
    organisation = message.resolve(reference, Organization)
    named = [reference.identifier] if reference and reference.identifier else []
    for identifier in (*named, *(organisation.identifier if organisation else ())):
        code = clean(identifier.value).upper()
        if identifier.system.lower() == ODS_CODE and _ODS.match(code):
            return code
    return ""


def _language(extension: Extension) -> str:
    for inner in extension.extension:
        if inner.url == "language" and inner.value_codeable_concept:
            for coding in inner.value_codeable_concept.coding:
                return clean(coding.code)
    return ""


def _needs(message: MessageBundle) -> list[str]:
    """Reasonable adjustments: active flags of the national category."""
    found = {
        clean(coding.code)
        for flag in message.all(Flag)
        if flag.status == "active"
        and any(label.code == _ADJUSTMENT for about in flag.category for label in about.coding)
        for coding in flag.code.coding
    }
    return sorted(found - {""})[:MOST_NEEDS]
