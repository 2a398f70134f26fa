"""Say of teams that came by import how to reach them, for those who send messages."""

from typing import Any

from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.directory import Directory
from services.referral.domain.edition import Edition
from services.referral.domain.organisations import Team
from services.referral.usecases import announce
from services.referral.usecases.directory_ports import Imports
from services.referral.usecases.directory_records import Described


async def describe_teams(
    unit: UnitOfWork, cause: Cause, *, imports: Imports, directory: Directory, base: Edition
) -> int:
    """Say what is new of teams that are not as the file has them; returns of how many something was said.

    Of teams that only the file knows nothing is said: whoever listens has that file too.
    """
    ours = {
        team.id: _words(team, directory)
        for team in directory.edition.teams.values()
        if base.teams.get(team.id) != team
    }
    if not ours:
        return 0
    known = await imports.described(unit.connection)
    new = {
        team_id: Described(known[team_id].said + 1 if team_id in known else 1, words)
        for team_id, words in ours.items()
        if team_id not in known or known[team_id].words != words
    }
    if not new:
        return 0
    for team_id, one in sorted(new.items()):
        announce.team(unit, team_id, one, cause)
    await imports.describe(unit.connection, new)
    return len(new)


def _words(team: Team, directory: Directory) -> dict[str, Any]:
    return {
        "name": team.name,
        "organisation": team.organisation,
        "role": team.role,
        "phone": team.phone,
        "email": team.email,
        "active": directory.edition.works(team, directory.day),
    }
