"""Old messages said anew, as if they were about somebody who went home a few minutes ago."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from services.console.messages import fresh_fhir, fresh_hl7
from services.console.messages.message import FhirMessage, Hl7Message, Message

AGO = timedelta(minutes=5)


def freshen(
    messages: Sequence[Message], now: datetime, *, ago: timedelta = AGO, new_stay: bool = False
) -> list[Message]:
    """Give each message a new control id and move its times: the discharge in it happened `ago` before `now`.

    Messages of one stay move together: an admission stays as long before its discharge as it was. With
    `new_stay` the hospital's number of the stay changes as well, otherwise this is more news of the same stay.
    """
    shifts = {number: now - ago - at for number, at in _anchors(messages).items()}
    mark = uuid4().hex[:8].upper()

    def stay(number: str) -> str:
        return f"{number}-{mark}" if new_stay else number

    fresh: list[Message] = []
    for count, message in enumerate(messages, start=1):
        shift = shifts.get(_visit(message), timedelta())
        if isinstance(message, Hl7Message):
            fresh.append(fresh_hl7.renew(message, shift, f"{mark}{count:04d}", stay))
        else:
            fresh.append(fresh_fhir.renew(message, shift, uuid4(), stay))
    return fresh


def _anchors(messages: Sequence[Message]) -> dict[str, datetime]:
    """For each stay the moment that becomes "a few minutes ago": the discharge, else the last thing said."""
    discharges: dict[str, datetime] = {}
    latest: dict[str, datetime] = {}
    for message in messages:
        number = _visit(message)
        if left := _discharged_at(message):
            discharges[number] = max(left, discharges.get(number, left))
        if last := _latest_moment(message):
            latest[number] = max(last, latest.get(number, last))
    return latest | discharges


def _visit(message: Message) -> str:
    return (
        fresh_hl7.visit(message) if isinstance(message, Hl7Message) else fresh_fhir.visit(message)
    )


def _discharged_at(message: Message) -> datetime | None:
    if isinstance(message, FhirMessage):
        return fresh_fhir.discharged_at(message)
    return fresh_hl7.discharged_at(message)


def _latest_moment(message: Message) -> datetime | None:
    if isinstance(message, FhirMessage):
        return fresh_fhir.latest_moment(message)
    return fresh_hl7.latest_moment(message)
