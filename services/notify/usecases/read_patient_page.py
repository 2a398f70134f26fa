"""Read what a patient's private link opens."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.chassis.connection import Connection
from services.notify.domain import answers
from services.notify.domain.link import judge
from services.notify.domain.needs import read_needs
from services.notify.domain.plan import Plan
from services.notify.domain.wording import Step, day_and_time_in_words, steps_of
from services.notify.usecases.compose_message import hash_token
from services.notify.usecases.desk import Desk, Whom
from services.notify.usecases.ports import Stores
from services.notify.usecases.records import PatientReply, Reply

_AHEAD = frozenset({"booked", "moved"})


@dataclass(frozen=True, slots=True)
class Choice:
    """A team that the patient may choose as their contact."""

    team: str
    name: str


@dataclass(frozen=True, slots=True)
class PatientPage:
    """What the page shows; nothing in it names the patient."""

    access: Literal["open", "changed", "closed", "unknown"]
    contact: Whom
    """Whom to ring."""
    steps: list[Step] = field(default_factory=list)
    points: int = 0
    """Print size that the patient needs."""
    expires_at: datetime | None = None
    named: bool = False
    """The contact was named, and is not just whoever is accountable."""
    chosen: bool = False
    """The patient agreed with the contact or chose them."""
    may_agree: bool = False
    choices: list[Choice] = field(default_factory=list)
    asked_for: str = ""
    """The team that the patient asked for as their contact, while it is not theirs yet."""
    referral: str = ""
    """How far the referral is, in a sentence; empty when there is none."""
    referral_since: str = ""
    appointments: list[str] = field(default_factory=list)
    may_say_worse: bool = False
    said_worse: str = ""
    """When the patient said that they are getting worse; empty when they did not."""


def no_page(desk: Desk, access: Literal["closed", "unknown"] = "unknown") -> PatientPage:
    """Nothing but whom to ring."""
    line = desk.help
    return PatientPage(access, Whom(line.name, line.name, line.phone, line.hours))


async def read_patient_page(
    connection: Connection, token: str, now: datetime, stores: Stores, desk: Desk
) -> PatientPage:
    """Find the plan behind a token.

    The search is for the token's SHA-256: how long it takes says nothing of how near a guess was.
    """
    found = await stores.links.find(connection, hash_token(token))
    if found is None:
        return no_page(desk)
    link, patient_key = found
    plan = (await stores.plans.find(connection, [link.handover_id])).get(link.handover_id)
    person = (await stores.people.find(connection, [patient_key])).get(patient_key)
    access = judge(link, plan, person, now)
    if access == "closed" or plan is None or person is None:
        return no_page(desk, "closed")
    desk = desk.knowing(await stores.teams.find(connection, plan.teams))
    points = read_needs(person.needs, desk.site.policy).points
    if access == "changed":
        return PatientPage("changed", desk.contact_of(plan), [], points)
    said = {one.reply: one for one in await stores.replies.latest(connection, plan.handover_id)}
    return _open(plan, said, points, link.expires_at, now, desk)


def _open(
    plan: Plan,
    said: Mapping[Reply, PatientReply],
    points: int,
    expires_at: datetime,
    now: datetime,
    desk: Desk,
) -> PatientPage:
    zone, teams, contact = desk.site.policy.zone, desk.teams_for(plan), plan.contact
    worse = said.get(answers.WORSE)
    since = plan.referral.changed_at if plan.referral else plan.clock_started_at
    return PatientPage(
        "open",
        desk.contact_of(plan),
        steps_of(plan, desk.words, teams, now, zone),
        points,
        expires_at,
        named=contact is not None,
        chosen=contact is not None and contact.state == "chosen",
        may_agree=answers.may_agree(plan) and not _agreed_since(plan, said.get(answers.AGREED)),
        choices=[
            Choice(team, teams[team].name)
            for team in answers.choices(plan, desk.reachable(plan))
            if team in teams
        ],
        asked_for=_asked_for(plan, said.get(answers.CHANGED), desk),
        referral=_referral(plan, desk),
        referral_since=day_and_time_in_words(since, zone),
        appointments=_appointments(plan, now, desk),
        may_say_worse=answers.may_say_worse(plan),
        said_worse=day_and_time_in_words(worse.received_at, zone) if worse else "",
    )


def _agreed_since(plan: Plan, agreed: PatientReply | None) -> bool:
    """Said, and not back from where it is decided."""
    if agreed is None or plan.contact is None:
        return False
    return agreed.received_at >= plan.contact.named_at


def _asked_for(plan: Plan, changed: PatientReply | None, desk: Desk) -> str:
    if changed is None or (plan.contact and plan.contact.named_at >= changed.received_at):
        return ""
    team = desk.teams_for(plan).get(changed.team)
    return team.name if team else ""


def _referral(plan: Plan, desk: Desk) -> str:
    if plan.purpose != "referral":
        return ""
    words, state = desk.states["referral"], plan.referral.state if plan.referral else "sent"
    return words.get(state, words["*"])


def _appointments(plan: Plan, now: datetime, desk: Desk) -> list[str]:
    """Those ahead, and what became of the last one where somebody should ring."""
    words, zone = desk.states["appointment"], desk.site.policy.zone
    return [
        words[one.status].format(when=day_and_time_in_words(one.starts_at, zone))
        for one in sorted(plan.appointments, key=lambda one: one.starts_at)
        if one.status in words and (one.status not in _AHEAD or one.starts_at > now)
    ]
