"""What a place changed of the national rules and of what they speak of: entry by entry, field by field."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.referral.outbound.approval_file import read_approvals
from services.referral.outbound.condition_entries import ValueSetEntry
from services.referral.outbound.data_files import DATA, DataError, Entry, read
from services.referral.outbound.happening_files import HappeningsFile
from services.referral.outbound.pathway_files import RuleFile
from services.referral.outbound.policy_file import PolicyFile
from services.referral.outbound.rule_folders import joined, read_local, read_national
from services.referral.outbound.rulebook.fields import changes


def diff(folder: Path = DATA, local: Path | None = None) -> dict[str, Any]:
    """Added, changed and switched off, what stands beside the rules, and who approved it. Raises `DataError`."""
    if local is None:
        raise DataError(
            "no folder of the place is named: give --folder or set BATON_PATHWAYS_FOLDER"
        )
    national, own = read_national(folder), read_local(local)
    joined(national, own)
    changed = {
        rule_id: fields
        for rule_id, said in own.rules.items()
        if rule_id in national and (fields := changes(national[rule_id], said))
    }
    added = {rule_id: said for rule_id, said in own.rules.items() if rule_id not in national}
    return {
        "added": [_named(said) | {"fields": changes(None, said)} for said in added.values()],
        "changed": [
            _named(own.rules[rule_id]) | {"fields": fields} for rule_id, fields in changed.items()
        ],
        "off": [
            {"rule": rule_id, "title": national[rule_id].title, "reason": reason}
            for rule_id, reason in own.off.items()
        ],
        "same": sorted(set(own.rules) - set(changed) - set(added)),
        "beside": list(_beside(folder, local)),
        "approvals": read_approvals(local).told(),
    }


def _named(said: RuleFile) -> dict[str, Any]:
    return {
        "rule": said.id,
        "title": said.title,
        "version": said.version,
        "source": said.source,
        "confidence": said.confidence,
    }


def _beside(folder: Path, local: Path) -> Iterator[dict[str, Any]]:
    """What the place says in files that are no rules."""
    for name in ("value_sets.yaml", "happenings.yaml", "policy.yaml"):
        if not (local / name).is_file():
            continue
        ours, theirs = _entries(folder / name), _entries(local / name)
        for entry, said in theirs.items():
            fields = changes(ours.get(entry), said)
            if fields:
                new = entry not in ours
                yield {"file": name, "entry": entry, "added": new, "fields": fields}


def _entries(path: Path) -> Mapping[str, Entry]:
    """The entries of a file by what they are called."""
    if path.name == "value_sets.yaml":
        return {entry.id: entry for entry in read(path, tuple[ValueSetEntry, ...])}
    if path.name == "happenings.yaml":
        said = read(path, HappeningsFile)
        known = {entry.code: entry for entry in said.happenings}
        return {**known, **{entry.code: entry for entry in said.no_proof}}
    return {"policy": read(path, PolicyFile)}
