"""The agreements about long queues from their file."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.referral.domain.directory import Directory
from services.referral.domain.queues import Queue, Queues
from services.referral.outbound.data_files import DATA, DataError, Entry, read


class QueueEntry(Entry):
    team: str
    limit: Annotated[int, Field(ge=1, le=10_000)]
    deputy: str


class QueuesFile(Entry):
    """`queues.yaml`."""

    queues: tuple[QueueEntry, ...]
    out_of_hours: tuple[str, ...]


def read_queues(directory: Directory, folder: Path = DATA) -> Queues:
    """Every agreement. Raises `DataError` for a team that is not in the directory, or is its own deputy."""
    said = read(folder / "queues.yaml", QueuesFile)
    for place, entry in enumerate(said.queues):
        for team in (entry.team, entry.deputy):
            if team not in directory.teams:
                raise DataError(f"queues.yaml: queues.{place}: no team {team!r}")
        if entry.team == entry.deputy:
            raise DataError(f"queues.yaml: queues.{place}: {entry.team!r} cannot help itself")
    for team in said.out_of_hours:
        if team not in directory.teams:
            raise DataError(f"queues.yaml: out_of_hours: no team {team!r}")
    return Queues.of((Queue(**entry.model_dump()) for entry in said.queues), said.out_of_hours)
