"""Whom a message is about, and whether two messages are about the same person and stay."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.discharge.domain.spell import Spell
from services.discharge.domain.statement import Formerly, Realm, Statement

KeyOf = Callable[[str, str], str]
"""(system, value of an identifier) to the opaque patient key."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Which record a local number stands for."""

    patient_key: str
    by_nhs_number: bool
    """False: nobody has given this person's NHS number yet."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Every opaque key by which a message names its patient, and the other one in a merge."""

    nhs_key: str | None
    local_keys: tuple[str, ...]
    birth_date: str | None
    former_nhs_key: str | None = None
    former_local_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The record that was found."""

    patient_key: str
    by_nhs_number: bool


def identify(statement: Statement, key_of: KeyOf) -> Identity:
    """Turn identifiers into keys. A person without any is known by the visit alone."""
    person, formerly = statement.person, statement.formerly or Formerly()
    return Identity(
        nhs_key=_nhs_key(person.nhs_number, statement.realm, key_of),
        local_keys=_local_keys(person.local_numbers, statement.realm, key_of),
        birth_date=person.birth_date,
        former_nhs_key=_nhs_key(formerly.nhs_number, statement.realm, key_of),
        former_local_keys=_local_keys(formerly.local_numbers, statement.realm, key_of),
    )


def mixes_test_and_live(statement: Statement) -> bool:
    """Whether a merge names a number of the test range and one that a person may have (H17)."""
    retired = statement.formerly.nhs_number if statement.formerly else None
    number = statement.person.nhs_number
    return bool(retired and number) and _of_test_range(retired) != _of_test_range(number)


def match(
    identity: Identity, aliases: Mapping[str, Alias], spell: Spell | None, fallback: str
) -> Match:
    """Find the record: by NHS number, by the stay, by a local number, else by `fallback`."""
    if identity.nhs_key:
        return Match(identity.nhs_key, True)
    if spell:
        return Match(spell.home_key, spell.known_by_nhs_number)
    return _by_local_number(identity.local_keys, aliases) or Match(fallback, False)


def match_former(identity: Identity, aliases: Mapping[str, Alias]) -> Match | None:
    """Find the other record in a merge; None when the message does not name one."""
    if identity.former_nhs_key:
        return Match(identity.former_nhs_key, True)
    return _by_local_number(identity.former_local_keys, aliases)


def same_stay(
    candidates: Iterable[Spell], identity: Identity, aliases: Mapping[str, Alias]
) -> Spell | None:
    """The stay among those with the same correlation that this message can be about.

    A visit number is enough as long as the persons do not contradict each other; without one the person has to
    be the same.
    """
    keys = {*identity.local_keys}
    keys |= {aliases[key].patient_key for key in identity.local_keys if key in aliases}
    if identity.nhs_key:
        keys.add(identity.nhs_key)
    fitting = [
        spell
        for spell in candidates
        if keys & {*spell.former_keys} or not _contradicts(spell, identity)
    ]
    tests: tuple[Callable[[Spell], bool], ...] = (
        lambda spell: spell.home_key == identity.nhs_key,
        lambda spell: bool(keys & {spell.home_key, spell.patient_key, *spell.former_keys}),
        lambda spell: spell.correlation.startswith("visit:"),
    )
    return next((spell for fits in tests for spell in fitting if fits(spell)), None)


def _nhs_key(number: str | None, realm: Realm, key_of: KeyOf) -> str | None:
    if not number:
        return None
    # Numbers of the test range are nobody's: those need no world of their own.
    apart = realm == "test" and not _of_test_range(number)
    return key_of("test nhs" if apart else "nhs", number)


def _local_keys(numbers: Iterable[tuple[str, str]], realm: Realm, key_of: KeyOf) -> tuple[str, ...]:
    apart = "test " if realm == "test" else ""
    return tuple(key_of(apart + system, value) for system, value in numbers)


def _of_test_range(number: str | None) -> bool:
    return bool(number) and str(number).startswith("999")


def _by_local_number(keys: Iterable[str], aliases: Mapping[str, Alias]) -> Match | None:
    first = None
    for key in keys:
        if key in aliases:
            return Match(aliases[key].patient_key, aliases[key].by_nhs_number)
        first = first or key
    return Match(first, False) if first else None


def _contradicts(spell: Spell, identity: Identity) -> bool:
    if spell.known_by_nhs_number and identity.nhs_key:
        return identity.nhs_key not in {spell.home_key, spell.patient_key}
    return bool(
        spell.birth_date and identity.birth_date and spell.birth_date != identity.birth_date
    )
