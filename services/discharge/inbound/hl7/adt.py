"""ADT^A01 and ADT^A03 in the ward's words (C1, C2)."""

from dataclasses import replace
from datetime import datetime

from services.discharge.domain.codes import (
    ASSUMED_CLASS,
    CLASSES_V2,
    DISCHARGE_DESTINATIONS,
    DISCHARGE_METHODS,
    ICD10,
    INDICATORS,
    SNOMED,
    is_death,
)
from services.discharge.domain.statement import Happening, Statement, Stay
from services.discharge.domain.times import Moment, choose
from services.discharge.inbound.clean import short
from services.discharge.inbound.hl7.header import Header
from services.discharge.inbound.hl7.person import read_person
from services.discharge.inbound.hl7.reader import NULL, Fields, Message, Unreadable
from services.discharge.inbound.hl7.times import read_moment
from services.discharge.inbound.limits import MOST_DIAGNOSES, MOST_FLAGS

HAPPENINGS: dict[str, Happening] = {"A01": "admitted", "A03": "discharged"}

_SYSTEMS = {
    "SCT": SNOMED, "SNM": SNOMED, "SNM3": SNOMED, "SNOMED-CT": SNOMED, "SNOMED": SNOMED,
    "I10": ICD10, "ICD10": ICD10, "ICD-10": ICD10,
}  # fmt: skip
_UNDERSTOOD_LOCAL = frozenset({"ZPI", "ZRA"})


def read_adt(message: Message, header: Header, received_at: datetime) -> Statement:
    """What the message says. Raises `Unreadable` only when it names no patient at all."""
    pid = message.first("PID")
    if pid is None:
        raise Unreadable(100, "PID", "PID is required")
    flags = list(message.flags)
    evn, pv1 = _segment(message, "EVN", flags), _segment(message, "PV1", flags)
    happening = HAPPENINGS[header.event]
    times = _Times(message, evn, pv1, happening, received_at)
    flags += times.flags
    person = read_person(message, pid, flags)
    stay = _stay(message, pv1, header, times, flags)
    deceased = bool(person.words.get("deceased")) or is_death(stay.method, stay.destination)
    if deceased:
        person = replace(person, words={**person.words, "deceased": True})
    test = header.realm == "test" or bool(person.nhs_number and person.nhs_number[:3] == "999")
    if message.value(evn, 1) not in {"", header.event}:
        flags.append("event-mismatch:EVN-1")
    flags += _local(message)
    return Statement(
        happening=happening,
        happened_at=times.happened_at,
        said_at=times.said_at,
        realm=header.realm,
        source=f"{header.organisation}/{header.application}",
        person=person,
        stay=stay,
        deceased=deceased,
        test_patient=test,
        flags=tuple(dict.fromkeys(flags))[:MOST_FLAGS],
    )


class _Times:
    """The times of a message, by C2: EVN-6 first, then PV1, then when it was recorded or sent."""

    def __init__(
        self,
        message: Message,
        evn: Fields,
        pv1: Fields,
        happening: Happening,
        received_at: datetime,
    ) -> None:
        def at(segment: Fields, number: int) -> Moment:
            return read_moment(message.value(segment, number), f"{segment[0]}-{number}")

        happened, recorded = at(evn, 6), at(evn, 2)
        admitted, left = at(pv1, 44), at(pv1, 45)
        own = admitted if happening == "admitted" else left
        sent = at(message.segments[0], 7)
        self.said_at = sent.at or recorded.at or received_at
        later = (recorded, sent)
        order = choose((happened, own, *later), received_at)
        self.happened_at = order.at
        self.discharged_at: datetime | None = None
        self.admitted_at = admitted.at
        self.flags = [f"time-{admitted.trouble}:PV1-44"] if admitted.trouble else []
        if happening == "discharged":
            stands = choose((left, happened, *later), received_at)
            self.discharged_at = stands.at
            self.flags += stands.flags
            if left.at is None:
                self.flags.append("time-taken-from-event:PV1-45")
        else:
            self.admitted_at = admitted.at or happened.at
            self.flags += order.flags


def _segment(message: Message, name: str, flags: list[str]) -> Fields:
    segment = message.first(name)
    if segment is None:
        flags.append(f"segment-missing:{name}")
        return [name]
    return segment


def _stay(message: Message, pv1: Fields, header: Header, times: _Times, flags: list[str]) -> Stay:
    sent_class = message.value(pv1, 2).upper()
    if sent_class not in CLASSES_V2:
        flags.append("unknown-code:PV1-2")
    visit = short(message.value(pv1, 19))
    if not visit or visit == NULL:
        flags.append("visit-number-missing:PV1-19")
        visit = ""
    method = _code(message, pv1, 36, DISCHARGE_METHODS, flags)
    destination = _code(message, pv1, 37, DISCHARGE_DESTINATIONS, flags)
    return Stay(
        provider=header.organisation,
        visit_number=visit,
        encounter_class=CLASSES_V2.get(sent_class, ASSUMED_CLASS),
        admitted_at=times.admitted_at,
        discharged_at=times.discharged_at,
        method=method,
        destination=destination,
        specialty=short(message.value(pv1, 10)).replace(NULL, ""),
        diagnoses=_diagnoses(message),
        indicators=_indicators(message, flags),
    )


def _code(
    message: Message, pv1: Fields, number: int, known: frozenset[str], flags: list[str]
) -> str:
    code = short(message.value(pv1, number)).replace(NULL, "")
    if code and code not in known:
        flags.append(f"unknown-code:PV1-{number}")
    return code


def _diagnoses(message: Message) -> tuple[tuple[str, str], ...]:
    found = []
    for segment in message.all("DG1")[:MOST_DIAGNOSES]:
        code, system = message.value(segment, 3, 1), message.value(segment, 3, 3)
        if code and code != NULL:
            found.append((_SYSTEMS.get(system.upper(), short(system)), short(code)))
    return tuple(found)


def _indicators(message: Message, flags: list[str]) -> tuple[tuple[str, float], ...]:
    found = []
    for segment in message.all("OBX"):
        code = message.value(segment, 3)
        if code not in INDICATORS:
            continue
        try:
            score = float(message.value(segment, 5))
        except ValueError:
            flags.append("unreadable:OBX-5")
            continue
        if abs(score) < 1e6:
            found.append((code, score))
    return tuple(found[:MOST_DIAGNOSES])


def _local(message: Message) -> list[str]:
    names = {segment[0] for segment in message.segments if segment[0][:1] == "Z"}
    strange = sorted(names - _UNDERSTOOD_LOCAL)
    return [
        f"local-segment:{name}"
        for name in strange
        if len(name) == 3 and name.isascii() and name.isalnum()
    ]
