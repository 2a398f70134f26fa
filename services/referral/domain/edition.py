"""One edition of the directory: everything it says, and what follows from it for a day."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from services.referral.domain.organisations import Capacity, Organisation, Team, within

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is asked between two days on which something begins or ends."""

    open: frozenset[str]
    """Teams that may be asked."""
    by_organisation: Mapping[tuple[str, str], Team]
    """By role and ODS code; a closed organisation's roles lead to those that follow them."""
    by_place: Mapping[tuple[str, str], Team]
    followers: Mapping[str, Team]
    """Whom the work of a closed team goes to."""


@dataclass(frozen=True)
class Edition:
    """Teams and organisations with their dates; nothing in it ever changes."""

    teams: Mapping[str, Team]
    organisations: Mapping[str, Organisation]
    last_resort: Team
    capacities: Mapping[str, Capacity] = field(default_factory=dict)
    """What teams say of their load; who says nothing is open."""
    version: int = 0
    """Number of the last import in it; 0: the file alone."""
    _changes: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _standings: dict[int, Standing] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_changes", tuple(sorted(set(self._days()))))

    @classmethod
    def of(
        cls, teams: Iterable[Team], last_resort: str, organisations: Iterable[Organisation] = ()
    ) -> "Edition":
        """Raises `KeyError` when the last resort is not among the teams."""
        by_id = {team.id: team for team in teams}
        return cls(by_id, {one.id: one for one in organisations}, by_id[last_resort])

    def with_capacities(self, capacities: Mapping[str, Capacity]) -> "Edition":
        """The same edition with what teams say now; who is asked does not change by it."""
        return replace(self, capacities=dict(capacities))

    def standing(self, day: date) -> Standing:
        """Who is asked on a day. Worked out once for each span in which nothing begins or ends."""
        span = bisect_right(self._changes, day)
        found = self._standings.get(span)
        if found is None:
            found = self._standings[span] = self._work_out(day)
        return found

    def works(self, team: Team, day: date) -> bool:
        """Whether a team is open, and its organisation with it."""
        owner = self.organisations.get(team.organisation)
        return within(day, team.valid_from, team.valid_until) and (
            owner is None or owner.is_open(day)
        )

    def next_turn(self, day: date) -> date | None:
        """The first day after this one on which something begins, or has ended."""
        return next((turn for turn in self._changes if turn > day), None)

    def chain(self, organisation: str) -> Iterator[str]:
        """The organisations that follow one, nearest first; ends where a circle would begin."""
        seen = {organisation}
        while (here := self.organisations.get(organisation)) and here.successor:
            if here.successor in seen:
                return
            organisation = here.successor
            seen.add(organisation)
            yield organisation

    def _work_out(self, day: date) -> Standing:
        asked = [team for team in self.teams.values() if self._may_be_asked(team, day)]
        direct: dict[tuple[str, str], Team] = {}
        places: dict[tuple[str, str], Team] = {}
        for team in asked:
            direct.setdefault((team.role, team.organisation), team)
            places.setdefault((team.role, team.place), team)
        opened = frozenset(team.id for team in asked)
        followers = {}
        for team in self.teams.values():
            if team.id not in opened and (after := self._after(team, opened, direct)):
                followers[team.id] = after
        by_organisation = dict(direct)
        for team_id, after in followers.items():
            closed = self.teams[team_id]
            by_organisation.setdefault((closed.role, closed.organisation), after)
            places.setdefault((closed.role, closed.place), after)
        for one in self.organisations.values():
            if not one.is_open(day):
                for next_one in self.chain(one.id):
                    for (role, organisation), team in direct.items():
                        if organisation == next_one:
                            by_organisation.setdefault((role, one.id), team)
        return Standing(opened, by_organisation, places, followers)

    def _may_be_asked(self, team: Team, day: date) -> bool:
        owner = self.organisations.get(team.organisation)
        return self.works(team, day) and (owner is None or not owner.not_trusted(day))

    def _after(
        self, team: Team, opened: frozenset[str], direct: Mapping[tuple[str, str], Team]
    ) -> Team | None:
        """Its own successor where one is named, else the one with its role in the organisations that follow."""
        seen, here = {team.id}, team
        while here.successor and here.successor in self.teams and here.successor not in seen:
            here = self.teams[here.successor]
            if here.id in opened:
                return here
            seen.add(here.id)
        for organisation in (here.organisation, *self.chain(here.organisation)):
            if found := direct.get((team.role, organisation)):
                return found
        return None

    def _days(self) -> Iterator[date]:
        for team in self.teams.values():
            yield from _turns(team.valid_from, team.valid_until)
        for one in self.organisations.values():
            yield from _turns(one.valid_from, one.valid_until)
            yield from _turns(None, one.vetted_until)
            yield from _turns(None, one.data_shared_until)


def _turns(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + _ONE_DAY
