"""The directory of teams from its file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.referral.domain.calendars import Calendar
from services.referral.domain.directory import Directory, Team
from services.referral.outbound.data_files import DATA, DataError, Entry, read


class TeamEntry(Entry):
    """One team."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{3,40}$")]
    name: str
    organisation: str
    role: str
    place: str
    calendar: str
    phone: str
    email: str


class DirectoryFile(Entry):
    """`directory.yaml`."""

    version: str
    last_resort: str
    teams: Annotated[tuple[TeamEntry, ...], Field(min_length=1)]


def read_directory(calendars: Mapping[str, Calendar], folder: Path = DATA) -> Directory:
    """Every team, with its calendar. Raises `DataError`, also when two teams want the same id."""
    said = read(folder / "directory.yaml", DirectoryFile)
    for place, entry in enumerate(said.teams):
        if entry.calendar not in calendars:
            raise DataError(
                f"directory.yaml: teams.{place}.calendar: no calendar {entry.calendar!r}"
            )
    ids = [entry.id for entry in said.teams]
    if len(set(ids)) != len(ids):
        raise DataError("directory.yaml: teams: two teams have the same id")
    if said.last_resort not in ids:
        raise DataError(f"directory.yaml: last_resort: no team {said.last_resort!r}")
    teams = (
        Team(**(entry.model_dump() | {"calendar": calendars[entry.calendar]}))
        for entry in said.teams
    )
    return Directory.of(teams, said.last_resort)
