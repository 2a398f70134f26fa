"""Fill in the approved template for one alert, with the few values that its reader may see."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from services.notify.domain.alert import Alert, Audience, Channel, Kind
from services.notify.domain.message import Message, Rendered
from services.notify.domain.plan import Plan
from services.notify.domain.resolver import Send
from services.notify.domain.site import Site, Team
from services.notify.domain.wording import TaskWords, date_in_words, steps_of, time_in_words
from services.notify.usecases.ports import Messages

_PRIVATE = frozenset({"link", "addressee", "address"})
_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing a message needs besides the alert: the site, the templates, the words and our addresses."""

    site: Site
    messages: Messages
    words: Mapping[str, TaskWords]
    reasons: Mapping[Kind, Mapping[str, str]]
    """What teams are told of why, by kind of alert and coded reason; `*` for a code that is not listed."""
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
        _patient_values(plan, send, now, desk, token)
        if told.audience is Audience.PATIENT
        else _team_values(alert, desk)
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


def _team_values(alert: Alert, desk: Desk) -> dict[str, Any]:
    """Team, number of tasks, urgency, deadline and a link: nothing else may go by mail (rule P25)."""
    told, site = alert.telling, desk.site
    count = told.task_count
    return {
        "team": site.teams[told.team].name,
        "task_count": "1 task" if count == 1 else f"{count} tasks",
        "urgency": "Urgent" if told.urgent else "Routine",
        "deadline": time_in_words(told.due_at, site.policy.zone) if told.due_at else "none yet",
        "because": desk.why(told.kind, told.because),
        "link": f"{desk.staff_url}/handovers/{alert.handover_id}",
    }


def _patient_values(
    plan: Plan, send: Send, now: datetime, desk: Desk, token: str
) -> dict[str, Any]:
    site, zone = desk.site, desk.site.policy.zone
    contact = site.teams.get(plan.coordinator_team, desk.help)
    values: dict[str, Any] = {
        "phone": contact.phone,
        "hours": contact.hours,
        "link": f"{desk.public_url}/p/{token}",
        "last_day": date_in_words(now + site.policy.link_life, zone),
    }
    if send.channel is Channel.LETTER:
        addressee, *address = send.address.split("\n")
        steps = steps_of(plan, desk.words, site.teams, now, zone)
        values |= {
            "points": send.points,
            "addressee": addressee,
            "address": address,
            "today": date_in_words(now, zone),
            "steps": [asdict(step) for step in steps],
            "contact": contact.name,
        }
    return values
