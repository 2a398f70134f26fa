"""The other record that a message names: merged away, set free again, or the visit before (MRG, the second PID)."""

from dataclasses import dataclass

from services.discharge.domain.statement import Formerly, Person
from services.discharge.inbound.hl7.events import AdtEvent
from services.discharge.inbound.hl7.numbers import Numbers, read_numbers
from services.discharge.inbound.hl7.reader import NULL, Fields, Unreadable
from services.discharge.inbound.hl7.sheet import Sheet
from services.discharge.inbound.profiles.fields import FieldName

_ONE_PATIENT = "One patient a message"
_ONE_SURVIVOR = "One surviving patient a message"
_ONE_VISIT = "One visit a message"


@dataclass(frozen=True, slots=True)
class _Group:
    """One PID with the MRG segments that follow it."""

    pid: Fields
    merged: list[Fields]


def read_formerly(sheet: Sheet, event: AdtEvent, person: Person) -> Formerly | None:
    """Read it.

    Raises `Unreadable` when the message does not name it, or names more than is done at once: half of a merge
    would be lost without a trace.
    """
    match event.other:
        case "retired":
            return _retired(sheet, person)
        case "unlinked":
            return _unlinked(sheet, person)
        case "visit":
            return _whom_it_leaves(sheet)
        case "number":
            return _number_before(sheet)
        case _:
            _check_only(sheet, person)
            return None


def _check_only(sheet: Sheet, person: Person) -> None:
    """A second patient would be lost behind the first; the same one twice does no harm."""
    for again in sheet.message.all("PID")[1:]:
        if not _is_same(read_numbers(sheet.with_first(again), "numbers", "nhs_number"), person):
            raise Unreadable(102, "PID", _ONE_PATIENT)
        sheet.flags.append("segment-repeated:PID")


def _retired(sheet: Sheet, person: Person) -> Formerly:
    place = sheet.place("retired_numbers")
    found: list[Numbers] = []
    for group in _groups(sheet):
        if not _is_same(read_numbers(sheet.with_first(group.pid), "numbers", "nhs_number"), person):
            raise Unreadable(102, place, _ONE_SURVIVOR)
        found += [
            read_numbers(sheet.with_first(merged), "retired_numbers") for merged in group.merged
        ]
    if not found:
        raise _missing(sheet, "retired_numbers")
    return _other_than(person, found, sheet, place)


def _unlinked(sheet: Sheet, person: Person) -> Formerly:
    persons = sheet.message.all("PID")
    if len(persons) < 2:
        raise Unreadable(100, "PID", "A second PID is required")
    if len(persons) > 2:
        raise Unreadable(102, "PID", "Two persons a message")
    other = read_numbers(sheet.with_first(persons[1]), "numbers", "nhs_number")
    return _other_than(person, [other], sheet, "PID-3")


def _whom_it_leaves(sheet: Sheet) -> Formerly:
    number = _visit_before(sheet)
    nhs, local = read_numbers(sheet, "retired_numbers")
    if not nhs and not local:
        raise _missing(sheet, "retired_numbers")
    if not number and sheet.text("visit_number")[0] in {"", NULL}:
        raise _missing(sheet, "retired_visit")
    return Formerly(nhs, local, number)


def _number_before(sheet: Sheet) -> Formerly:
    number = _visit_before(sheet)
    if not number:
        raise _missing(sheet, "retired_visit")
    if sheet.text("visit_number")[0] in {"", NULL}:
        raise _missing(sheet, "visit_number")
    return Formerly(visit_number=number)


def _visit_before(sheet: Sheet) -> str:
    if len(sheet.message.all("MRG")) > 1:
        raise Unreadable(102, sheet.place("retired_visit"), _ONE_VISIT)
    number, _ = sheet.text("retired_visit")
    return "" if number == NULL else number


def _groups(sheet: Sheet) -> list[_Group]:
    groups: list[_Group] = []
    for segment in sheet.message.segments:
        if segment[0] == "PID":
            groups.append(_Group(segment, []))
        elif segment[0] == "MRG" and groups:
            groups[-1].merged.append(segment)
    return groups


def _is_same(numbers: Numbers, person: Person) -> bool:
    nhs, local = numbers
    if nhs and person.nhs_number:
        return nhs == person.nhs_number
    return bool(set(local) & set(person.local_numbers))


def _other_than(person: Person, found: list[Numbers], sheet: Sheet, place: str) -> Formerly:
    """Everything that is not the survivor's own."""
    nhs = {number for number, _ in found if number}
    local = dict.fromkeys(pair for _, pairs in found for pair in pairs)
    if not nhs and not local:
        raise Unreadable(101, place, f"{place} is required")
    own_nhs, own_local = nhs & {person.nhs_number}, set(local) & set(person.local_numbers)
    others = sorted(nhs - own_nhs)
    if len(others) > 1:
        raise Unreadable(102, place, "One NHS number is retired a message")
    left = tuple(pair for pair in local if pair not in own_local)
    if not others and not left:
        sheet.flags.append(f"same-record:{place}")
    return Formerly(others[0] if others else None, left)


def _missing(sheet: Sheet, name: FieldName) -> Unreadable:
    place = sheet.place(name)
    segment = place.partition("-")[0]
    if segment not in sheet.message.heads:
        return Unreadable(100, segment, f"{segment} is required")
    return Unreadable(101, place, f"{place} is required")
