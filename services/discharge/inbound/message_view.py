"""One message for the pages about it: read, looked into, and laid out for whoever asks."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor
from services.chassis.pages import Pages
from services.discharge.domain.message import Outcome
from services.discharge.inbound.listing import may_see_bodies
from services.discharge.inbound.mending_desk import MendingDesk
from services.discharge.inbound.message_cards import whole_card
from services.discharge.usecases.read_message import Shown, show_message
from services.discharge.usecases.review_ports import Purpose
from services.discharge.usecases.view_body import view_body


@dataclass(frozen=True)
class MessageView:
    """What the pages of one message have in common."""

    desk: MendingDesk
    pages: Pages

    async def read(self, message_id: UUID) -> Shown:
        """The message and what belongs to it. Raises `MessageUnknown`."""
        bench = self.desk.bench
        async with self.desk.database.reading() as connection:
            return await show_message(
                connection, bench.stores.messages, bench.reviews, message_id, own_of=None
            )

    async def look(self, actor: Actor, purpose: Purpose, *message_ids: UUID) -> list[bytes]:
        """What messages say; it is written down who looks. Raises `MessageUnknown`."""
        async with self.desk.database.unit_of_work() as unit:
            return await view_body(unit, self.desk.bench.reviews, message_ids, actor.ref, purpose)

    def page(
        self, request: Request, template: str, shown: Shown, actor: Actor, **values: Any
    ) -> HTMLResponse:
        """A page about the message, with what this reader may see of it."""
        engineer = may_see_bodies(actor)
        message = whole_card(shown, engineer=engineer)
        return self.pages.render(request, template, message=message, engineer=engineer, **values)


def to_message(outcome: Outcome) -> Response:
    """The answer that is kept for a repeat: an address, and nothing of the message."""
    done = "repeated" if outcome.repeated else "taken-in"
    if outcome.answer.code != "AA":
        done = "refused"
    return RedirectResponse(f"/intake/{outcome.message_id}?done={done}", 303)
