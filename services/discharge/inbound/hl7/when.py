"""When a message says that something happened: EVN-6, the time of the event itself, EVN-2, MSH-7 (C2)."""

from dataclasses import dataclass
from datetime import datetime

from services.discharge.domain.times import Moment, choose
from services.discharge.inbound.hl7.events import AdtEvent
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.hl7.times import read_moment


@dataclass(frozen=True, slots=True)
class When:
    """The times of a message as a whole."""

    happened: Moment
    recorded: Moment
    sent: Moment
    happened_at: datetime
    said_at: datetime


def read_when(sheet: Sheet, event: AdtEvent, received_at: datetime) -> When:
    """Order it among the others. The first usable time stands; those passed over are flagged."""
    message, zone = sheet.message, sheet.profile.zone
    happened, recorded = sheet.moment("event_happened"), sheet.moment("event_recorded")
    sent = read_moment(message.value(message.segments[0], 7), "MSH-7", zone)
    own = (sheet.moment(event.own_time),) if event.own_time else ()
    order = choose((happened, *own, recorded, sent), received_at)
    sheet.flags.extend(order.flags)
    said_at = sent.at or recorded.at or received_at
    return When(happened, recorded, sent, order.at, said_at)
