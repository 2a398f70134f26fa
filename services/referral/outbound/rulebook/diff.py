"""What a place changed of the national rules: rule by rule, field by field."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.referral.outbound.data_files import DATA, DataError
from services.referral.outbound.pathway_files import RuleFile
from services.referral.outbound.rule_folders import joined, read_local, read_national


def diff(folder: Path = DATA, local: Path | None = None) -> dict[str, Any]:
    """Added, changed and switched off. Raises `DataError`."""
    if local is None:
        raise DataError(
            "no folder of the place is named: give --folder or set BATON_PATHWAYS_FOLDER"
        )
    national, own = read_national(folder), read_local(local)
    joined(national, own)
    changed = {
        rule_id: changes
        for rule_id, said in own.rules.items()
        if rule_id in national and (changes := _changes(national[rule_id], said))
    }
    added = {rule_id: said for rule_id, said in own.rules.items() if rule_id not in national}
    return {
        "added": [_named(said) for said in added.values()],
        "changed": [
            _named(own.rules[rule_id]) | {"fields": fields} for rule_id, fields in changed.items()
        ],
        "off": [
            {"rule": rule_id, "title": national[rule_id].title, "reason": reason}
            for rule_id, reason in own.off.items()
        ],
        "same": sorted(set(own.rules) - set(changed) - set(added)),
    }


def _named(said: RuleFile) -> dict[str, Any]:
    return {
        "rule": said.id,
        "title": said.title,
        "version": said.version,
        "source": said.source,
        "confidence": said.confidence,
    }


def _changes(ours: RuleFile, theirs: RuleFile) -> list[dict[str, str]]:
    before, after = _flat(ours), _flat(theirs)
    return [
        {"field": field, "from": before.get(field, ""), "to": after.get(field, "")}
        for field in dict.fromkeys((*before, *after))
        if before.get(field) != after.get(field)
    ]


def _flat(said: RuleFile) -> dict[str, str]:
    """Each field with its value in one line; what a list holds stays together."""
    flat: dict[str, str] = {}
    _flatten(said.model_dump(mode="json", by_alias=True, exclude_defaults=True), "", flat)
    return flat


def _flatten(value: Mapping[str, Any], under: str, flat: dict[str, str]) -> None:
    for name, inner in value.items():
        if isinstance(inner, Mapping):
            _flatten(inner, f"{under}{name}.", flat)
        else:
            flat[under + name] = _in_words(inner)


def _in_words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_in_words(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return "; ".join(_in_words(inner) for inner in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
