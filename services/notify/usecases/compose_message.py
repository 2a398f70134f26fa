"""Fill in the approved template for one alert, with the few values that its reader may see."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from services.notify.domain.alert import Alert, Audience, Channel
from services.notify.domain.decision import Send
from services.notify.domain.message import Message, Rendered
from services.notify.domain.plan import Plan
from services.notify.domain.wording import (
    date_in_words,
    deadline_in_words,
    late_in_words,
    milestone_in_words,
    steps_of,
)
from services.notify.usecases.desk import Desk
from services.notify.usecases.news import name_of, owner_of, tasks_in_words

_PRIVATE = frozenset({"link", "addressee", "address"})
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Composed:
    """A message that is ready, and what may be kept of it."""

    message: Message
    rendered: Rendered
    said: Mapping[str, Any] = field(repr=False)
    token_hash: bytes | None = field(repr=False, default=None)


def compose_message(alert: Alert, plan: Plan, send: Send, now: datetime, desk: Desk) -> Composed:
    """Write the message. Raises `CannotWriteError` when template and values do not fit.

    A patient's message gets a private link of its own: 256 bits of chance, of which only the hash is kept.
    """
    told = alert.telling
    token = secrets.token_urlsafe(_TOKEN_BYTES) if told.audience is Audience.PATIENT else ""
    values = (
        _patient_values(alert, plan, send, now, desk, token)
        if told.audience is Audience.PATIENT
        else _team_values(alert, plan, now, desk)
    )
    rendered = desk.messages.render(told.audience, told.kind, send.channel, values)
    return Composed(
        message=Message(
            alert.alert_id, send.channel, send.address, rendered.subject, rendered.body
        ),
        rendered=rendered,
        said={name: value for name, value in values.items() if name not in _PRIVATE},
        token_hash=hash_token(token) if token else None,
    )


def hash_token(token: str) -> bytes:
    """What is kept of a private link. The token is long and random, so it needs no salt."""
    return hashlib.sha256(token.encode()).digest()


def _team_values(alert: Alert, plan: Plan, now: datetime, desk: Desk) -> dict[str, Any]:
    """Team, number of tasks, urgency, deadline and a link: nothing else may go by mail (rule P25)."""
    told, site = alert.telling, desk.site
    return {
        "team": site.teams[told.team].name,
        "task_count": tasks_in_words(told.task_count),
        "urgency": "Urgent" if told.urgent else "Routine",
        "deadline": deadline_in_words(told.due_at, site.policy.zone) if told.due_at else "none yet",
        "late": late_in_words(now - told.due_at) if told.due_at else "",
        "milestone": milestone_in_words(told.milestone),
        "owner": owner_of(alert, plan, desk),
        "other_team": name_of(told.about_team, desk),
        "because": desk.why(told.kind, told.because),
        "link": f"{desk.staff_url}/handovers/{alert.handover_id}",
    }


def _patient_values(
    alert: Alert, plan: Plan, send: Send, now: datetime, desk: Desk, token: str
) -> dict[str, Any]:
    site, zone, told = desk.site, desk.site.policy.zone, alert.telling
    contact, other = desk.contact_of(plan), desk.team_to_ring(told.about_team)
    values: dict[str, Any] = {
        "contact": contact.discreet,
        "phone": contact.phone,
        "hours": contact.hours,
        "team": desk.discreet_name(told.about_team),
        "team_phone": other.phone,
        "team_hours": other.hours,
        "day": date_in_words(told.due_at, zone) if told.due_at else "",
        "time": f"{told.due_at.astimezone(zone):%H:%M}" if told.due_at else "",
        "link": f"{desk.public_url}/p/{token}",
        "last_day": date_in_words(now + site.policy.link_life, zone),
    }
    if send.channel is Channel.LETTER:
        addressee, *address = send.address.split("\n")
        steps = steps_of(plan, desk.words, desk.teams_for(plan), now, zone)
        values |= {
            "points": send.points,
            "addressee": addressee,
            "address": address,
            "today": date_in_words(now, zone),
            "steps": [asdict(step) for step in steps],
            "contact": contact.name,
        }
    return values
