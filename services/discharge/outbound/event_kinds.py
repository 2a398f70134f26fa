"""The types of national events, read from the data file."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from services.discharge.domain.national import Kind

_FILE = Path(__file__).parents[1] / "data" / "national_events.yaml"
_KINDS = {"death": (True, True), "fetch": (True, False), "note": (False, False)}


def read_event_kinds(path: Path = _FILE) -> Mapping[str, Kind]:
    """Every type that is understood. Raises `KeyError` for a word that is none of the three."""
    listed: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {type_: Kind(type_, *_KINDS[word]) for type_, word in listed.items()}
