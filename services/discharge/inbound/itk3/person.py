"""Whom a document is about: Patient, as CareConnect writes it in STU3."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.discharge.domain.codes import UNPLACED_PRACTICES
from services.discharge.domain.statement import Person
from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.patient_words import (
    Number,
    Telecom,
    read_telecoms,
    start_person,
)
from services.discharge.inbound.fhir.times import read_moment
from services.discharge.inbound.itk3.bundle import Bundle
from services.discharge.inbound.itk3.xml import Node
from services.discharge.inbound.limits import MOST_NUMBERS

NHS_NUMBER = "https://fhir.nhs.uk/id/nhs-number"
_NOT_CURRENT = frozenset({"old", "temp", "billing"})


def read_person(document: Bundle, patient: Node, flags: list[str]) -> Person:
    """Read the patient. What cannot be used is left out and flagged, never refused."""
    sex = patient.said("gender")
    person = start_person(_numbers(patient), patient.said("birthDate"), sex, flags)
    words = dict(person.words)
    _name_and_address(patient, words)
    telecom = list(patient.all("telecom"))[:MOST_NUMBERS]
    telecoms = (
        Telecom(each.said("system"), each.said("use"), clean(each.said("value")))
        for each in telecom
    )
    read_telecoms(telecoms, words, flags)
    _death(patient, words)
    _practice(document, patient, words, flags)
    return replace(person, words=words)


def _numbers(patient: Node) -> list[Number]:
    found = []
    for identifier in list(patient.all("identifier"))[:MOST_NUMBERS]:
        value, system = clean(identifier.said("value")), identifier.said("system")
        if identifier.said("use") == "old":
            continue
        if system.lower() == NHS_NUMBER:
            found.append(Number(value, status=_status(identifier)))
        elif value:
            found.append(Number(value, clean(system) or "unknown"))
    return found


def _status(identifier: Node) -> str:
    name = "Extension-CareConnect-NHSNumberVerificationStatus"
    return coded(identifier, name) or coded(identifier, name.replace("Connect-", "Connect-GPC-"))


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
