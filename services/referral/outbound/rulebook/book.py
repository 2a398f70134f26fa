"""All rule files of a place as far as they can be read, with what is wrong with those that cannot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from services.referral.domain.rules import Playbook
from services.referral.outbound.approval_file import Approvals, read_approvals
from services.referral.outbound.calendar_files import read_calendars
from services.referral.outbound.condition_entries import read_value_sets
from services.referral.outbound.data_files import DATA, DataError, parsed
from services.referral.outbound.directory_file import read_directory
from services.referral.outbound.happening_files import Happenings, read_happenings
from services.referral.outbound.measures_file import read_contacts
from services.referral.outbound.pathway_files import RuleFile
from services.referral.outbound.policy_file import read_policy
from services.referral.outbound.rule_folders import (
    Local,
    joined,
    read_local,
    read_national,
    rules_of,
)

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Book:
    """What was read."""

    playbook: Playbook
    happenings: Happenings
    files: Mapping[str, RuleFile]
    """The rules that hold, by their id."""
    national: Mapping[str, RuleFile]
    local: Local
    approvals: Approvals
    unread: Mapping[str, str]
    """Files in the folder of the place that look like rules and are never read, and why."""
    own_happenings: frozenset[str]
    """What only the place knows of, by code."""
    contacts: Sequence[str]
    """Codes of tasks that measures take for a contact with the patient."""


def read_book(folder: Path = DATA, local: Path | None = None) -> tuple[Book | None, Sequence[str]]:
    """The book, or None with every fault that keeps it shut."""
    faults: list[str] = []
    calendars = _try(lambda: read_calendars(folder), faults)
    directory = _try(lambda: read_directory(calendars[0], folder), faults) if calendars else None
    sets = _try(lambda: read_value_sets(folder, local), faults)
    happenings = _try(lambda: read_happenings(folder, local), faults)
    contacts = _try(lambda: read_contacts(folder), faults)
    _try(lambda: read_policy(folder, local), faults)
    national = _try(lambda: read_national(folder), faults)
    own = _try(lambda: read_local(local), faults)
    approvals = _try(lambda: read_approvals(local), faults)
    if national is None or own is None:
        return None, faults
    files = _try(lambda: joined(national, own), faults)
    if (
        calendars is None
        or directory is None
        or sets is None
        or happenings is None
        or contacts is None
        or files is None
        or approvals is None
    ):
        return None, faults
    rules = _try(lambda: rules_of(files, sets, happenings), faults)
    if rules is None:
        return None, faults
    own_happenings = happenings.known.keys() - read_happenings(folder).known.keys()
    return Book(
        Playbook(rules, directory, calendars[1], live=False, happenings=happenings.titles),
        happenings,
        files,
        national,
        own,
        approvals,
        _unread(local) if local else {},
        frozenset(own_happenings),
        contacts,
    ), faults


def _unread(local: Path) -> dict[str, str]:
    """What looks like a rule, where rules are looked for in the folder itself and end in `.yaml`."""
    deep = (path for path in local.rglob("*") if path.suffix.lower() in (".yaml", ".yml"))
    return {
        str(path.relative_to(local)): "rules lie in the folder itself and end in .yaml"
        for path in sorted(deep)
        if (path.parent != local or path.suffix != ".yaml") and _looks_like_a_rule(path)
    }


def _looks_like_a_rule(path: Path) -> bool:
    try:
        said = parsed(path)
    except DataError:
        return False
    return isinstance(said, dict) and not said.keys().isdisjoint({"applies_when", "off"})


def _try(reading: Callable[[], Read], faults: list[str]) -> Read | None:
    try:
        return reading()
    except DataError as error:
        faults.append(str(error))
        return None
