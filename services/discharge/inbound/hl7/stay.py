"""What an ADT message says of a stay: PV1, PV2, DG1 and OBX, or wherever its sender writes them (C2)."""

from datetime import datetime

from services.discharge.domain.codes import (
    ASSUMED_CLASS,
    CLASSES_V2,
    DISCHARGE_DESTINATIONS,
    DISCHARGE_METHODS,
    ICD10,
    INDICATORS,
    SNOMED,
)
from services.discharge.domain.statement import Stay
from services.discharge.domain.times import FURTHEST_AHEAD, choose
from services.discharge.inbound.clean import short
from services.discharge.inbound.hl7.events import AdtEvent
from services.discharge.inbound.hl7.reader import NULL
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.hl7.when import When
from services.discharge.inbound.limits import MOST_DIAGNOSES
from services.discharge.inbound.profiles.fields import FieldName

SAYS_NO_CLASS = frozenset({"P", "N", "U", "C"})
"""Classes of table 0004 that leave open what kind of visit it is: pre-admission, not applicable, unknown."""
_SYSTEMS = {
    "SCT": SNOMED, "SNM": SNOMED, "SNM3": SNOMED, "SNOMED-CT": SNOMED, "SNOMED": SNOMED,
    "I10": ICD10, "ICD10": ICD10, "ICD-10": ICD10,
}  # fmt: skip
_LARGEST_SCORE = 1e6


def read_stay(
    sheet: Sheet, event: AdtEvent, when: When, provider: str, received_at: datetime
) -> Stay:
    """Read the stay. What cannot be used is left out and flagged, never refused (C3)."""
    ward, _ = sheet.said("ward")
    specialty, _ = sheet.said("specialty")
    of_discharge = event.happening in {"discharged", "updated"}
    return Stay(
        provider=provider,
        visit_number=_visit_number(sheet),
        encounter_class=_class(sheet, event, ward, specialty),
        admitted_at=_admitted_at(sheet, event, when, received_at),
        discharged_at=_discharged_at(sheet, event, when, received_at) if of_discharge else None,
        expected_discharge_at=_usable(sheet, "expected_at", received_at),
        ward=ward,
        method=_code(sheet, "method", DISCHARGE_METHODS) if of_discharge else "",
        destination=_code(sheet, "destination", DISCHARGE_DESTINATIONS) if of_discharge else "",
        specialty=specialty,
        diagnoses=_diagnoses(sheet),
        indicators=_indicators(sheet),
    )


def _visit_number(sheet: Sheet) -> str:
    number, _ = sheet.said("visit_number")
    if not number:
        sheet.flags.append(f"visit-number-missing:{sheet.place('visit_number')}")
    return number


def _class(sheet: Sheet, event: AdtEvent, ward: str, specialty: str) -> str:
    """Empty when the message leaves it open; a discharge counts as of a stay then."""
    value, place = sheet.said("class")
    sent = value.upper()
    for rule in sheet.profile.class_rules:
        if rule.fits(sent, ward, specialty):
            return rule.counts_as
    if sent in CLASSES_V2:
        return CLASSES_V2[sent]
    if sent and sent not in SAYS_NO_CLASS:
        sheet.flags.append(f"unknown-code:{place}")
        return ASSUMED_CLASS
    if event.happening != "discharged":
        return ""
    sheet.flags.append(f"class-missing:{sheet.place('class')}")
    return ASSUMED_CLASS


def _admitted_at(
    sheet: Sheet, event: AdtEvent, when: When, received_at: datetime
) -> datetime | None:
    """When it began. What is only planned has not begun."""
    if event.happening == "planned":
        return None
    admitted = _usable(sheet, "admitted_at", received_at)
    if admitted is None and event.own_time == "admitted_at":
        return when.happened.at
    return admitted


def _discharged_at(
    sheet: Sheet, event: AdtEvent, when: When, received_at: datetime
) -> datetime | None:
    """When it ended. An update says it only where it says so itself."""
    if event.happening == "updated":
        if sheet.said("discharged_at")[0]:
            return _usable(sheet, "discharged_at", received_at)
        return None
    left = sheet.moment("discharged_at")
    stands = choose((left, when.happened, when.recorded, when.sent), received_at)
    sheet.flags.extend(stands.flags)
    if left.at is None:
        sheet.flags.append(f"time-taken-from-event:{left.place or sheet.place('discharged_at')}")
    return stands.at


def _usable(sheet: Sheet, name: FieldName, received_at: datetime) -> datetime | None:
    """A time that may be true; one far ahead is a slip of the keyboard."""
    moment = sheet.moment(name)
    if moment.trouble:
        sheet.flags.append(f"time-{moment.trouble}:{moment.place}")
    if moment.at and moment.at > received_at + FURTHEST_AHEAD:
        sheet.flags.append(f"time-in-future:{moment.place}")
        return None
    return moment.at


def _code(sheet: Sheet, name: FieldName, known: frozenset[str]) -> str:
    code, place = sheet.said(name)
    if code and code not in known:
        sheet.flags.append(f"unknown-code:{place}")
    return code


def _diagnoses(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    found, message = [], sheet.message
    for segment, place in sheet.each("diagnoses")[:MOST_DIAGNOSES]:
        code, system = (message.value(segment, place.field, part) for part in (1, 3))
        if code and code != NULL:
            found.append((_SYSTEMS.get(system.upper(), short(system)), short(code)))
    return tuple(found)


def _indicators(sheet: Sheet) -> tuple[tuple[str, float], ...]:
    found, message = [], sheet.message
    values = {place.segment: place for place in sheet.profile.places["scores"]}
    for segment, place in sheet.each("indicators"):
        code, beside = message.value(segment, place.field), values.get(place.segment)
        if code not in INDICATORS or beside is None:
            continue
        try:
            score = float(message.value(segment, beside.field))
        except ValueError:
            sheet.flags.append(f"unreadable:{beside.name}")
            continue
        if abs(score) < _LARGEST_SCORE:
            found.append((code, score))
    return tuple(found[:MOST_DIAGNOSES])
