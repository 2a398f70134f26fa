"""What a FHIR message says of the stay: Encounter and what belongs to it (C6, C8)."""

from datetime import datetime

from services.discharge.domain.codes import (
    ASSUMED_CLASS,
    CLASSES_FHIR,
    DISCHARGE_DESTINATIONS,
    DISCHARGE_METHODS,
    INDICATORS,
    SNOMED,
)
from services.discharge.domain.statement import Happening, Stay
from services.discharge.domain.times import Moment, choose
from services.discharge.inbound.clean import clean
from services.discharge.inbound.fhir.bundle import MessageBundle
from services.discharge.inbound.fhir.models import (
    Concept,
    Condition,
    Encounter,
    Identifier,
    Location,
    Observation,
    Patient,
    Reference,
    Whereabouts,
)
from services.discharge.inbound.fhir.times import read_moment
from services.discharge.inbound.fhir.uk_core import coded, ods_code
from services.discharge.inbound.limits import MOST_DIAGNOSES

_WRONG = frozenset({"entered-in-error", "refuted", "cancelled"})
_WARD = "wa"
_MOST_STEPS = 5
"""From a bed to its ward is two or three steps."""


def class_of(encounter: Encounter, flags: list[str]) -> str:
    """`IMP`, `EMER` or `AMB`."""
    kind = CLASSES_FHIR.get(encounter.class_.code.upper())
    if kind is None and encounter.class_.code != "PRENC":
        flags.append("unknown-code:Encounter.class")
    return kind or ASSUMED_CLASS


def read_stay(
    message: MessageBundle,
    encounter: Encounter,
    patient: Patient,
    happening: Happening,
    kind: str,
    sent: Moment,
    received_at: datetime,
    flags: list[str],
) -> tuple[Stay, datetime]:
    """The stay, and as of when the message holds."""
    admitted = read_moment(encounter.period.start, "Encounter.period.start")
    left = read_moment(encounter.period.end, "Encounter.period.end")
    here = _whereabouts(encounter)
    stands = choose((*_own_times(happening, admitted, left, here), sent), received_at)
    flags += stands.flags
    if happening not in {"admitted", "registered"} and admitted.trouble:
        flags.append(f"time-{admitted.trouble}:{admitted.place}")
    if admitted.at and left.at and left.at < admitted.at:
        flags.append(f"time-before-admission:{left.place}")
    if happening == "discharged" and left.at is None:
        flags.append(f"time-taken-from-event:{left.place}")
    destination = _code(encounter.hospitalization.discharge_disposition, "dischargedestination")
    method = coded(encounter.extension, "DischargeMethod")
    _known(destination, DISCHARGE_DESTINATIONS, "Encounter.hospitalization", flags)
    _known(method, DISCHARGE_METHODS, "Encounter.extension", flags)
    stay = Stay(
        provider=_provider(message, encounter, patient, flags),
        visit_number=_visit_number(encounter, flags),
        encounter_class=kind,
        admitted_at=None if happening == "planned" else admitted.at,
        discharged_at=stands.at if happening == "discharged" else None,
        ward=_ward(message, here.location) if here else "",
        method=method,
        destination=destination,
        specialty=_code(encounter.service_type, "specialty"),
        diagnoses=_diagnoses(message, encounter, patient),
        indicators=_indicators(message, patient),
    )
    return stay, stands.at


def _own_times(
    happening: Happening, admitted: Moment, left: Moment, here: Whereabouts | None
) -> tuple[Moment, ...]:
    """The time that belongs to what happened; a snapshot holds as of when it was sent."""
    if happening == "discharged":
        return (left,)
    if happening in {"admitted", "registered"}:
        return (admitted,)
    if happening == "moved" and here and here.status in {"", "active"}:
        return (read_moment(here.period.start, "Encounter.location.period.start"),)
    return ()


def _whereabouts(encounter: Encounter) -> Whereabouts | None:
    """Where the patient is, else was last: what is active, else what began last, else what stands last."""
    places = [each for each in encounter.location if each.status not in {"planned", "reserved"}]
    if not places:
        return None
    order = range(len(places))
    best = max(
        order,
        key=lambda number: (
            places[number].status == "active",
            places[number].status != "completed",
            places[number].period.start or "",
            number,
        ),
    )
    return places[best]


def _ward(message: MessageBundle, reference: Reference) -> str:
    """The ward by its code, as HL7 v2 has it in PV1-3, else by its name; a bed or bay leads to its ward."""
    place = message.resolve(reference, Location)
    if place is None:
        named = reference.identifier.value if reference.identifier else ""
        return clean(named or reference.display)
    step: Location | None = place
    for _ in range(_MOST_STEPS):
        if step is None:
            break
        if any(coding.code == _WARD for coding in step.physical_type.coding):
            place = step
            break
        step = message.resolve(step.part_of, Location)
    return next((clean(each.value) for each in place.identifier if each.value), clean(place.name))


def _provider(
    message: MessageBundle, encounter: Encounter, patient: Patient, flags: list[str]
) -> str:
    for reference in (
        encounter.service_provider,
        message.header.sender,
        message.header.responsible,
        patient.managing_organization,
    ):
        if provider := ods_code(message, reference):
            return provider
    flags.append("provider-missing:Encounter.serviceProvider")
    return ""


def _visit_number(encounter: Encounter, flags: list[str]) -> str:
    """The hospital provider spell, where an identifier says that it is one; else the first."""
    numbers = [each for each in encounter.identifier if each.value and each.use != "old"]
    if not numbers:
        flags.append("visit-number-missing:Encounter.identifier")
        return ""
    return clean(min(numbers, key=_not_a_spell).value)


def _not_a_spell(identifier: Identifier) -> int:
    if any(coding.code == "VN" for coding in identifier.type.coding):
        return 0
    system = identifier.system.lower()
    return 0 if "spell" in system else 1 if "visit" in system else 2


def _known(code: str, known: frozenset[str], place: str, flags: list[str]) -> None:
    if code and code not in known:
        flags.append(f"unknown-code:{place}")


def _code(concept: Concept, system: str) -> str:
    """The code of a system whose name contains that word; else the first."""
    codes = [coding for coding in concept.coding if coding.code]
    wanted = [coding for coding in codes if system in coding.system.lower()]
    return next((clean(coding.code) for coding in (*wanted, *codes)), "")


def _diagnoses(
    message: MessageBundle, encounter: Encounter, patient: Patient
) -> tuple[tuple[str, str], ...]:
    """The conditions that the stay names; when it names none, all that came with it."""
    named = [message.resolve(each.condition, Condition) for each in encounter.diagnosis]
    conditions = [each for each in named if each is not None] or message.all(Condition)
    found = dict.fromkeys(
        (clean(coding.system), clean(coding.code))
        for condition in conditions
        if message.is_about(condition.subject, patient)
        and not any(coding.code in _WRONG for coding in condition.verification_status.coding)
        for coding in condition.code.coding
        if coding.code
    )
    return tuple(found)[:MOST_DIAGNOSES]


def _indicators(message: MessageBundle, patient: Patient) -> tuple[tuple[str, float], ...]:
    found = []
    for observation in message.all(Observation):
        if observation.status in _WRONG or not message.is_about(observation.subject, patient):
            continue
        codes = {coding.code for coding in observation.code.coding if coding.system == SNOMED}
        quantity = observation.value_quantity.value if observation.value_quantity else None
        score = observation.value_integer if observation.value_integer is not None else quantity
        if score is not None and abs(score) < 1e6:
            found += [(code, float(score)) for code in sorted(codes & INDICATORS)]
    return tuple(found[:MOST_DIAGNOSES])
