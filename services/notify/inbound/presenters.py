"""From an alert to the words of the inbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.pages import deadline, when
from services.notify.domain.alert import OF_TASKS, Audience, Kind, Telling
from services.notify.usecases.desk import Desk
from services.notify.usecases.news import name_of, news_of, tasks_in_words
from services.notify.usecases.records import AlertView

_DIGEST = "Goes with the next daily e-mail"
_DELIVERY = {
    "waiting": "E-mail not sent yet",
    "sent": "E-mail sent",
    "withheld": "No e-mail sent",
    "failed": "E-mail did not arrive",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One alert in the list."""

    alert_id: UUID
    reference: str
    """The end of the handover's id: enough to tell alerts apart when they are read out."""
    title: str
    team: str
    urgent: bool
    deadline: str
    overdue: bool
    made: str
    delivery: str
    because: str
    """Why, in a sentence; empty where nothing is to be said."""
    link: str
    overtaken: bool
    """The handover was withdrawn since: nothing is to be done about this alert."""
    stop: bool
    seen: str
    """Who has seen it and when; empty while nobody has."""


def present(view: AlertView, desk: Desk, now: datetime) -> Card:
    """The card of one alert. `now` tells whether its deadline has passed."""
    team = desk.site.teams.get(view.team)
    return Card(
        alert_id=view.alert_id,
        reference=str(view.handover_id)[-6:],
        title=_title(view, desk),
        team=team.name if team else view.team,
        urgent=view.urgent,
        deadline=deadline(view.due_at),
        overdue=_is_overdue(view, now),
        made=when(view.made_at),
        delivery=_DIGEST if view.digest and view.state == "waiting" else _DELIVERY[view.state],
        because=_because(view, desk),
        link=f"{desk.staff_url}/handovers/{view.handover_id}",
        overtaken=view.overtaken and view.acknowledged_at is None,
        stop=view.kind == Kind.WITHDRAWN,
        seen=f"Seen {when(view.acknowledged_at)}" if view.acknowledged_at else "",
    )


def _because(view: AlertView, desk: Desk) -> str:
    """Why, where the title does not say it; and who is responsible for what is near its deadline or late."""
    kind = Kind(view.kind)
    if kind in OF_TASKS:
        return f"{name_of(view.about_team, desk)} was responsible when this was said."
    return "" if kind in {Kind.REOPENED, Kind.REFERRAL} else desk.why(kind, view.because)


def _is_overdue(view: AlertView, now: datetime) -> bool:
    asked = view.acknowledged_at is None and not view.overtaken
    return asked and view.due_at is not None and view.due_at < now


def _title(view: AlertView, desk: Desk) -> str:
    kind, tasks = Kind(view.kind), tasks_in_words(view.task_count)
    titles = {
        Kind.OPENED: f"New handover: {tasks} asked of you",
        Kind.DUTY: f"New handover: {tasks} of your own",
        Kind.OFFERED: f"You are asked to take over {tasks}",
        Kind.DECLINED: f"Offer declined: {tasks} back with you",
        Kind.CHANGED: f"{tasks} changed: see what is different",
        Kind.WITHDRAWN: "Withdrawn: stop",
    }
    told = Telling(
        Audience.TEAM,
        kind,
        view.team,
        view.task_count,
        because=view.because,
        about_team=view.about_team,
        milestone=view.milestone,
    )
    return titles.get(kind) or news_of(told, desk)
