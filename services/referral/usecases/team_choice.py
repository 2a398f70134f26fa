"""The team that somebody chose, as the directory knows it."""

from services.referral.domain.directory import Team
from services.referral.domain.errors import TeamUnknown
from services.referral.domain.rules import Playbook


def chosen(playbook: Playbook, team: str) -> Team:
    """The team with this id. Raises `TeamUnknown`."""
    found = playbook.directory.teams.get(team)
    if found is None:
        raise TeamUnknown
    return found
