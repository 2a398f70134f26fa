"""What a notification is about: its event, and what the Encounter says of itself (C6)."""

from services.discharge.domain.statement import Happening
from services.discharge.inbound.fhir.models import Encounter

EVENTS = "http://hl7.org/fhir/us/davinci-alerts/CodeSystem/notification-event"
HAPPENINGS: dict[str, Happening] = {
    "notification-admit": "admitted",
    "notification-transfer": "moved",
    "notification-discharge": "discharged",
}
"""What an event is about when the Encounter agrees with it."""

_BY_STATUS: dict[str, Happening] = {
    "planned": "planned",
    "onleave": "on-leave",
    "cancelled": "admission-cancelled",
    "entered-in-error": "voided",
}
"""States that leave no doubt, whatever the event."""
_PRE_ADMISSION = "PRENC"
MISMATCH = "status-mismatch:Encounter.status"


def happening_of(event: str, encounter: Encounter, kind: str, flags: list[str]) -> Happening:
    """What the message is about; what does not fit together is flagged.

    The guide has no event for a cancellation: an Encounter that goes on after it was finished is one, so a
    notification of a discharge that says so is a snapshot of a stay that goes on.
    """
    plain = HAPPENINGS[event]
    status, has_end = encounter.status, encounter.period.end is not None
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status == "finished":
        return _finished(plain, has_end=has_end, flags=flags)
    if plain == "discharged":
        # A status that nobody knows contradicts nothing; one that says "still here" does.
        flags.append(MISMATCH)
        return "discharged" if has_end or status == "unknown" else "in-progress"
    if has_end or status == "unknown":
        flags.append(MISMATCH)
    if plain == "admitted":
        return _admitted(encounter, kind)
    return plain


def _finished(plain: Happening, *, has_end: bool, flags: list[str]) -> Happening:
    if plain == "discharged" or has_end:
        return "discharged"
    flags.append(MISMATCH)
    return "updated"


def _admitted(encounter: Encounter, kind: str) -> Happening:
    if encounter.class_.code == _PRE_ADMISSION:
        return "planned"
    return "admitted" if kind == "IMP" else "registered"
