"""Every ADT event that is taken, what it means, and which time it happened at (C1, C2)."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from services.discharge.domain.statement import Happening

OwnTime = Literal["", "admitted_at", "discharged_at"]
Other = Literal["", "retired", "unlinked", "visit", "number"]


@dataclass(frozen=True, slots=True)
class AdtEvent:
    """One event of HL7 table 0003."""

    code: str
    happening: Happening
    meaning: str
    does: str
    """What Baton does with it, in a line of the conformance page."""
    stay: bool = True
    """Whether it is about a stay; else about the person alone."""
    own_time: OwnTime = ""
    """The field that says when it happened, where EVN-6 does not. A cancellation has none: what stands there is
    the time of what is cancelled."""
    other: Other = ""
    """What else it names: a `retired` record (MRG), an `unlinked` one (the second PID), whom a `visit` leaves (MRG), or its
    `number` before (MRG-5)."""


_EVENTS = (
    AdtEvent("A01", "admitted", "Admit", "opens the stay", own_time="admitted_at"),
    AdtEvent("A02", "moved", "Move to another ward", "changes the ward"),
    AdtEvent("A03", "discharged", "Discharge", "opens a handover", own_time="discharged_at"),
    AdtEvent(
        "A04",
        "registered",
        "Register an outpatient or emergency visit",
        "opens a visit, which is no admission",
        own_time="admitted_at",
    ),
    AdtEvent("A05", "planned", "Announce an admission", "announces the stay"),
    AdtEvent("A08", "updated", "Correct what is known", "corrects the stay and the person"),
    AdtEvent("A11", "admission-cancelled", "Cancel an admission", "takes the stay back"),
    AdtEvent("A12", "move-cancelled", "Cancel a move", "goes back to the ward before"),
    AdtEvent("A13", "discharge-cancelled", "Cancel a discharge", "withdraws the handover"),
    AdtEvent("A14", "planned", "Announce an admission, pending", "announces the stay"),
    AdtEvent("A16", "discharge-planned", "Plan a discharge", "keeps the expected time"),
    AdtEvent("A21", "on-leave", "Go on leave", "is no discharge: no clock starts"),
    AdtEvent("A22", "back-from-leave", "Come back from leave", "ends the leave"),
    AdtEvent("A23", "voided", "Delete a visit", "takes the stay back as entered in error"),
    AdtEvent("A25", "discharge-plan-cancelled", "Cancel a planned discharge", "drops the plan"),
    AdtEvent("A28", "described", "Add a person", "describes the person", stay=False),
    AdtEvent("A31", "described", "Update a person", "describes the person", stay=False),
    AdtEvent(
        "A37",
        "parted",
        "Unlink two persons",
        "undoes a merge; the second PID is the one set free",
        stay=False,
        other="unlinked",
    ),
    AdtEvent(
        "A40",
        "merged",
        "Merge two records of a person",
        "PID-3 survives, MRG-1 is retired; messages to the patient are held until somebody verifies",
        stay=False,
        other="retired",
    ),
    AdtEvent(
        "A45",
        "visit-moved",
        "Move a visit to another person",
        "files the stay under the person in PID",
        other="visit",
    ),
    AdtEvent(
        "A47",
        "merged",
        "Change a person's number",
        "as A40: the number in MRG-1 is retired",
        stay=False,
        other="retired",
    ),
    AdtEvent(
        "A50",
        "renumbered",
        "Change a visit number",
        "the stay of MRG-5 is known by PV1-19 from then on",
        other="number",
    ),
)
EVENTS = MappingProxyType({event.code: event for event in _EVENTS})
