"""Whether a directory holds together: who follows whom, who is asked twice, and which roles a place lacks (A07)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from services.referral.domain.edition import Edition
from services.referral.domain.organisations import Organisation, Team, within
from services.referral.domain.rules import Rule


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person should know before they rely on the directory."""

    about: str
    """Id of a team or an organisation, or a place."""
    sentence: str
    fault: bool = False
    """Whether it must be put right first."""


def check(edition: Edition, day: date, rules: Iterable[Rule] = ()) -> tuple[Problem, ...]:
    """Everything that does not hold together on a day and after it, faults first."""
    found = [
        *_organisations(edition, day),
        *_teams(edition, day),
        *_twice(edition, day),
        *_places(edition, day, rules),
    ]
    return tuple(sorted(found, key=lambda one: (not one.fault, one.about, one.sentence)))


def _organisations(edition: Edition, day: date) -> Iterator[Problem]:
    for one in edition.organisations.values():
        if one.successor and one.successor not in edition.organisations:
            sentence = f"{one.name} is followed by {one.successor}, which is not in the directory"
            yield Problem(one.id, sentence, fault=True)
        elif _in_a_circle(edition, one.id):
            yield Problem(one.id, f"{one.name} follows itself in a circle", fault=True)
        elif one.valid_until is not None:
            yield from _end_of(edition, one, day)
        for lack in one.not_trusted(day) if one.is_open(day) else ():
            yield Problem(one.id, f"{lack}: nothing is sent to it")


def _end_of(edition: Edition, one: Organisation, day: date) -> Iterator[Problem]:
    assert one.valid_until is not None
    verb = "has closed" if one.valid_until < day else f"closes on {one.valid_until:%d.%m.%Y}"
    if one.successor is None:
        yield Problem(one.id, f"{one.name} {verb} and nobody follows it: its work goes back")
        return
    chain = [edition.organisations[code] for code in edition.chain(one.id)]
    if not any(after.is_open(max(day, one.valid_until)) for after in chain):
        yield Problem(one.id, f"{one.name} {verb} and so have all that follow it", fault=True)


def _in_a_circle(edition: Edition, start: str) -> bool:
    here, seen = start, set[str]()
    while (one := edition.organisations.get(here)) and one.successor:
        if one.successor == start:
            return True
        if one.successor in seen:
            return False
        here = one.successor
        seen.add(here)
    return False


def _teams(edition: Edition, day: date) -> Iterator[Problem]:
    for team in edition.teams.values():
        if edition.organisations and team.organisation not in edition.organisations:
            yield Problem(
                team.id, f"{team.name} belongs to {team.organisation}, which is not listed"
            )
        if team.successor and team.successor not in edition.teams:
            sentence = f"{team.name} is followed by {team.successor}, which is not in the directory"
            yield Problem(team.id, sentence, fault=True)
    if not edition.works(edition.last_resort, day):
        sentence = "The team that takes what has no other owner is closed"
        yield Problem(edition.last_resort.id, sentence, fault=True)


def _twice(edition: Edition, day: date) -> Iterator[Problem]:
    asked: dict[tuple[str, str], list[Team]] = defaultdict(list)
    for team in edition.teams.values():
        if within(day, team.valid_from, team.valid_until):
            asked[team.role, team.organisation].append(team)
    for (role, organisation), teams in asked.items():
        for other in teams[1:]:
            first = teams[0].name
            yield Problem(
                other.id,
                f"{organisation} has two teams as {_words(role)}: {first} is asked, this one not",
            )


def _places(edition: Edition, day: date, rules: Iterable[Rule]) -> Iterator[Problem]:
    """A role that rules ask of a place, in a place that has none."""
    places = {team.place for team in edition.teams.values() if edition.works(team, day)}
    standing = edition.standing(day)
    roles = {
        asked.role
        for rule in rules
        for asked in (rule.owner, *rule.fallback, *([rule.cover] if rule.cover else []))
        if asked.of == "place"
    }
    for place in sorted(places):
        for role in sorted(roles):
            if (role, place) not in standing.by_place:
                yield Problem(
                    place,
                    f"{_words(place).title()} has no {_words(role)}: the rule's fallback is asked instead",
                )


def _words(code: str) -> str:
    return code.replace("-", " ")
