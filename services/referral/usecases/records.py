"""What use cases and tables hand to each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.referral.domain.facts import Fact, HandoverOpened
from services.referral.domain.handover import HandoverState, Purpose, Whole

Subject = Literal["handover", "offer", "task", "referral", "appointment"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A handover, locked, and how far its stream has got."""

    whole: Whole
    said: int
    correlation_id: UUID
    """The journey that it belongs to."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new handover and the journey that it belongs to."""

    fact: HandoverOpened
    correlation_id: UUID


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to one handover, and how far its stream has got with it."""

    whole: Whole
    facts: Sequence[Fact]
    said: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a discharge finds its stay: what was handed over, and what is known of the patient by now."""

    handover_id: UUID | None
    """The latest handover of a discharge of this stay."""
    state: HandoverState | None
    turned_away: bool
    """Whether an earlier word of this discharge started no handover."""
    known_dead: bool
    later_stay: tuple[UUID, datetime] | None
    """The first stay of the patient that began after the discharge."""


@dataclass(frozen=True, slots=True)
class Found:
    """A handover, before anything of it is locked."""

    handover_id: UUID
    spell_id: UUID
    patient_key: str
    purpose: Purpose
    state: HandoverState


@dataclass(frozen=True, slots=True)
class StopNotice:
    """A team that must say that it knows of a withdrawal."""

    notice_id: UUID
    handover_id: UUID
    team: str
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in hospital that began."""

    spell_id: UUID
    patient_key: str
    admitted_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of what happened to a handover."""

    handover_id: UUID
    at: datetime
    what: str
    subject: UUID | None = None
    team: str = ""
    by_whom: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PersonDescribed:
    """Who a patient is, for the people who look after them."""

    patient_key: str
    nhs_number: str | None
    nhs_number_verified: bool
    family: str
    given: str
    birth_date: date | None
    deceased: bool
    restricted: bool
    described_at: datetime
    death_status: str = ""
    identity_held: bool = False
    replaced_by: str | None = None
    practice: str | None = None
    """ODS code of the registered practice."""
