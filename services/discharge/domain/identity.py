"""Whom a message is about, and whether two messages are about the same person and stay."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from services.discharge.domain.spell import Spell
from services.discharge.domain.statement import Person, Statement

KeyOf = Callable[[str, str], str]
"""(system, value of an identifier) to the opaque patient key."""


@dataclass(frozen=True, slots=True)
class Alias:
    """Which patient a local number stands for."""

    patient_key: str
    by_nhs_number: bool
    """False: nobody has given this person's NHS number yet."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Every opaque key by which a message names its patient."""

    nhs_key: str | None
    local_keys: tuple[str, ...]
    birth_date: str | None


@dataclass(frozen=True, slots=True)
class Match:
    """The patient that was found."""

    patient_key: str
    by_nhs_number: bool


def identify(statement: Statement, key_of: KeyOf) -> Identity:
    """Turn identifiers into keys. A person without any is known by the visit alone."""
    person = statement.person
    apart = "test " if statement.realm == "test" else ""
    nhs = None
    if person.nhs_number:
        # Numbers of the test range are nobody's: those need no world of their own.
        nhs = key_of("nhs" if is_test_number(person) else f"{apart}nhs", person.nhs_number)
    local = tuple(key_of(apart + system, value) for system, value in person.local_numbers)
    return Identity(nhs, local, person.birth_date)


def is_test_number(person: Person) -> bool:
    """Whether the NHS number is from the range that no person has (C5)."""
    return bool(person.nhs_number) and str(person.nhs_number).startswith("999")


def match(
    identity: Identity, aliases: Mapping[str, Alias], spell: Spell | None, fallback: str
) -> Match:
    """Find the patient: by NHS number, by the stay, by a local number, else by `fallback`."""
    if identity.nhs_key:
        return Match(identity.nhs_key, True)
    if spell:
        return Match(spell.patient_key, spell.known_by_nhs_number)
    for key in identity.local_keys:
        if key in aliases:
            return Match(aliases[key].patient_key, aliases[key].by_nhs_number)
    return Match(identity.local_keys[0] if identity.local_keys else fallback, False)


def same_stay(
    candidates: Iterable[Spell], identity: Identity, aliases: Mapping[str, Alias]
) -> Spell | None:
    """The stay among those with the same correlation that this message can be about.

    A visit number is enough as long as the persons do not contradict each other; without one the person has to
    be the same.
    """
    fitting = [spell for spell in candidates if not _contradicts(spell, identity)]
    keys = {*identity.local_keys}
    keys |= {aliases[key].patient_key for key in identity.local_keys if key in aliases}
    tests: tuple[Callable[[Spell], bool], ...] = (
        lambda spell: spell.patient_key == identity.nhs_key,
        lambda spell: spell.patient_key in keys,
        lambda spell: spell.correlation.startswith("visit:"),
    )
    return next((spell for fits in tests for spell in fitting if fits(spell)), None)


def _contradicts(spell: Spell, identity: Identity) -> bool:
    if spell.known_by_nhs_number and identity.nhs_key:
        return spell.patient_key != identity.nhs_key
    return bool(
        spell.birth_date and identity.birth_date and spell.birth_date != identity.birth_date
    )
