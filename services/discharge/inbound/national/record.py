"""A person's national record, as PDS writes it in FHIR R4, into a message at the door (C5, C8, P07, P10)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from time import perf_counter
from typing import Any

import orjson

from services.chassis.ids import new_id
from services.discharge.domain.codes import UNPLACED_PRACTICES, VERIFICATIONS
from services.discharge.domain.message import ACCEPTED, Incoming, Sender
from services.discharge.domain.national import LAGGING_TRIES, Due, Found, Missing
from services.discharge.domain.patient import NATIONAL
from services.discharge.domain.statement import Formerly, Person, Statement, Words
from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.times import read_moment
from services.discharge.inbound.nhs import is_valid_nhs_number

ORGANISATION = "X26"
"""NHS England, which keeps the record."""

_CONFLICT, _NO_MATCH = "05", "04"
_OPEN = frozenset({"U", "N"})
_DEATHS = {"1": "informal", "2": "formal", "U": "removed"}
_REMOVED = "removed"
_ODS = "https://fhir.nhs.uk/id/ods-organization-code"
_NHS = "https://fhir.nhs.uk/id/nhs-number"
_LONGEST_CODE = 10


def read_record(reply: Found | Missing, due: Due, received_at: datetime) -> Incoming | None:
    """Read a reply. None: it says nothing that can be used, yet; it should be asked for again."""
    started = perf_counter()
    asked = due.nhs_number or ""
    if isinstance(reply, Missing):
        kind = "national-record-invalidated" if reply.invalidated else "national-record-missing"
        said = {"nhs_number_verification": _CONFLICT if reply.invalidated else _NO_MATCH}
        number = asked
        flags: tuple[str, ...] = (f"{kind}:Patient",)
    else:
        patient = _patient(reply.body)
        number = str(patient.get("id", ""))
        if not is_valid_nhs_number(number):
            return None
        said = _words(patient)
        if due.death and "death_status" not in said:
            if due.tries < LAGGING_TRIES:
                return None
            said["death_status"] = _REMOVED
        taken_back = said.get("death_status") == _REMOVED
        flags = ("death-taken-back:Patient.extension",) if taken_back else ()
    statement = _statement(due, received_at, number, said, flags)
    return Incoming(
        message_id=new_id(),
        received_at=received_at,
        sender=Sender("pds", ORGANISATION, due.source, due.event_id),
        arrived_by="national",
        handed_in_by=due.handed_in_by,
        event=due.type,
        body=reply.body,
        digest=sha256(reply.body).digest(),
        answer=ACCEPTED,
        statement=statement,
        flags=statement.flags,
        read_seconds=perf_counter() - started,
    )


def _statement(
    due: Due, received_at: datetime, number: str, said: Words, flags: tuple[str, ...]
) -> Statement:
    superseded = number != due.nhs_number
    return Statement(
        happening="merged" if superseded else "described",
        happened_at=due.happened_at,
        said_at=received_at,
        realm="production",
        source=NATIONAL,
        person=Person(number, (), None, said),
        stay=None,
        deceased=said.get("deceased") is True,
        test_patient=number.startswith("999"),
        flags=flags,
        formerly=Formerly(nhs_number=due.nhs_number) if superseded else None,
    )


def _patient(body: bytes) -> Mapping[str, Any]:
    try:
        found = orjson.loads(body)
    except ValueError:
        return {}
    is_patient = isinstance(found, dict) and found.get("resourceType") == "Patient"
    return found if is_patient else {}


def _words(patient: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"identifiers": [{"system": "nhs", "value": str(patient["id"])}]}
    if verification := _verification(patient):
        said["nhs_number_verification"] = verification
    if name := _current(patient, "name", "usual"):
        said["name"] = {
            "family": _text(name.get("family")),
            "given": _text(next(iter(_texts(name.get("given"))), "")),
            "prefix": _text(next(iter(_texts(name.get("prefix"))), "")),
        }
    labels = _security(patient)
    restricted = any(label.get("code") not in _OPEN for label in labels)
    if labels:
        said["restricted"] = restricted
    if restricted:
        said["address"] = None
    else:
        said |= _whereabouts(patient)
    return said | _death(patient)


def _whereabouts(patient: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if address := _current(patient, "address", "home"):
        lines = [_text(line) for line in _texts(address.get("line"))]
        said["address"] = {
            "lines": [line for line in lines if line],
            "postcode": _text(address.get("postalCode")).upper(),
        }
    # The record is whole: what it does not name, the person does not have any more.
    surgeries = _parts(patient, "generalPractitioner")
    said["practice"] = next(filter(None, map(_ods_code, surgeries)), None)
    nominated = [each.get("valueReference") for each in _extensions(patient, "NominatedPharmacy")]
    said["pharmacy"] = next(filter(None, map(_ods_code, nominated)), None)
    return said


def _death(patient: Mapping[str, Any]) -> dict[str, Any]:
    status = next(
        (
            _DEATHS[code]
            for extension in _extensions(patient, "DeathNotificationStatus")
            for inner in (extension, *_parts(extension, "extension"))
            if (code := _code(inner)) in _DEATHS
        ),
        "",
    )
    died_at = patient.get("deceasedDateTime")
    if status == _REMOVED:
        return {"death_status": _REMOVED}
    if not status and not died_at and patient.get("deceasedBoolean") is not True:
        return {}
    said: dict[str, Any] = {"deceased": True, "death_status": status or "informal"}
    moment = read_moment(died_at if isinstance(died_at, str) else None, "Patient.deceasedDateTime")
    if moment.at:
        said["deceased_at"] = moment.at.isoformat()
    return said


def _verification(patient: Mapping[str, Any]) -> str:
    for identifier in _parts(patient, "identifier"):
        if str(identifier.get("system", "")).lower() == _NHS:
            for extension in _extensions(identifier, "NHSNumberVerificationStatus"):
                code = _code(extension)
                if code in VERIFICATIONS:
                    return code
    return ""


def _current(patient: Mapping[str, Any], element: str, use: str) -> Mapping[str, Any] | None:
    return next((each for each in _parts(patient, element) if each.get("use") == use), None)


def _security(patient: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    meta = patient.get("meta")
    return _parts(meta, "security") if isinstance(meta, dict) else []


def _ods_code(reference: Any) -> str:
    identifier = reference.get("identifier") if isinstance(reference, dict) else None
    if not isinstance(identifier, dict) or str(identifier.get("system", "")).lower() != _ODS:
        return ""
    code = _text(identifier.get("value")).upper()
    fits = code.isascii() and code.isalnum() and len(code) <= _LONGEST_CODE
    return code if fits and code not in UNPLACED_PRACTICES else ""


def _extensions(part: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """Those of a UK Core name; PDS has written its address in two ways."""
    for extension in _parts(part, "extension"):
        if str(extension.get("url", "")).endswith(f"/Extension-UKCore-{name}"):
            yield extension


def _code(extension: Mapping[str, Any]) -> str:
    concept = extension.get("valueCodeableConcept")
    codings = _parts(concept, "coding") if isinstance(concept, dict) else []
    return _text(codings[0].get("code")) if codings else ""


def _parts(part: Mapping[str, Any], element: str) -> list[Mapping[str, Any]]:
    found = part.get(element)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _texts(found: Any) -> list[str]:
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _text(found: Any) -> str:
    return clean(found) if isinstance(found, str) else ""
