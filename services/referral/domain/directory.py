"""Who there is: teams by organisation, role and place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.referral.domain.calendars import Calendar


@dataclass(frozen=True, slots=True)
class Team:
    """One team that can be accountable for something."""

    id: str
    name: str
    organisation: str
    """ODS code."""
    role: str
    place: str
    """The area it serves."""
    calendar: Calendar
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class Directory:
    """Every team, and the one that takes what has no other owner."""

    teams: Mapping[str, Team]
    last_resort: Team
    _by_organisation: Mapping[tuple[str, str], Team]
    _by_place: Mapping[tuple[str, str], Team]

    @classmethod
    def of(cls, teams: Iterable[Team], last_resort: str) -> "Directory":
        """Put teams into a directory. Raises `KeyError` when the last resort is not among them."""
        by_id = {team.id: team for team in teams}
        return cls(
            teams=by_id,
            last_resort=by_id[last_resort],
            _by_organisation={(team.role, team.organisation): team for team in by_id.values()},
            _by_place={(team.role, team.place): team for team in by_id.values()},
        )

    def at_organisation(self, role: str, organisation: str | None) -> Team | None:
        """The team with this role in an organisation."""
        return self._by_organisation.get((role, organisation)) if organisation else None

    def at_place(self, role: str, place: str) -> Team | None:
        """The team with this role for a place."""
        return self._by_place.get((role, place))

    def name_of(self, team_id: str) -> str:
        """The name to show; the id itself for a team that has left the directory."""
        team = self.teams.get(team_id)
        return team.name if team else team_id
