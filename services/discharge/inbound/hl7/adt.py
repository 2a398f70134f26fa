"""An ADT message in the ward's words (C1, C2)."""

from dataclasses import replace
from datetime import datetime

from services.discharge.domain.codes import is_death
from services.discharge.domain.statement import Person, Statement, Stay
from services.discharge.inbound.hl7.events import EVENTS
from services.discharge.inbound.hl7.formerly import read_formerly
from services.discharge.inbound.hl7.header import Header
from services.discharge.inbound.hl7.person import read_person
from services.discharge.inbound.hl7.reader import Message, Unreadable
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.hl7.stay import read_stay
from services.discharge.inbound.hl7.when import read_when
from services.discharge.inbound.limits import MOST_FLAGS
from services.discharge.inbound.profiles.profile import Profile

_TEST_RANGE = "999"


def read_adt(
    message: Message, header: Header, profile: Profile, received_at: datetime
) -> Statement:
    """What the message says.

    Raises `Unreadable` when it names no patient at all, or a merge does not say what is merged.
    """
    if "PID" not in message.heads:
        raise Unreadable(100, "PID", "PID is required")
    event = EVENTS[header.event]
    sheet = Sheet(message, profile, list(message.flags))
    if message.value(message.heads.get("EVN", []), 1) not in {"", header.event}:
        sheet.flags.append("event-mismatch:EVN-1")
    for name in ("EVN",) if not event.stay else ("EVN", "PV1"):
        if name not in message.heads:
            sheet.flags.append(f"segment-missing:{name}")
    when = read_when(sheet, event, received_at)
    person = read_person(sheet)
    provider = profile.provider or header.organisation
    stay = read_stay(sheet, event, when, provider, received_at) if event.stay else None
    formerly = read_formerly(sheet, event, person)
    if stay and formerly and not stay.visit_number:
        # A visit that moves without another number keeps the one it had.
        stay = replace(stay, visit_number=formerly.visit_number)
    person = _with_death(person, stay)
    happening = event.happening
    if stay and happening == "updated" and not (stay.visit_number or stay.admitted_at):
        # An update that names no stay is about the person alone.
        stay, happening = None, "described"
    _flag_local_segments(sheet)
    return Statement(
        happening=happening,
        happened_at=when.happened_at,
        said_at=when.said_at,
        realm=header.realm,
        source=f"{header.organisation}/{header.application}",
        person=person,
        stay=stay,
        deceased=bool(person.words.get("deceased")),
        test_patient=header.realm == "test" or (person.nhs_number or "").startswith(_TEST_RANGE),
        flags=tuple(dict.fromkeys(sheet.flags))[:MOST_FLAGS],
        formerly=formerly,
    )


def _with_death(person: Person, stay: Stay | None) -> Person:
    """A discharge because of death says so of the person; what is said beside it does not take it back."""
    if stay is None or not is_death(stay.method, stay.destination):
        return person
    words = {name: word for name, word in person.words.items() if name != "death_status"}
    return replace(person, words={**words, "deceased": True})


def _flag_local_segments(sheet: Sheet) -> None:
    """Name local segments from which nothing is read."""
    names = {name for name in sheet.message.heads if name[:1] == "Z"}
    for name in sorted(names - sheet.profile.segments):
        if len(name) == 3 and name.isascii() and name.isalnum():
            sheet.flags.append(f"local-segment:{name}")
