"""What the use cases of the directory and their tables hand to each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.referral.domain.organisations import Capacity


@dataclass(frozen=True, slots=True)
class Kept:
    """One import, as it was applied."""

    version: int
    said_at: datetime
    said_by: str
    note: str
    entries: Mapping[str, Any]
    added: int
    changed: int
    closed: int
    moved: int


@dataclass(frozen=True, slots=True)
class Published:
    """What a team said of its load."""

    team: str
    capacity: Capacity
    said_at: datetime
    said_by: str


@dataclass(frozen=True, slots=True)
class Described:
    """How a team was described last, and how far the stream of its descriptions has got."""

    said: int
    words: Mapping[str, Any]
