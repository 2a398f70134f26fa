"""A message that is ready to leave: the last form before a channel takes it."""

from dataclasses import dataclass, field
from uuid import UUID

from services.notify.domain.alert import Channel


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one message and which template they come from."""

    template: str
    version: int
    subject: str = field(repr=False)
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel is handed. `alert_id` makes a repeat recognisable: it is the reference of every attempt."""

    alert_id: UUID
    channel: Channel
    address: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
