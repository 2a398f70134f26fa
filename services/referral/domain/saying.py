"""Who may say that something happened: somebody whose team has a part in the handover, in a role that sees it happen.

A team that was asked in another's place may say what that one would have said, and the team that sent the patient what
a ward may. Whoever was only told of silence, such as a safety lead, says nothing for others.
"""

from collections.abc import Iterable, Mapping

from services.referral.domain.coordinating import teams_in
from services.referral.domain.errors import NotInThisHandover, NotYoursToSay
from services.referral.domain.handover import Purpose, Whole
from services.referral.domain.people import Person
from services.referral.domain.planning import SENDING_ROLE
from services.referral.domain.rules import Playbook

Part = tuple[str, str]
"""A team that has a part in a handover, and the role in whose place it was asked; empty: asked as meant."""


def must_say(whole: Whole, code: str, person: Person, playbook: Playbook) -> None:
    """Raises `NotInThisHandover`, or `NotYoursToSay` for somebody who is part of it in another role."""
    parts = parts_of(whole)
    if not any(person.speaks_for(team) for team, _ in parts):
        raise NotInThisHandover
    if code not in sayable(parts, person, playbook):
        raise NotYoursToSay


def sayable(parts: Iterable[Part], person: Person, playbook: Playbook) -> Mapping[str, str]:
    """What this person may say has happened: titles by code."""
    teams, roles = playbook.directory.teams, set[str]()
    for team, stands_for in parts:
        if person.speaks_for(team):
            roles |= {stands_for, teams[team].role} if team in teams else {stands_for}
    return {
        code: title
        for code, title in playbook.happenings.items()
        if roles & playbook.said_by.get(code, frozenset())
    }


def sender_part(team: str, purpose: str) -> Part:
    """The team that sent the patient, which stands for a ward wherever somebody has left one."""
    referral: Purpose = "referral"
    return team, "" if purpose == referral else SENDING_ROLE


def parts_of(whole: Whole) -> list[Part]:
    """Who sent, coordinates, was asked and did not say no, or has something to do."""
    handover = whole.handover
    asked = (
        (offer.team, offer.instead_of)
        for offer in whole.offers
        if offer.state in ("offered", "accepted")
    )
    return [
        sender_part(handover.sender_team, handover.purpose),
        *((team, "") for team in teams_in(whole)),
        *asked,
        *((task.owner_team, "") for task in whole.open_tasks()),
    ]
