"""The team that somebody chose, as the directory knows it."""

from services.referral.domain.directory import Team
from services.referral.domain.errors import TeamNotToAsk, TeamUnknown
from services.referral.domain.rules import Playbook


def chosen(playbook: Playbook, team: str) -> Team:
    """The team with this id. Raises `TeamUnknown`, or `TeamNotToAsk` for one that may not be asked for new work.

    How much it can take on is for whoever chooses to see, and hinders nobody.
    """
    directory = playbook.directory
    found = directory.teams.get(team)
    if found is None:
        raise TeamUnknown
    if not directory.is_open(team):
        owner = directory.organisations.get(found.organisation)
        lacks = owner.not_trusted(directory.day) if owner else ()
        raise TeamNotToAsk("; ".join(lacks) or f"{found.name} is closed")
    return found
