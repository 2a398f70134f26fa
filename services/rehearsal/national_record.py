"""The national record of a story: what PDS would answer, of people who do not exist."""

from typing import Any

import orjson

from services.discharge.domain.national import Found, Missing, Reply
from services.rehearsal.story import Record

_CORE = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
_ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
_DEATHS = {"informal": "1", "formal": "2", "removed": "U"}


class NationalRecord:
    """Who is in it."""

    def __init__(self) -> None:
        self._people: dict[str, Record] = {}

    def holds(self, number: str, record: Record) -> None:
        """From now on it says this of a person."""
        self._people[number] = record

    async def ask(self, nhs_number: str) -> Reply:
        """What it answers."""
        record = self._people.get(nhs_number)
        if record is None:
            return Missing(b"", invalidated=False)
        return Found(orjson.dumps(_patient(nhs_number, record)))


def _patient(number: str, record: Record) -> dict[str, Any]:
    patient: dict[str, Any] = {
        "resourceType": "Patient",
        "id": number,
        "identifier": [
            {
                "system": _NUMBER,
                "value": number,
                "extension": [_extension("NHSNumberVerificationStatus", "01")],
            }
        ],
        "meta": {"security": [{"code": "R" if record.restricted else "U"}]},
        "name": [{"use": "usual", "family": record.family, "given": [record.given]}],
    }
    if record.practice and not record.restricted:
        patient["generalPractitioner"] = [_organisation(record.practice)]
    extensions: list[dict[str, Any]] = []
    if record.pharmacy and not record.restricted:
        pharmacy = {"url": f"{_CORE}NominatedPharmacy"}
        extensions.append({**pharmacy, "valueReference": _organisation(record.pharmacy)})
    if record.death:
        extensions.append(_extension("DeathNotificationStatus", _DEATHS[record.death]))
    if record.died:
        patient["deceasedDateTime"] = record.died
    return patient | ({"extension": extensions} if extensions else {})


def _extension(name: str, code: str) -> dict[str, Any]:
    return {"url": f"{_CORE}{name}", "valueCodeableConcept": {"coding": [{"code": code}]}}


def _organisation(code: str) -> dict[str, Any]:
    return {"identifier": {"system": _ODS, "value": code}}
