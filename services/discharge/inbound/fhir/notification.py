"""`notification-admit` and `notification-discharge` in the ward's words (C6)."""

from dataclasses import replace
from datetime import datetime

from services.discharge.domain.codes import (
    ASSUMED_CLASS,
    CLASSES_FHIR,
    DISCHARGE_DESTINATIONS,
    DISCHARGE_METHODS,
    INDICATORS,
    SNOMED,
    is_death,
)
from services.discharge.domain.statement import Happening, Realm, Statement, Stay
from services.discharge.domain.times import choose
from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.bundle import Faulty, Issue, MessageBundle
from services.discharge.inbound.fhir.models import (
    Concept,
    Condition,
    Encounter,
    Observation,
    Patient,
)
from services.discharge.inbound.fhir.person import coded, ods_code, read_person
from services.discharge.inbound.fhir.times import read_moment
from services.discharge.inbound.limits import MOST_DIAGNOSES, MOST_FLAGS

EVENTS = "http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event"
HAPPENINGS: dict[str, Happening] = {
    "notification-admit": "admitted",
    "notification-discharge": "discharged",
}
_NO_STAY = frozenset({"planned", "cancelled", "entered-in-error"})
_TEST_TAGS = frozenset({"HTEST"})
"""v3-ActReason: the message is a test."""


def read_notification(message: MessageBundle, received_at: datetime) -> Statement:
    """What the message says. Raises `Faulty` when it is not a notification about a patient's stay."""
    event = message.header.event_coding
    happening = HAPPENINGS.get(event.code) if event.system == EVENTS else None
    if happening is None:
        raise _faulty(message, "not-supported", "not an event that is taken here", "eventCoding")
    encounter = _focus(message)
    patient = message.resolve(encounter.subject, Patient)
    if patient is None:
        raise _faulty(message, "required", "its Patient is not in the message", "focus[0].subject")
    flags = _status(message, encounter, happening)
    person = read_person(message, patient, flags)
    stay, happened_at = _stay(message, encounter, happening, received_at, flags)
    deceased = bool(person.words.get("deceased")) or is_death(stay.method, stay.destination)
    if deceased:
        person = replace(person, words={**person.words, "deceased": True})
    realm: Realm = "test" if _is_test(message) else "production"
    return Statement(
        happening=happening,
        happened_at=happened_at,
        said_at=read_moment(message.bundle.timestamp, "").at or received_at,
        realm=realm,
        source=f"{stay.provider}/{clean(message.header.source.endpoint)}",
        person=person,
        stay=stay,
        deceased=deceased,
        test_patient=realm == "test" or (person.nhs_number or "").startswith("999"),
        flags=tuple(dict.fromkeys(flags))[:MOST_FLAGS],
    )


def _status(message: MessageBundle, encounter: Encounter, happening: Happening) -> list[str]:
    """A stay that never was, or a discharge of somebody still in, cannot be meant; the rest is flagged."""
    left = encounter.status == "finished" or encounter.period.end is not None
    if encounter.status in _NO_STAY or (happening == "discharged" and not left):
        why = "the Encounter's status does not fit the event"
        raise _faulty(message, "business-rule", why, "focus[0].status")
    unexpected = happening == "discharged" and encounter.status != "finished"
    return ["status-mismatch:Encounter.status"] if unexpected else []


def sender_of(message: MessageBundle) -> str:
    """ODS code of who sends; empty when it is not said."""
    return ods_code(message, message.header.sender)


def _focus(message: MessageBundle) -> Encounter:
    for reference in message.header.focus:
        encounter = message.resolve(reference, Encounter)
        if encounter is not None:
            return encounter
    raise _faulty(message, "required", "its Encounter is not in the message", "focus")


def _faulty(message: MessageBundle, code: str, why: str, place: str) -> Faulty:
    expression = f"Bundle.entry[0].resource.{place}"
    return Faulty([Issue(code, f"{expression}: {why}", expression)], message.header)


def _is_test(message: MessageBundle) -> bool:
    labels = (
        *message.bundle.meta.tag,
        *message.bundle.meta.security,
        *message.header.meta.tag,
        *message.header.meta.security,
    )
    return any(label.code in _TEST_TAGS for label in labels)


def _stay(
    message: MessageBundle,
    encounter: Encounter,
    happening: Happening,
    received_at: datetime,
    flags: list[str],
) -> tuple[Stay, datetime]:
    admitted = read_moment(encounter.period.start, "Encounter.period.start")
    left = read_moment(encounter.period.end, "Encounter.period.end")
    sent = read_moment(message.bundle.timestamp, "Bundle.timestamp")
    stands = choose((left if happening == "discharged" else admitted, sent), received_at)
    flags += stands.flags
    if happening == "discharged":
        if admitted.trouble:
            flags.append(f"time-{admitted.trouble}:Encounter.period.start")
        if left.at is None:
            flags.append("time-taken-from-event:Encounter.period.end")
    kind = CLASSES_FHIR.get(encounter.class_.code)
    if kind is None:
        flags.append("unknown-code:Encounter.class")
    disposition = _first(encounter.hospitalization.discharge_disposition)
    method = coded(encounter.extension, "DischargeMethod")
    _known(disposition, DISCHARGE_DESTINATIONS, "Encounter.hospitalization", flags)
    _known(method, DISCHARGE_METHODS, "Encounter.extension", flags)
    return (
        Stay(
            provider=_provider(message, encounter, flags),
            visit_number=_visit_number(encounter, flags),
            encounter_class=kind or ASSUMED_CLASS,
            admitted_at=admitted.at,
            discharged_at=stands.at if happening == "discharged" else None,
            method=method,
            destination=disposition,
            specialty=_first(encounter.service_type),
            diagnoses=_diagnoses(message, encounter),
            indicators=_indicators(message),
        ),
        stands.at,
    )


def _provider(message: MessageBundle, encounter: Encounter, flags: list[str]) -> str:
    provider = ods_code(message, encounter.service_provider) or sender_of(message)
    if not provider:
        flags.append("provider-missing:Encounter.serviceProvider")
    return provider


def _visit_number(encounter: Encounter, flags: list[str]) -> str:
    numbers = [each for each in encounter.identifier if each.value and each.use != "old"]
    numbers.sort(key=lambda each: not any(coding.code == "VN" for coding in each.type.coding))
    if not numbers:
        flags.append("visit-number-missing:Encounter.identifier")
        return ""
    return clean(numbers[0].value)


def _known(code: str, known: frozenset[str], place: str, flags: list[str]) -> None:
    if code and code not in known:
        flags.append(f"unknown-code:{place}")


def _first(concept: Concept) -> str:
    return next((clean(coding.code) for coding in concept.coding if coding.code), "")


def _diagnoses(message: MessageBundle, encounter: Encounter) -> tuple[tuple[str, str], ...]:
    """The conditions that the stay names; when it names none, all that came with it."""
    named = [message.resolve(each.condition, Condition) for each in encounter.diagnosis]
    conditions = [each for each in named if each is not None] or message.all(Condition)
    found = dict.fromkeys(
        (clean(coding.system), clean(coding.code))
        for condition in conditions
        for coding in condition.code.coding
        if coding.code
    )
    return tuple(found)[:MOST_DIAGNOSES]


def _indicators(message: MessageBundle) -> tuple[tuple[str, float], ...]:
    found = []
    for observation in message.all(Observation):
        codes = {coding.code for coding in observation.code.coding if coding.system == SNOMED}
        quantity = observation.value_quantity.value if observation.value_quantity else None
        score = observation.value_integer if observation.value_integer is not None else quantity
        if score is not None and abs(score) < 1e6:
            found += [(code, float(score)) for code in sorted(codes & INDICATORS)]
    return tuple(found[:MOST_DIAGNOSES])
