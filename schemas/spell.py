"""What discharge says of a spell: one stay in hospital."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from schemas.event import Event, Fact
from schemas.topics import SPELLS


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


class SpellDischarged(Event):
    """A patient left hospital (HL7 A03, FHIR `notification-discharge`): the baton must now be passed."""

    type: ClassVar[str] = "spell.discharged"
    topic: ClassVar[str] = SPELLS

    spell_id: UUID
    provider: str
    """ODS code of the hospital."""
    encounter_class: str
    """`IMP`, `EMER` or `AMB`."""
    admitted_at: datetime | None = None
    discharged_at: datetime
    """UTC. Where the source gave no usable time: when it recorded the event, with a flag."""
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
    deceased: bool = False
    test_patient: bool = False
    """True: must not reach a live team or patient outside a test environment (hazard H17)."""
    flags: tuple[str, ...] = ()
    """Data-quality findings, for example `unknown-code:PV1-37`."""
