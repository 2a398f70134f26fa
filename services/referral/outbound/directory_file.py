"""The directory of teams from its file."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field

from services.referral.domain.calendars import Calendar
from services.referral.domain.directory import Directory
from services.referral.outbound.data_files import DATA, DataError, Entry, read
from services.referral.outbound.directory_entries import OrganisationEntry, TeamEntry


class DirectoryFile(Entry):
    """`directory.yaml`."""

    version: str
    as_of: date
    """The day on which somebody compared it with the world; it is read as of this day until somebody says another."""
    last_resort: str
    organisations: tuple[OrganisationEntry, ...] = ()
    teams: Annotated[tuple[TeamEntry, ...], Field(min_length=1)]


def read_directory(calendars: Mapping[str, Calendar], folder: Path = DATA) -> Directory:
    """Every team, with its calendar. Raises `DataError`, also when two want the same id."""
    said = read(folder / "directory.yaml", DirectoryFile)
    for place, entry in enumerate(said.teams):
        if entry.calendar not in calendars:
            raise DataError(
                f"directory.yaml: teams.{place}.calendar: no calendar {entry.calendar!r}"
            )
    ids = [entry.id for entry in said.teams]
    if len(set(ids)) != len(ids):
        raise DataError("directory.yaml: teams: two teams have the same id")
    codes = [entry.id for entry in said.organisations]
    if len(set(codes)) != len(codes):
        raise DataError("directory.yaml: organisations: two have the same code")
    if said.last_resort not in ids:
        raise DataError(f"directory.yaml: last_resort: no team {said.last_resort!r}")
    return Directory.of(
        (entry.team(calendars) for entry in said.teams),
        said.last_resort,
        (entry.organisation() for entry in said.organisations),
        said.as_of,
    )
