"""What writing a message needs besides the alert: the site, the templates, the words and our addresses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from services.notify.domain.alert import Kind
from services.notify.domain.plan import Plan
from services.notify.domain.site import Site, Team
from services.notify.domain.wording import TaskWords
from services.notify.usecases.ports import Messages
from services.notify.usecases.records import DescribedTeam

SOMEBODY = "your care team"
REFERRED_TO = "The team that was asked"


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a patient rings."""

    name: str
    """As a letter or the private page may say it."""
    discreet: str
    """As a stranger may read it."""
    phone: str
    hours: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Read once from the data files; `knowing` adds what was said of teams since."""

    site: Site
    messages: Messages
    words: Mapping[str, TaskWords]
    reasons: Mapping[Kind, Mapping[str, str]]
    """What teams are told of why, by kind of alert and coded reason; `*` for a code that is not listed."""
    states: Mapping[str, Mapping[str, str]]
    """How a patient reads of referrals and appointments, by state."""
    help: Team
    """Whom to ring where no team may be named."""
    public_url: str
    """Where patients reach notify, without a slash at the end."""
    staff_url: str
    """Where staff reach the worklist, without a slash at the end."""

    def why(self, kind: Kind, because: str) -> str:
        """The sentence for a coded reason; empty where nothing is to be said."""
        sentences = self.reasons.get(kind, {})
        return sentences.get(because, sentences.get("*", "")) if because else ""

    def knowing(self, described: Iterable[DescribedTeam]) -> "Desk":
        """The same desk with what referral says of these teams; what it leaves open stays as the data file has it."""
        teams = dict(self.site.teams)
        for one in described:
            before = teams.get(one.team)
            teams[one.team] = Team(
                one.team,
                one.name,
                one.email or (before.email if before else ""),
                one.phone or (before.phone if before else ""),
                before.hours if before else self.site.policy.usual_hours,
                one.active,
            )
        return replace(self, site=replace(self.site, teams=teams))

    def team_to_ring(self, team_id: str) -> Team:
        """This team, or the help line where it has closed or nobody here knows it."""
        return self.site.to_ring(team_id) or self.help

    def reachable(self, plan: Plan) -> list[str]:
        """The teams of a plan that somebody can ring now."""
        return [team for team in plan.teams if self.site.to_ring(team)]

    def teams_for(self, plan: Plan) -> Mapping[str, Team]:
        """Teams as the patient reads of them: a clinic whose name says too much is the one they were referred to."""
        if plan.purpose != "referral":
            return self.site.teams
        return {
            team_id: team if self.messages.may_name(team.name) else replace(team, name=REFERRED_TO)
            for team_id in plan.teams
            if (team := self.site.teams.get(team_id))
        }

    def discreet_name(self, team_id: str) -> str:
        """The name of a team, unless it says what somebody may be treated for; then nothing."""
        team = self.site.teams.get(team_id)
        return team.name if team and self.messages.may_name(team.name) else ""

    def contact_of(self, plan: Plan) -> Whom:
        """The patient's contact: whoever was named, or the team that is accountable."""
        named = plan.contact
        if named is None or not named.phone:
            team = self.team_to_ring(plan.coordinator_team)
            return Whom(team.name, SOMEBODY, team.phone, team.hours)
        team = self.team_to_ring(named.team)
        hours = team.hours if team is not self.help else self.site.policy.usual_hours
        name = named.name or team.name
        full = name if name == team.name or team is self.help else f"{name}, {team.name}"
        discreet = name if self.messages.may_name(name) else SOMEBODY
        return Whom(full, discreet, named.phone, hours)
