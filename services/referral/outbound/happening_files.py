"""What may happen on the way, who may say so, and what proves nothing: from `happenings.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.referral.outbound.data_files import DATA, DataError, Entry, layers, read

BY_MESSAGE = "message"
"""Stands among the roles for what a system says."""


class HappeningEntry(Entry):
    """One thing that may happen."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,60}$")]
    title: str
    """In plain words, as a button or a line of the history says it."""
    reported_by: Annotated[tuple[str, ...], Field(min_length=1)]
    """Roles of the directory, or `message`."""
    hint: str
    """For whoever is to say it."""

    @property
    def by_people(self) -> bool:
        """Whether a person may say it."""
        return any(role != BY_MESSAGE for role in self.reported_by)


class NoProofEntry(Entry):
    """Something that must not pass for a deed."""

    code: Annotated[str, Field(pattern=r"^[a-z.-]{3,60}$")]
    says: str


class HappeningsFile(Entry):
    """`happenings.yaml`."""

    happenings: tuple[HappeningEntry, ...]
    no_proof: tuple[NoProofEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Happenings:
    """Everything that rules may speak of beside the trigger of an event."""

    known: Mapping[str, HappeningEntry]
    no_proof: Mapping[str, str]
    """In words, by code."""

    @property
    def titles(self) -> dict[str, str]:
        """What people may say has happened, by code."""
        return {code: entry.title for code, entry in self.known.items() if entry.by_people}

    @property
    def said_by(self) -> dict[str, frozenset[str]]:
        """The roles whose people may say it, by code."""
        by_message = {BY_MESSAGE}
        return {
            code: frozenset(entry.reported_by) - by_message
            for code, entry in self.known.items()
            if entry.by_people
        }


def read_happenings(folder: Path = DATA, local: Path | None = None) -> Happenings:
    """Every happening by its code, those of the place among them. Raises `DataError`, also when two have one code."""
    said = [read(one, HappeningsFile) for one in layers("happenings.yaml", folder, local)]
    entries = [entry for file in said for entry in file.happenings]
    known = {entry.code: entry for entry in entries}
    if len(known) != len(entries):
        raise DataError("happenings.yaml: happenings: two have the same code")
    return Happenings(known, {entry.code: entry.says for file in said for entry in file.no_proof})
