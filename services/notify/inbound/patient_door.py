"""What opens when somebody holds a private link: a page that is not kept, and whatever they answer there."""

import re
import time
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from services.chassis.access import Actor, Role
from services.chassis.database import Database
from services.chassis.metrics import Children, counter
from services.chassis.pages import Pages
from services.notify.inbound.guessing import WINDOW_SECONDS, Guessing
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Stores
from services.notify.usecases.read_patient_page import PatientPage, no_page, read_patient_page
from services.notify.usecases.receive_reply import receive_reply
from services.notify.usecases.records import Reply

_STATUS: Final = {"open": 200, "changed": 200, "closed": 410, "unknown": 404, "too-many": 429}
_LONGEST_TOKEN: Final = 100
_ANSWER_PATH: Final = re.compile(r"/p/(?P<token>[^/]+)/")
_HOLDER: Final = Actor("patient-link", frozenset({Role.PATIENT_LINK}))
_OPENED = Children(
    counter("baton_notify_private_links_total", "Private links opened, by answer", ("answer",))
)
_REPLIES = Children(
    counter("baton_notify_replies_total", "Answers that patients sent on their pages", ("reply",))
)


@dataclass(frozen=True)
class PatientDoor:
    """Counts wrong links, and never says more than the link allows now."""

    database: Database
    stores: Stores
    desk: Desk
    pages: Pages
    guessing: Guessing = field(default_factory=Guessing)

    async def recognise(self, request: Request) -> Actor | None:
        """Whoever sends an answer with a link that exists holds that link; what it opens now is decided later."""
        found = _ANSWER_PATH.match(request.url.path)
        if request.method != "POST" or found is None:
            return None
        answer, _ = await self._look(request, found["token"])
        return None if answer in {"unknown", "too-many"} else _HOLDER

    async def show(
        self, request: Request, token: str, template: str, *, error: str = ""
    ) -> Response:
        """The page of an open link; of any other, whom to ring."""
        answer, page = await self._look(request, token)
        _OPENED[answer].inc()
        is_open = answer == "open"
        response = self.pages.render(
            request,
            template if is_open else "no-plan.html",
            status=_STATUS[answer],
            page=page,
            answer=answer,
            help=self.desk.help,
            home=f"/p/{token}",
            fault={"team": error} if error and is_open else {},
        )
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if answer == "too-many":
            response.headers["Retry-After"] = str(int(WINDOW_SECONDS))
        return response

    async def answer(
        self, request: Request, token: str, reply: Reply, reply_id: UUID, team: str = ""
    ) -> Response:
        """Take an answer where the link is open, and lead to the page as it is then. Raises `TeamNotToChoose`."""
        answer, _ = await self._look(request, token)
        if answer != "open":
            return await self.show(request, token, "plan.html")
        async with self.database.unit_of_work() as unit:
            await receive_reply(
                token,
                reply,
                unit,
                self.stores,
                self.desk,
                reply_id=reply_id,
                correlation_id=request.state.correlation_id,
                team=team,
            )
        _REPLIES[reply].inc()
        return RedirectResponse(f"/p/{token}", 303)

    async def _look(self, request: Request, token: str) -> tuple[str, PatientPage]:
        client = request.client.host if request.client else "unknown"
        now = time.monotonic()
        if self.guessing.must_wait(client, now):
            return "too-many", no_page(self.desk)
        found = no_page(self.desk)
        if len(token) <= _LONGEST_TOKEN:
            async with self.database.reading() as connection:
                moment = await connection.fetchval("SELECT clock_timestamp()")
                found = await read_patient_page(connection, token, moment, self.stores, self.desk)
        if found.access == "unknown":
            self.guessing.note_miss(client, now)
        return found.access, found
