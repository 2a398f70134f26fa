"""Made-up staff for the demonstration sign-in, from their file."""

from pathlib import Path

from services.chassis.access import EVERY_TEAM, Role
from services.chassis.sessions import DemoPerson
from services.referral.domain.directory import Directory
from services.referral.domain.people import Skill
from services.referral.outbound.data_files import DATA, DataError, Entry, read


class PersonEntry(Entry):
    ref: str
    name: str
    team: str
    roles: tuple[Role, ...] = (Role.TEAM,)
    skills: tuple[Skill, ...] = ()


class DemoPeopleFile(Entry):
    """`demo_people.yaml`."""

    people: tuple[PersonEntry, ...]


def read_demo_people(directory: Directory, folder: Path = DATA) -> list[DemoPerson]:
    """Everybody a visitor may be. Raises `DataError` for a team that is not in the directory."""
    people = []
    for place, entry in enumerate(read(folder / "demo_people.yaml", DemoPeopleFile).people):
        if entry.team != EVERY_TEAM and entry.team not in directory.teams:
            raise DataError(f"demo_people.yaml: people.{place}.team: no team {entry.team!r}")
        name = "Every team" if entry.team == EVERY_TEAM else directory.name_of(entry.team)
        people.append(
            DemoPerson(entry.ref, entry.name, entry.team, entry.roles, name, entry.skills)
        )
    return people
