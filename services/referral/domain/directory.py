"""Who there is: teams by organisation, role and place, as they stand on a day."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.referral.domain.edition import Edition, Standing
from services.referral.domain.organisations import OPEN, Capacity, Organisation, Team
from services.referral.domain.suiting import why_not

__all__ = ["Directory", "Team"]


class Directory:
    """Every team there is or was, the day on which it is read, and the team that takes what has no other owner.

    Teams never leave it: one that closes is never asked again, and still has its name, its work and its history.
    A process keeps one directory and exchanges what stands in it (`take`, `stand_on`), so that whoever holds it reads
    the newest edition.
    """

    def __init__(self, edition: Edition, day: date = date.max) -> None:
        self.day = day
        self.file = edition
        """The edition that it began with, before any import."""
        self.teams: dict[str, Team] = {}
        """By id, closed ones too."""
        self.take(edition)

    @classmethod
    def of(
        cls,
        teams: Iterable[Team],
        last_resort: str,
        organisations: Iterable[Organisation] = (),
        day: date = date.max,
    ) -> "Directory":
        """Put teams into a directory. Raises `KeyError` when the last resort is not among them."""
        return cls(Edition.of(teams, last_resort, organisations), day)

    def take(self, edition: Edition) -> None:
        """Exchange what stands in it, at once for everybody who reads in it."""
        self.edition = edition
        self.teams.update(edition.teams)
        self._standing = edition.standing(self.day)

    def stand_on(self, day: date) -> None:
        """Read it as it stands on this local day from now on."""
        if day != self.day:
            self.day = day
            self._standing = self.edition.standing(day)

    @property
    def last_resort(self) -> Team:
        """The team that takes what no other team can be found for."""
        return self.edition.last_resort

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """By ODS code."""
        return self.edition.organisations

    def at_organisation(
        self, role: str, organisation: str | None, on: date | None = None
    ) -> Team | None:
        """The team with this role in an organisation, or in the one that follows it once it has closed."""
        if not organisation:
            return None
        return self._on(on).by_organisation.get((role, organisation))

    def at_place(self, role: str, place: str, on: date | None = None) -> Team | None:
        """The team with this role for a place."""
        return self._on(on).by_place.get((role, place))

    def is_open(self, team_id: str, on: date | None = None) -> bool:
        """Whether a team may be asked for new work."""
        return team_id in self._on(on).open

    def follower_of(self, team_id: str, on: date | None = None) -> Team | None:
        """The team that a closed team's work goes to; None: nobody follows it, or it is open."""
        return self._on(on).followers.get(team_id)

    def capacity_of(self, team_id: str, on: date | None = None) -> Capacity:
        """What a team says of its load, as far as that holds on the day."""
        said = self.edition.capacities.get(team_id, OPEN)
        day = on or self.day
        return OPEN if said.until is not None and said.until < day else said

    def suits(
        self,
        team: Team,
        *,
        age: int | None = None,
        specialty: str = "",
        place: str = "",
        on: date | None = None,
    ) -> tuple[str, ...]:
        """Why this team is not the one to ask for somebody, each reason a sentence; empty: it suits.

        What is not known of the patient counts against nobody.
        """
        day = on or self.day
        owner = self.organisations.get(team.organisation)
        return why_not(
            team,
            owner,
            self.capacity_of(team.id, day),
            day,
            is_open=self.edition.works(team, day),
            age=age,
            specialty=specialty,
            place=place,
        )

    def name_of(self, team_id: str) -> str:
        """The name to show; the id itself for a team that no edition had."""
        team = self.teams.get(team_id)
        return team.name if team else team_id

    def name_of_organisation(self, organisation: str) -> str:
        """The name to show; the code itself for an organisation that is not in the directory."""
        found = self.organisations.get(organisation)
        return found.name if found else organisation

    def _on(self, day: date | None) -> Standing:
        return self._standing if day is None or day == self.day else self.edition.standing(day)
