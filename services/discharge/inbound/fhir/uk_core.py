"""UK Core extensions and identifiers, wherever they stand in a message (C5, C8)."""

import re
from collections.abc import Sequence

from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.bundle import MessageBundle
from services.discharge.inbound.fhir.models import Concept, Extension, Organization, Reference

NHS_NUMBER = frozenset({"https://fhir.nhs.uk/id/nhs-number", "urn:oid:2.16.840.1.113883.2.1.4.1"})
"""Compared without regard to case, as are those of organisations: guides print both forms."""
ODS_CODE = frozenset({"https://fhir.nhs.uk/id/ods-organization-code"})

_CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
_ODS = re.compile(r"[A-Z0-9]{3,10}\Z", re.ASCII)
_METHODS = {
    "1": "requirescontactbyletter",
    "2": "requiresvisit",
    "3": "requirescontactbytelephone",
    "4": "requirescontactbyemail",
    "5": "requirescontactbytextrelay",
    "6": "requirescontactviacarer",
    "7": "britishsignlanguageinterpreterneeded",
}
"""Preferred contact method to adjustment; 8, no telephone contact, asks for nothing."""
_FORMATS = {
    "11": "requireswritteninformationinatleast20pointsansseriffont",
    "12": "requiresinformationincontractedgrade2braille",
    "13": "requiresinformationonaudiotape",
}
"""Preferred written format to adjustment."""
INTERPRETER = "interpreterneeded"


def find(extensions: Sequence[Extension], name: str) -> Extension | None:
    """The first UK Core extension of that name."""
    return next((each for each in extensions if each.url == _CORE + name), None)


def inner(extension: Extension | None, url: str) -> Extension | None:
    """A part of an extension that is made of several."""
    parts = extension.extension if extension else ()
    return next((each for each in parts if each.url == url), None)


def first_code(concept: Concept | None) -> str:
    """The first code; empty when there is none."""
    codings = concept.coding if concept else ()
    return next((clean(coding.code) for coding in codings if coding.code), "")


def coded(extensions: Sequence[Extension], name: str) -> str:
    """The code that a UK Core extension gives; empty when it is not there."""
    extension = find(extensions, name)
    return first_code(extension.value_codeable_concept) if extension else ""


def death_status(extensions: Sequence[Extension]) -> str:
    """1 informal, 2 formal, U removed; empty when it is not there."""
    extension = find(extensions, "DeathNotificationStatus")
    part = inner(extension, "deathNotificationStatus") or extension
    return first_code(part.value_codeable_concept) if part else ""


def preferred_contact(extensions: Sequence[Extension], flags: list[str]) -> set[str]:
    """What the patient's contact preferences ask for, as reasonable adjustments (P21)."""
    extension = find(extensions, "ContactPreference")
    found = set()
    for url, known in (
        ("PreferredContactMethod", _METHODS),
        ("PreferredWrittenCommunicationFormat", _FORMATS),
    ):
        part = inner(extension, url)
        code = first_code(part.value_codeable_concept) if part else ""
        if code in known:
            found.add(known[code])
        elif code and code != "8":
            flags.append("unknown-code:Patient.extension")
    return found


def ods_code(message: MessageBundle, reference: Reference | None) -> str:
    """The ODS code of the organisation that a reference means; empty when it cannot be told."""
    organisation = message.resolve(reference, Organization)
    named = [reference.identifier] if reference and reference.identifier else []
    for identifier in (*named, *(organisation.identifier if organisation else ())):
        code = clean(identifier.value).upper()
        if identifier.system.lower() in ODS_CODE and _ODS.match(code):
            return code
    return ""
