"""Write the one message in which several alerts of a team go together."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from services.notify.domain.alert import Alert, Audience, Kind
from services.notify.domain.decision import Send
from services.notify.domain.message import Message
from services.notify.domain.plan import Plan
from services.notify.usecases.compose_message import Composed
from services.notify.usecases.desk import Desk
from services.notify.usecases.news import line_of

_MOST_LINES = 50
"""Of one message; the worklist has them all."""


def compose_together(
    alerts: Sequence[tuple[Alert, Plan]], send: Send, now: datetime, desk: Desk
) -> Composed:
    """Write one message for all that a team is due, under the reference of the oldest (rule A47).

    It says tasks, deadlines and urgency by handover and names nobody (rule P25). Of one task only the last milestone
    counts.
    """
    first, _ = alerts[0]
    latest = {(a.handover_id, a.telling.about or a.alert_id): (a, plan) for a, plan in alerts}
    shown = sorted(latest.values(), key=lambda one: (not one[0].telling.urgent, one[0].patient_key))
    groups = defaultdict(list)
    for alert, plan in shown[:_MOST_LINES]:
        groups[alert.handover_id].append(line_of(alert, plan, now, desk))
    count, urgent = len(latest), any(alert.telling.urgent for alert, _ in alerts)
    values = {
        "team": desk.site.teams[first.telling.team].name,
        "count": "1 thing to know" if count == 1 else f"{count} things to know",
        "urgency": "Urgent" if urgent else "Routine",
        "groups": [
            {
                "reference": str(handover_id)[-6:],
                "lines": lines,
                "link": f"{desk.staff_url}/handovers/{handover_id}",
            }
            for handover_id, lines in groups.items()
        ],
        "more": max(0, count - _MOST_LINES),
        "inbox": desk.staff_url,
    }
    rendered = desk.messages.render(Audience.TEAM, Kind.DIGEST, send.channel, values)
    message = Message(first.alert_id, send.channel, send.address, rendered.subject, rendered.body)
    return Composed(message, rendered, values)
