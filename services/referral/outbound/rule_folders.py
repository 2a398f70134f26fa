"""Which rules hold here: the national files, and a folder of the place that adds to them, replaces or switches off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from services.referral.domain.rules import Rule
from services.referral.outbound.approval_file import FILE as APPROVED
from services.referral.outbound.condition_entries import UnknownValueSetError, ValueSets
from services.referral.outbound.data_files import DATA, DataError, Entry, parsed, read
from services.referral.outbound.happening_files import Happenings
from services.referral.outbound.pathway_files import RuleFile

NATIONAL = "pathways"
_OTHER_FILES = frozenset({"value_sets.yaml", "happenings.yaml", "policy.yaml", APPROVED})
"""What may lie beside the rules in the folder of a place."""


class OffFile(Entry):
    """A rule of the nation that a place does not follow, and why."""

    id: str
    off: Literal[True]
    reason: Annotated[str, Field(min_length=10)]


@dataclass(frozen=True, slots=True)
class Local:
    """What a place says beside the national files."""

    rules: Mapping[str, RuleFile] = field(default_factory=dict)
    off: Mapping[str, str] = field(default_factory=dict)
    """The reason by rule."""


def read_national(folder: Path = DATA) -> dict[str, RuleFile]:
    """Every national rule, in the order of their file names. Raises `DataError`."""
    return {path.stem: _named(path) for path in sorted((folder / NATIONAL).glob("*.yaml"))}


def read_local(folder: Path | None) -> Local:
    """What the place says; nothing without a folder. Raises `DataError`."""
    if folder is None:
        return Local()
    if not folder.is_dir():
        raise DataError(f"{folder}: there is no such folder")
    rules: dict[str, RuleFile] = {}
    off: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name in _OTHER_FILES:
            continue
        if _switches_off(path):
            said = read(path, OffFile)
            _must_be_named(path, said.id)
            off[said.id] = said.reason
        else:
            rules[path.stem] = _named(path)
    return Local(rules, off)


def joined(national: Mapping[str, RuleFile], local: Local) -> dict[str, RuleFile]:
    """The rules that hold, in the order of their names. Raises `DataError`."""
    for rule_id in local.off:
        if rule_id not in national:
            raise DataError(f"{rule_id}.yaml: off: there is no national rule {rule_id!r}")
    for rule_id, said in local.rules.items():
        base = national.get(rule_id)
        if base is not None and base != said and base.version == said.version:
            raise DataError(
                f"{rule_id}.yaml: version: the national rule has the same; raise it, for example to {said.version}-local.1"
            )
    holding = {**national, **local.rules}
    return {rule_id: holding[rule_id] for rule_id in sorted(holding) if rule_id not in local.off}


def rules_of(
    files: Mapping[str, RuleFile], value_sets: ValueSets, happenings: Happenings
) -> tuple[Rule, ...]:
    """The rules as the decisions use them. Raises `DataError`."""
    return tuple(_rule(said, value_sets, happenings) for said in files.values())


def read_rules(
    value_sets: ValueSets,
    happenings: Happenings,
    folder: Path = DATA,
    local: Path | None = None,
) -> tuple[Rule, ...]:
    """Every rule that holds. Raises `DataError`."""
    return rules_of(joined(read_national(folder), read_local(local)), value_sets, happenings)


def _rule(said: RuleFile, value_sets: ValueSets, happenings: Happenings) -> Rule:
    try:
        return said.rule(value_sets, happenings)
    except UnknownValueSetError as unknown:
        raise DataError(f"{said.id}.yaml: applies_when: {unknown}") from None


def _named(path: Path) -> RuleFile:
    said = read(path, RuleFile)
    _must_be_named(path, said.id)
    return said


def _must_be_named(path: Path, rule_id: str) -> None:
    if rule_id != path.stem:
        raise DataError(f"{path.name}: id: says {rule_id!r}, unlike the name of the file")


def _switches_off(path: Path) -> bool:
    said = parsed(path)
    return isinstance(said, dict) and "off" in said
