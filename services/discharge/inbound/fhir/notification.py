"""A notification of admission, transfer or discharge in the ward's words (C6)."""

from dataclasses import replace
from datetime import datetime

from services.discharge.domain.codes import is_death
from services.discharge.domain.statement import Person, Realm, Statement
from services.discharge.domain.times import Moment, choose
from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.bundle import Faulty, Issue, MessageBundle
from services.discharge.inbound.fhir.happenings import EVENTS, HAPPENINGS, happening_of
from services.discharge.inbound.fhir.models import Encounter, Patient
from services.discharge.inbound.fhir.person import read_person
from services.discharge.inbound.fhir.stay import class_of, read_stay
from services.discharge.inbound.fhir.times import read_moment
from services.discharge.inbound.fhir.uk_core import ods_code
from services.discharge.inbound.limits import MOST_FLAGS

_TEST_TAGS = frozenset({"HTEST"})
"""v3-ActReason: the message is a test."""
_TEMPORARY_RESIDENCE = "29"


def read_notification(message: MessageBundle, received_at: datetime) -> Statement:
    """What the message says. Raises `Faulty` when it is not a notification about a patient's stay."""
    encounter, patient = _about(message)
    flags: list[str] = []
    kind = class_of(encounter, flags)
    happening = happening_of(message.header.event_coding.code, encounter, kind, flags)
    sent = read_moment(message.bundle.timestamp, "Bundle.timestamp")
    said_at = _said_at(sent, received_at, flags)
    stay, happened_at = read_stay(
        message, encounter, patient, happening, kind, sent, received_at, flags
    )
    person = read_person(
        message,
        patient,
        flags,
        day=said_at.date().isoformat(),
        temporary=stay.destination == _TEMPORARY_RESIDENCE,
    )
    person, deceased = _with_death(person, is_death(stay.method, stay.destination))
    realm: Realm = "test" if _is_test(message, patient) else "production"
    return Statement(
        happening=happening,
        happened_at=happened_at,
        said_at=said_at,
        realm=realm,
        source=f"{stay.provider}/{clean(message.header.source.endpoint)}",
        person=person,
        stay=stay,
        deceased=deceased,
        test_patient=realm == "test" or (person.nhs_number or "").startswith("999"),
        flags=tuple(dict.fromkeys(flags))[:MOST_FLAGS],
    )


def sender_of(message: MessageBundle) -> str:
    """ODS code of who sends; empty when it is not said."""
    return ods_code(message, message.header.sender)


def _about(message: MessageBundle) -> tuple[Encounter, Patient]:
    """The stay and the patient. Raises `Faulty` with everything that is missing for that."""
    header = "Bundle.entry[0].resource"
    issues = []
    event = message.header.event_coding
    if event.system != EVENTS or event.code not in HAPPENINGS:
        place = f"{header}.eventCoding"
        issues.append(Issue("not-supported", f"{place}: not an event that is taken here", place))
    found = (message.resolve(reference, Encounter) for reference in message.header.focus)
    encounter = next((each for each in found if each is not None), None)
    patient = message.resolve(encounter.subject, Patient) if encounter else None
    if encounter is None:
        place = f"{header}.focus"
        issues.append(Issue("required", f"{place}: its Encounter is not in the message", place))
    elif patient is None:
        place = f"{message.place_of(encounter)}.subject"
        issues.append(Issue("required", f"{place}: its Patient is not in the message", place))
    if issues or encounter is None or patient is None:
        raise Faulty(issues, message.header)
    return encounter, patient


def _said_at(sent: Moment, received_at: datetime, flags: list[str]) -> datetime:
    """When it was sent; a time that cannot be is replaced by the time of receipt."""
    if sent.at is None and not sent.trouble:
        flags.append(f"time-missing:{sent.place}")
    chosen = choose((sent,), received_at)
    flags += [flag for flag in chosen.flags if flag != "time-of-receipt"]
    return chosen.at


def _with_death(person: Person, died_here: bool) -> tuple[Person, bool]:
    deceased = died_here or bool(person.words.get("deceased"))
    if deceased:
        person = replace(person, words={**person.words, "deceased": True})
    return person, deceased


def _is_test(message: MessageBundle, patient: Patient) -> bool:
    marked = (message.bundle.meta, message.header.meta, patient.meta)
    return any(label.code in _TEST_TAGS for meta in marked for label in (*meta.tag, *meta.security))
