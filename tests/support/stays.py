"""Tell discharge's core what hospitals say, without a database, and read what it told the world."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from schemas.event import Event
from schemas.patient import PatientDescribed
from schemas.spell import (
    SpellAdmissionCancelled,
    SpellAdmitted,
    SpellCorrected,
    SpellDischargeCancelled,
    SpellDischarged,
    SpellPatientChanged,
    SpellQuestioned,
)
from services.chassis.ids import new_id
from services.discharge.domain.identity import identify
from services.discharge.domain.statement import Formerly, Happening, Person, Statement, Stay
from services.discharge.usecases.books import Books
from services.discharge.usecases.take_in import Effect, take_in

TUESDAY = datetime(2026, 9, 8, 10, 0, tzinfo=UTC)
EDNA = "9995000105"


def at(hours: float) -> datetime:
    """So many hours after Tuesday morning."""
    return TUESDAY + timedelta(hours=hours)


def said(happening: Happening, hours: float = 0, **given: Any) -> Statement:
    """A statement about visit SP-1 of somebody known as L55, unless given otherwise."""
    stay: Stay | None = None
    if happening not in {"described", "merged", "parted"}:
        of_the_stay = {
            "provider": "ZTA",
            "visit_number": "SP-1",
            "encounter_class": "IMP",
            "discharged_at": at(hours) if happening == "discharged" else None,
            "method": "1" if happening == "discharged" else "",
        }
        names = Stay.__dataclass_fields__
        stay = Stay(**of_the_stay | {name: given[name] for name in given if name in names})
    return Statement(
        happening=happening,
        happened_at=at(hours),
        said_at=at(given.get("sent", hours)),
        realm=given.get("realm", "production"),
        source=given.get("source", "ZTA/PAS"),
        person=Person(
            given.get("nhs", EDNA),
            given.get("local", (("ZTA", "L55"),)),
            given.get("born", "1948-03-02"),
            given.get("words", {}),
        ),
        stay=stay,
        deceased=given.get("deceased", False),
        test_patient=given.get("test_patient", False),
        flags=tuple(given.get("flags", ())),
        formerly=given.get("formerly"),
    )


def key_of(system: str, value: str) -> str:
    """Readable where the real one is opaque."""
    return f"{system}:{value}"


def formerly(local: str = "L91", **given: Any) -> Formerly:
    """The retired record of a merge."""
    return Formerly(given.get("nhs"), (("ZTA", local),), given.get("visit_number", ""))


@dataclass
class Told:
    """What the world knows of a stay after everything that was published of it."""

    patient_key: str = ""
    admitted: bool = False
    discharge: dict[str, Any] | None = None
    questions: tuple[str, ...] = ()


@dataclass
class Hospital:
    """Discharge's core over books that never close; stands in for a unit of work too."""

    books: Books = field(default_factory=lambda: Books({}, {}))
    events: list[Event] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    _sequences: dict[str, int] = field(default_factory=dict)

    def publish(self, event: Event, *, stream: str, sequence: int, **_: Any) -> UUID:
        """Note an event; each stream counts without a gap."""
        assert sequence == self._sequences.get(stream, 0) + 1
        self._sequences[stream] = sequence
        self.events.append(type(event).from_bytes(event.to_bytes()))
        return new_id()

    def hear(self, *statements: Statement, fhir: bool = False) -> "Hospital":
        """Hear statements in this order."""
        for each in statements:
            snapshot = fhir or each.source.startswith("fhir")
            self.effects.append(
                take_in(self.books, each, identify(each, key_of), new_id(), self, snapshot=snapshot)  # type: ignore[arg-type]
            )
        return self

    @property
    def types(self) -> list[str]:
        """What was published of stays, in order."""
        return [event.type for event in self.events if event.type.startswith("spell.")]

    def described(self) -> dict[str, PatientDescribed]:
        """The last word about each patient key."""
        return {
            event.patient_key: event for event in self.events if isinstance(event, PatientDescribed)
        }

    def told(self) -> dict[UUID, Told]:
        """What the world knows of each stay. Checks that nothing is said that makes no sense."""
        known: dict[UUID, Told] = {}
        for event in self.events:
            if not hasattr(event, "spell_id"):
                continue
            told = known.setdefault(event.spell_id, Told(event.patient_key))
            if isinstance(event, SpellPatientChanged):
                assert event.previous_patient_key == told.patient_key
                told.patient_key = event.patient_key
            assert told.patient_key == event.patient_key
            _note(told, event)
        return known


def _note(told: Told, event: Event) -> None:
    match event:
        case SpellAdmitted():
            assert not told.admitted
            told.admitted = True
        case SpellAdmissionCancelled():
            assert told.admitted
            told.admitted = False
        case SpellDischarged():
            assert told.discharge is None
            told.discharge = event.model_dump(exclude={"flags", "spell_id", "patient_key"})
        case SpellCorrected():
            assert told.discharge is not None
            told.discharge = event.model_dump(exclude={"flags", "spell_id", "patient_key"})
        case SpellDischargeCancelled():
            assert told.discharge is not None
            told.discharge = None
        case SpellQuestioned():
            assert told.questions != event.questions
            told.questions = event.questions
