"""What becomes of a patient's message that had left when it stopped being right (scenarios S02, S04, S08)."""

from services.notify.domain.alert import Channel, State
from services.notify.domain.person import Person
from services.notify.domain.plan import Standing

DECEASED = "deceased"
RESTRICTED = "restricted"
WITHDRAWN = f"handover-{Standing.WITHDRAWN}"


def why_take_back(person: Person | None, standing: Standing, channel: Channel) -> str | None:
    """The coded reason to take a message back that has left; None when it may stand.

    A letter lies about until it is posted, so a death or a protection acts on it while its handover is open. Mail
    was read or not: only what it said can be put right, and nobody puts anything right with the dead.
    """
    if person is not None and person.deceased:
        return (
            DECEASED if channel is Channel.LETTER and standing is not Standing.COMPLETED else None
        )
    if standing is Standing.WITHDRAWN:
        return WITHDRAWN
    if person is not None and person.restricted and channel is Channel.LETTER:
        return RESTRICTED if standing is Standing.OPEN else None
    return None


def after_taking_back(reason: str) -> tuple[State, bool]:
    """Where an alert stands whose message was caught before anybody had it, and whether a person takes over."""
    if reason == RESTRICTED:
        return State.WITHHELD, True
    return State.REVOKED, False
