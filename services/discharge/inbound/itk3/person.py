"""Whom a document is about: Patient, as CareConnect writes it in STU3."""

from collections.abc import Iterator
from typing import Any

from services.discharge.domain.codes import NOT_TRACED, UNPLACED_PRACTICES, VERIFICATIONS
from services.discharge.domain.statement import Person
from services.discharge.inbound.clean import clean
from services.discharge.inbound.contacts import contact_point
from services.discharge.inbound.fhir.times import read_date, read_moment
from services.discharge.inbound.itk3.bundle import Bundle
from services.discharge.inbound.itk3.xml import Node
from services.discharge.inbound.limits import MOST_NUMBERS
from services.discharge.inbound.nhs import is_valid_nhs_number

NHS_NUMBER = "https://fhir.nhs.uk/id/nhs-number"
_SEXES = frozenset({"male", "female", "other", "unknown"})
_NOT_CURRENT = frozenset({"old", "temp", "billing"})


def read_person(document: Bundle, patient: Node, flags: list[str]) -> Person:
    """Read the patient. What cannot be used is left out and flagged, never refused."""
    number, verification, local = _numbers(patient, flags)
    born, trouble = read_date(patient.said("birthDate"))
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
    if (sex := patient.said("gender")) in _SEXES:
        words["sex"] = sex
    elif sex:
        flags.append("unknown-code:Patient.gender")
    _name_and_address(patient, words)
    _contact_points(patient, words, flags)
    _death(patient, words)
    _practice(document, patient, words, flags)
    return Person(number, local, born, words)


def _numbers(
    patient: Node, flags: list[str]
) -> tuple[str | None, str, tuple[tuple[str, str], ...]]:
    nhs, verification = None, NOT_TRACED
    local = []
    for identifier in list(patient.all("identifier"))[:MOST_NUMBERS]:
        value = clean(identifier.said("value"))
        if not value or identifier.said("use") == "old":
            continue
        system = identifier.said("system")
        if system.lower() != NHS_NUMBER:
            local.append((clean(system) or "unknown", value))
            continue
        digits = value.replace(" ", "").replace("-", "")
        if not is_valid_nhs_number(digits):
            flags.append("nhs-number-invalid:Patient.identifier")
        elif nhs is None:
            nhs, verification = digits, _verification(identifier, flags)
    if not nhs and "nhs-number-invalid:Patient.identifier" not in flags:
        flags.append("nhs-number-missing:Patient.identifier")
    return nhs, verification, tuple(local)


def _verification(identifier: Node, flags: list[str]) -> str:
    name = "Extension-CareConnect-NHSNumberVerificationStatus"
    said = coded(identifier, name) or coded(identifier, name.replace("Connect-", "Connect-GPC-"))
    if said in VERIFICATIONS:
        return said
    if said:
        flags.append("unknown-code:Patient.identifier.extension")
    return NOT_TRACED


def coded(node: Node, extension: str) -> str:
    """The first code of an extension; empty when it is not there."""
    for found in node.extensions(extension):
        if code := found.said("valueCodeableConcept", "coding", "code"):
            return clean(code)
    return ""


def _name_and_address(patient: Node, words: dict[str, Any]) -> None:
    name = _preferred(patient.all("name"), ("official", "usual", ""))
    if name is not None:
        words["name"] = {
            "family": clean(name.said("family")),
            "given": clean(name.said("given")),
            "prefix": clean(name.said("prefix")),
        }
    address = _preferred(patient.all("address"), ("home", ""))
    if address is not None:
        lines = [
            *(line.value for line in address.all("line")),
            address.said("city"),
            address.said("district"),
        ]
        words["address"] = {
            "lines": [clean(line) for line in lines if clean(line)],
            "postcode": clean(address.said("postalCode")).upper(),
        }


def _preferred(given: Iterator[Node], uses: tuple[str, ...]) -> Node | None:
    found = list(given)
    for use in uses:
        for each in found:
            if each.said("use") == use:
                return each
    return next((each for each in found if each.said("use") not in _NOT_CURRENT), None)


def _contact_points(patient: Node, words: dict[str, Any], flags: list[str]) -> None:
    found: list[dict[str, str]] = []
    for sent in list(patient.all("telecom"))[:MOST_NUMBERS]:
        system, use = sent.said("system"), sent.said("use")
        if system not in {"phone", "sms", "email"} or use == "old":
            continue
        point = contact_point(clean(sent.said("value")), mobile=use == "mobile" or system == "sms")
        if point is None:
            flags.append("unusable:Patient.telecom")
        elif point not in found:
            found.append(point)
    if found:
        words["contact_points"] = found


def _death(patient: Node, words: dict[str, Any]) -> None:
    at = patient.said("deceasedDateTime")
    moment = read_moment(at, "Patient.deceasedDateTime")
    if moment.at:
        words["deceased_at"] = moment.at.isoformat()
    if at or patient.said("deceasedBoolean") == "true":
        words["deceased"] = True


def _practice(document: Bundle, patient: Node, words: dict[str, Any], flags: list[str]) -> None:
    for reference in patient.all("generalPractitioner"):
        if practice := document.ods_code(reference):
            words["practice"] = practice
            break
    if words.get("practice", "V81999") in UNPLACED_PRACTICES:
        flags.append("practice-missing:Patient.generalPractitioner")
