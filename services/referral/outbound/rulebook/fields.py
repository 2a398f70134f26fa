"""What an entry of a data file says, field by field, each in one line: so that two texts can be laid side by side."""

from collections.abc import Mapping
from typing import Any

from services.referral.outbound.data_files import Entry


def changes(before: Entry | None, after: Entry) -> list[dict[str, str]]:
    """Every field that says something else, or that only one of the two says; without `before`, every field."""
    old, new = _flat(before), _flat(after)
    return [
        {"field": field, "from": old.get(field, ""), "to": new.get(field, "")}
        for field in dict.fromkeys((*old, *new))
        if old.get(field) != new.get(field)
    ]


def _flat(said: Entry | None) -> dict[str, str]:
    """Each field with its value; what a list holds stays together."""
    flat: dict[str, str] = {}
    if said is not None:
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
