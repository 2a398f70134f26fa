"""What a story expects, beside what is found: one difference after the other, in a form that can be read."""

from collections.abc import Sequence

from services.rehearsal import comparing
from services.rehearsal.comparing import Diff
from services.rehearsal.found import Finder, Row
from services.rehearsal.local_time import write_moment
from services.rehearsal.post import Said
from services.rehearsal.story import Expected, Never
from services.rehearsal.ways_out import Left

_TASK = ("rule", "owner", "status", "due")
_OFFER = ("to", "state")
_HANDOVER = ("state", "because", "coordinator")
_ALERT = ("to", "kind", "state", "reason")
_MESSAGE = ("to", "channel", "kind")
_LINE = ("at", "what", "team", "rule", "detail")
_EVENT = ("event", "at")


class Checker:
    """Compares for one patient at a time."""

    def __init__(
        self, finder: Finder, key: str, left: Sequence[Left], said: Sequence[Said]
    ) -> None:
        self._finder = finder
        self._key = key
        self._left = [_message(one) for one in left if one.patient_key == key]
        self._said = [_event(one) for one in said if one.event.patient_key == key]

    async def differences(self, expected: Expected) -> Diff:
        """Empty: everything is as it should be."""
        found: Diff = []
        tasks = await self._finder.tasks(self._key)
        if expected.handovers is not None:
            handovers = await self._finder.handovers(self._key)
            found += comparing.whole("handovers", expected.handovers, handovers, _HANDOVER)
        if expected.tasks is not None:
            still = [row for row in tasks if row["open"]]
            found += comparing.whole("open tasks", expected.tasks, still, _TASK)
        if expected.closed is not None:
            closed = [row for row in tasks if not row["open"]]
            found += comparing.whole("closed tasks", expected.closed, closed, (*_TASK, "reason"))
        if expected.including is not None:
            found += comparing.some("tasks", expected.including, tasks, _TASK)
        if expected.offers is not None:
            offers = await self._finder.offers(self._key)
            found += comparing.some("offers", expected.offers, offers, _OFFER)
        return found + await self._told(expected)

    async def _told(self, expected: Expected) -> Diff:
        found: Diff = []
        if expected.alerts is not None:
            alerts = await self._finder.alerts(self._key)
            found += comparing.counted("alerts", expected.alerts, alerts, "to")
        if expected.messages is not None:
            found += comparing.counted("messages", expected.messages, self._left, "to")
        if expected.said is not None:
            found += comparing.as_often("events", expected.said, self._said, _EVENT)
        if expected.history is not None:
            history = await self._finder.history(self._key)
            found += comparing.in_order("history", expected.history, history)
        return found

    async def forbidden(self, nothing: Never) -> Diff:
        """Empty: nothing is there that must not be."""
        finder, key = self._finder, self._key
        return [
            *comparing.never("tasks", nothing.tasks, await finder.tasks(key), _TASK),
            *comparing.never("offers", nothing.offers, await finder.offers(key), _OFFER),
            *comparing.never(
                "handovers", nothing.handovers, await finder.handovers(key), _HANDOVER
            ),
            *comparing.never("alerts", nothing.alerts, await finder.alerts(key), _ALERT),
            *comparing.never("history", nothing.history, await finder.history(key), _LINE),
            *comparing.never("messages", nothing.messages, self._left, _MESSAGE),
            *comparing.never("events", nothing.said, self._said, _EVENT),
        ]


def _message(one: Left) -> Row:
    return {
        "at": write_moment(one.at),
        "to": one.to,
        "kind": one.kind,
        "channel": one.channel,
        "subject": one.subject,
        "body": one.body,
        "outcome": one.outcome,
        "taken_back": one.taken_back,
    }


def _event(one: Said) -> Row:
    body = one.event.model_dump(mode="json")
    return {**body, "event": one.event.type, "at": write_moment(one.at), "service": one.service}
