"""What discharge says of a spell: one stay in hospital."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from schemas.event import Event, Fact
from schemas.topics import SPELLS

Question = Literal["discharge-times-differ", "discharged-again-or-late", "cancelled-elsewhere"]
"""`discharge-times-differ`: sources give times hours apart; the earliest stands. `discharged-again-or-late`: a
discharge was sent after the cancellation, but is dated before it. `cancelled-elsewhere`: one source cancelled the
discharge of another."""


class Coding(Fact):
    """A code from a named system, kept as the source sent it."""

    system: str = ""
    code: str


class Indicator(Fact):
    """A coded observation with a number, for example a Clinical Frailty Scale score."""

    code: str
    value: float


class SpellAdmitted(Event):
    """A patient was admitted (HL7 A01, FHIR `notification-admit`)."""

    type: ClassVar[str] = "spell.admitted"
    topic: ClassVar[str] = SPELLS

    spell_id: UUID
    provider: str
    """ODS code of the hospital."""
    encounter_class: str
    """`IMP`, `EMER` or `AMB`."""
    admitted_at: datetime | None = None
    """UTC; None when the source gave only a date."""
    specialty: str = ""
    flags: tuple[str, ...] = ()
    """Data-quality findings, for example `unknown-code:PV1-2`."""


class _Departure(Event):
    """What is known of a patient's leaving hospital: the whole of it each time."""

    spell_id: UUID
    provider: str
    """ODS code of the hospital."""
    ward: str = ""
    """The ward that discharged, as the source names it."""
    encounter_class: str
    """`IMP`, `EMER` or `AMB`."""
    admitted_at: datetime | None = None
    discharged_at: datetime
    """UTC; the earliest that a source stands by. Where none gave a usable time: when it recorded the event, with a flag."""
    discharge_method: str = ""
    """NHS Data Dictionary discharge method, as sent; 4 and 5 mean death."""
    discharge_destination: str = ""
    """NHS Data Dictionary discharge destination, as sent; 79 means death."""
    specialty: str = ""
    practice: str | None = None
    """ODS code of the registered practice."""
    pharmacy: str | None = None
    """ODS code of the nominated pharmacy."""
    diagnoses: tuple[Coding, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    age: int | None = None
    """Whole years at discharge, where the birth date is known."""
    deceased: bool = False
    test_patient: bool = False
    """True: must not reach a live team or patient outside a test environment (hazard H17)."""
    flags: tuple[str, ...] = ()
    """Data-quality findings, for example `unknown-code:PV1-37`."""


class SpellDischarged(_Departure):
    """A patient left hospital (HL7 A03, FHIR `notification-discharge`): the baton must now be passed.

    Said again for the same spell only after `spell.discharge_cancelled`; that is then another discharge.
    """

    type: ClassVar[str] = "spell.discharged"
    topic: ClassVar[str] = SPELLS


class SpellCorrected(_Departure):
    """More, or something else, is known of the discharge that stands; replaces what was said of it."""

    type: ClassVar[str] = "spell.corrected"
    topic: ClassVar[str] = SPELLS


class SpellDischargeCancelled(Event):
    """The discharge that stood does not stand any more: whatever it set off must be undone (hazard H07)."""

    type: ClassVar[str] = "spell.discharge_cancelled"
    topic: ClassVar[str] = SPELLS

    spell_id: UUID
    cancelled_at: datetime
    """When the source says that it was cancelled (UTC)."""
    reason: Literal["discharge-cancelled", "admission-cancelled", "entered-in-error"]
    """`discharge-cancelled` (A13): still in hospital. The others (A11, A23): the stay itself does not count."""


class SpellAdmissionCancelled(Event):
    """The admission that was said does not count (A11, A23)."""

    type: ClassVar[str] = "spell.admission_cancelled"
    topic: ClassVar[str] = SPELLS

    spell_id: UUID
    cancelled_at: datetime
    reason: Literal["admission-cancelled", "entered-in-error"]


class SpellQuestioned(Event):
    """What the sources say of a stay does not fit together, and a person has to look: all questions that are open."""

    type: ClassVar[str] = "spell.questioned"
    topic: ClassVar[str] = SPELLS

    spell_id: UUID
    provider: str
    """ODS code of the hospital, whose ward answers."""
    questions: tuple[Question, ...]
    """Replaces what was asked before; empty: later messages have answered."""
    asked_at: datetime


class SpellPatientChanged(Event):
    """The stay belongs to another patient key now; published under the new key.

    `identified`: the NHS number became known. `merged`, `unmerged`: two records are, or are not, one person.
    `moved`: the visit was on the wrong record (A45).
    """

    type: ClassVar[str] = "spell.patient_changed"
    topic: ClassVar[str] = SPELLS

    spell_id: UUID
    previous_patient_key: str
    reason: Literal["identified", "merged", "unmerged", "moved"]
    changed_at: datetime
