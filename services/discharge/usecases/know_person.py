"""Know the person of a statement: learn numbers, link records, describe who changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from services.chassis.unit_of_work import Cause, UnitOfWork
from services.discharge.domain.identity import (
    Alias,
    Identity,
    Match,
    match_former,
    mixes_test_and_live,
)
from services.discharge.domain.patient import (
    Link,
    Patient,
    describe,
    described_at,
    hear,
    held,
)
from services.discharge.domain.spell import Spell, as_text
from services.discharge.domain.statement import Statement
from services.discharge.usecases import announce
from services.discharge.usecases.books import Books

Said = dict[str, str]
_MATTERS_TO_STAYS = frozenset({"practice", "pharmacy", "test_patient", "replaced_by"})


@dataclass
class Known:
    """What came of it for the person."""

    flags: list[str] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    restate: set[str] = field(default_factory=set)
    """Records whose stays may have to be told again."""


def know_person(
    books: Books,
    statement: Statement,
    identity: Identity,
    found: Match,
    spell: Spell | None,
    unit: UnitOfWork,
    cause: Cause,
) -> Known:
    """Take in what a statement says of its person."""
    known = Known()
    touched = {found.patient_key}
    _listen(books, statement, found)
    touched |= _learn_numbers(books, statement, identity, found, spell, known)
    if statement.happening == "merged":
        touched |= _merge(books, statement, identity, found, known)
    elif statement.happening == "parted":
        touched |= _part(books, statement, identity, found, known)
    _describe(books, touched, statement, known, unit, cause)
    return known


def _listen(books: Books, statement: Statement, found: Match) -> None:
    record = books.record(found.patient_key)
    person = statement.person
    books.put_patient(
        replace(
            record,
            nhs_number=record.nhs_number or (person.nhs_number if found.by_nhs_number else None),
            test_patient=record.test_patient or statement.test_patient,
            said=hear(
                record.said,
                statement.source,
                person.words,
                as_of=statement.happened_at,
                said_at=statement.said_at,
            ),
        )
    )


def _learn_numbers(
    books: Books,
    statement: Statement,
    identity: Identity,
    found: Match,
    spell: Spell | None,
    known: Known,
) -> set[str]:
    """Remember whom the local numbers stand for; an NHS number outweighs its absence."""
    nameless = set()
    for key in identity.local_keys:
        old = books.aliases.get(key)
        if old is None or (found.by_nhs_number and not old.by_nhs_number):
            books.learn(key, Alias(found.patient_key, found.by_nhs_number))
            if old is not None:
                nameless.add(old.patient_key)
        elif books.root(old.patient_key) != books.root(found.patient_key):
            known.flags.append("conflict:local-number")
    if spell is not None and identity.nhs_key and not spell.known_by_nhs_number:
        nameless.add(spell.home_key)
    touched = set()
    for key in sorted(nameless):
        target = books.root(key)
        if target == books.root(found.patient_key):
            continue
        if books.record(target).nhs_number:
            known.flags.append("conflict:local-number")
        elif books.link(target, _link(statement, found.patient_key, "identified")):
            touched |= {target, found.patient_key}
    return touched


def _merge(
    books: Books, statement: Statement, identity: Identity, found: Match, known: Known
) -> set[str]:
    """Two records are one person: the retired one is linked to the survivor, and who is who is held (P14)."""
    retired = _former(books, identity, known)
    if retired is None:
        return set()
    survivor, other = books.root(found.patient_key), books.root(retired.patient_key)
    touched = {survivor, other, retired.patient_key, found.patient_key}
    numbers = (books.record(survivor).nhs_number, books.record(other).nhs_number)
    if mixes_test_and_live(statement):
        known.flags.append("conflict:merge-of-test-and-live")
    elif survivor != other and all(numbers) and not identity.former_nhs_key:
        known.flags.append("conflict:merge-of-two-nhs-numbers")
    elif numbers[1] and not numbers[0]:
        # Whichever local number survives: a person with an NHS number is known by it.
        books.link(survivor, _link(statement, retired.patient_key, "merged"))
    else:
        books.link(retired.patient_key, _link(statement, found.patient_key, "merged"))
    return touched | _hold(books, touched, statement)


def _part(
    books: Books, statement: Statement, identity: Identity, found: Match, known: Known
) -> set[str]:
    """Two records are not one person after all: each gets back what was its own."""
    other = _former(books, identity, known)
    if other is None:
        return set()
    touched = {found.patient_key, other.patient_key, books.root(found.patient_key)}
    if other.patient_key == found.patient_key:
        known.flags.append("conflict:one-record-cannot-be-parted")
        return touched | _hold(books, touched, statement)
    apart = _link(statement, None, "parted")
    if books.record(found.patient_key).replaced_by == other.patient_key:
        books.link(found.patient_key, apart)
    else:
        books.link(other.patient_key, apart)
    return touched | _hold(books, touched, statement)


def _former(books: Books, identity: Identity, known: Known) -> Match | None:
    former = match_former(identity, books.aliases)
    if former is None:
        known.flags.append("other-record-not-named:MRG-1")
        return None
    for key in identity.former_local_keys:
        if key not in books.aliases:
            books.learn(key, Alias(former.patient_key, former.by_nhs_number))
    if former.patient_key not in books.patients:
        books.put_patient(Patient(former.patient_key))
    return former


def _hold(books: Books, keys: Iterable[str], statement: Statement) -> set[str]:
    since = as_text(statement.happened_at)
    touched = set()
    for key in keys:
        books.put_patient(held(books.record(key), since))
        touched.add(key)
    return touched


def _link(statement: Statement, to: str | None, why: Any) -> Link:
    return Link(to, why, as_text(statement.happened_at), as_text(statement.said_at))


def _describe(
    books: Books,
    touched: set[str],
    statement: Statement,
    known: Known,
    unit: UnitOfWork,
    cause: Cause,
) -> None:
    """Publish everyone of whom something else is known now: the person, and a record that another replaced."""
    linked = {key for key in touched if key in books.patients and books.patients[key].link}
    for key in sorted({books.root(each) for each in touched} | linked):
        record = books.record(key)
        group = books.group(key)
        now = describe(record, group)
        if now == record.described:
            continue
        if _matters_to_stays(record.described, now):
            known.restate |= {key, *(each.patient_key for each in group)}
        record = replace(record, described=now, version=record.version + 1)
        books.put_patient(record)
        event = announce.patient_described(
            record, described_at((record, *group), statement.happened_at)
        )
        event_id = unit.publish(
            event,
            stream=f"patient:{key}",
            sequence=record.version,
            cause=cause,
            occurred_at=event.described_at,
        )
        known.said.append({"event_id": str(event_id), "type": event.type})


def _matters_to_stays(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    return any(before.get(name) != now.get(name) for name in _MATTERS_TO_STAYS)
