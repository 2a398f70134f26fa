"""What an import would change, in words, before anything changes."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date

from services.referral.domain.directory_check import Problem, check
from services.referral.domain.edition import Edition
from services.referral.domain.organisations import Organisation, Service, Team
from services.referral.domain.rules import Rule

_WORDS = {
    "valid_from": "first day",
    "valid_until": "last day",
    "successor": "followed by",
    "calendar": "opening hours",
    "vetted_until": "vetted until",
    "data_shared_until": "data may be shared until",
    "email": "e-mail",
}
_PLACES = ("organisation", "place", "role")


@dataclass(frozen=True, slots=True)
class Change:
    """One team or organisation, and what becomes of it."""

    id: str
    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that an import would do."""

    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    closed: tuple[Change, ...]
    """With a last day now, and who follows."""
    moved: tuple[Change, ...]
    """Teams in another organisation, place or role."""
    problems: tuple[Problem, ...]
    """What would not hold together afterwards, and does now."""

    @property
    def changes(self) -> int:
        """How much would be different; 0: nothing new."""
        return len(self.added) + len(self.changed) + len(self.closed) + len(self.moved)

    @property
    def faults(self) -> tuple[str, ...]:
        """What must be put right first."""
        return tuple(one.sentence for one in self.problems if one.fault)


def compare(before: Edition, after: Edition, day: date, rules: Iterable[Rule] = ()) -> Preview:
    """What is different between two editions, each thing once: closed, else moved, else changed."""
    rules = tuple(rules)
    pairs: list[tuple[Organisation | Team | None, Organisation | Team]] = [
        *((before.organisations.get(one.id), one) for one in after.organisations.values()),
        *((before.teams.get(one.id), one) for one in after.teams.values()),
    ]
    found: dict[str, list[Change]] = {"added": [], "changed": [], "closed": [], "moved": []}
    for old, new in pairs:
        if old is None:
            found["added"].append(Change(new.id, new.name, _added(new)))
        elif old != new:
            kind = _kind(old, new)
            found[kind].append(Change(new.id, old.name, _differences(old, new)))
    known = set(check(before, day, rules))
    return Preview(
        added=tuple(found["added"]),
        changed=tuple(found["changed"]),
        closed=tuple(found["closed"]),
        moved=tuple(found["moved"]),
        problems=tuple(one for one in check(after, day, rules) if one.fault or one not in known),
    )


def _kind(old: Organisation | Team, new: Organisation | Team) -> str:
    if new.valid_until is not None and new.valid_until != old.valid_until:
        return "closed"
    if isinstance(old, Team) and any(getattr(old, name) != getattr(new, name) for name in _PLACES):
        return "moved"
    return "changed"


def _added(new: Organisation | Team) -> str:
    if isinstance(new, Team):
        return f"{new.role} of {new.organisation} in {new.place}"
    return new.kind


def _differences(old: Organisation | Team, new: Organisation | Team) -> str:
    return "; ".join(
        f"{_WORDS.get(field.name, field.name)}: {_said(getattr(old, field.name))}"
        f" → {_said(getattr(new, field.name))}"
        for field in fields(old)
        if getattr(old, field.name) != getattr(new, field.name)
    )


def _said(value: object) -> str:
    if value in (None, "", ()):
        return "none"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, tuple):
        return ", ".join(one.title if isinstance(one, Service) else str(one) for one in value)
    return str(getattr(value, "id", value))
