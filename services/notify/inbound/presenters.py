"""From an alert to the words of the inbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.chassis.pages import when
from services.notify.domain.alert import Kind
from services.notify.usecases.compose_message import Desk
from services.notify.usecases.records import AlertView

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
        title=_title(view),
        team=team.name if team else view.team,
        urgent=view.urgent,
        deadline=when(view.due_at),
        overdue=_is_overdue(view, now),
        made=when(view.made_at),
        delivery=_DELIVERY[view.state],
        because=desk.why(Kind(view.kind), view.because),
        link=f"{desk.staff_url}/handovers/{view.handover_id}",
        overtaken=view.overtaken and view.acknowledged_at is None,
        stop=view.kind == Kind.WITHDRAWN,
        seen=f"Seen {when(view.acknowledged_at)}" if view.acknowledged_at else "",
    )


def _is_overdue(view: AlertView, now: datetime) -> bool:
    asked = view.acknowledged_at is None and not view.overtaken
    return asked and view.due_at is not None and view.due_at < now


def _title(view: AlertView) -> str:
    tasks = "1 task" if view.task_count == 1 else f"{view.task_count} tasks"
    return {
        "opened": f"New handover: {tasks} asked of you",
        "duty": f"New handover: {tasks} of your own",
        "added": f"{tasks} added",
        "declined": f"Offer declined: {tasks} back with you",
        "escalated": "Deadline passed, task still open",
        "changed": f"{tasks} changed: see what is different",
        "withdrawn": "Withdrawn: stop",
    }[view.kind]
