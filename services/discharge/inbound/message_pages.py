"""The page of one message, what it says for those who may see it, and the forms to mend it or set it aside."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.idempotency import Commanded
from services.discharge.domain.errors import NotMendable, ReasonNeeded
from services.discharge.inbound.body_view import body_view
from services.discharge.inbound.listing import Engineer, Staff
from services.discharge.inbound.message_view import MessageView, to_message
from services.discharge.inbound.message_words import reason as why

NOTICES = {
    "taken-in": "The message was taken in.",
    "repeated": "This very message had come before. Nothing was done.",
    "set-aside": "The message is set aside.",
}
Words = Annotated[str, Form(max_length=1000)]


def message_pages(view: MessageView) -> APIRouter:
    """Below `/intake/{id}`."""
    router = APIRouter(prefix="/intake/{message_id:uuid}", include_in_schema=False)

    @router.get("")
    async def show(
        request: Request, message_id: UUID, actor: Staff, done: str = ""
    ) -> HTMLResponse:
        shown = await view.read(message_id)
        return view.page(request, "intake-message.html", shown, actor, notice=NOTICES.get(done))

    @router.post("/body")
    async def body(request: Request, message_id: UUID, actor: Engineer) -> HTMLResponse:
        shown = await view.read(message_id)
        [found] = await view.look(actor, "read", message_id)
        read = body_view(shown.message["dialect"], found)
        return view.page(request, "intake-body.html", shown, actor, view=read, text=read.text)

    @router.post("/resubmit")
    async def resubmit(
        request: Request,
        message_id: UUID,
        actor: Engineer,
        command: Commanded,
        message: Annotated[str, Form()] = "",
        reason: Words = "",
    ) -> Response:
        try:
            answer = await view.desk.resubmit(
                command, actor, message_id, message, reason, to_message
            )
            faults = await _refused_again(view, answer)
        except ReasonNeeded as error:
            faults = {"reason": error.sentence}
        except NotMendable as error:
            faults = {"message": error.sentence}
        if not faults:
            return answer
        shown = await view.read(message_id)
        [found] = await view.look(actor, "read", message_id)
        return view.page(
            request,
            "intake-body.html",
            shown,
            actor,
            view=body_view(shown.message["dialect"], found),
            text=message,
            reason=reason,
            fault=faults,
        )

    @router.post("/set-aside")
    async def set_aside(
        request: Request, message_id: UUID, actor: Engineer, command: Commanded, reason: Words = ""
    ) -> Response:
        after = RedirectResponse(f"/intake/{message_id}?done=set-aside", 303)
        try:
            return await view.desk.set_aside(command, actor, message_id, reason, after)
        except ReasonNeeded as error:
            faults = {"aside": error.sentence}
        return view.page(
            request,
            "intake-message.html",
            await view.read(message_id),
            actor,
            fault=faults,
        )

    return router


async def _refused_again(view: MessageView, answer: Response) -> dict[str, str]:
    """What is wrong with a mended message that was refused as well; nothing when it was taken in."""
    path, _, done = answer.headers["location"].partition("?")
    if done != "done=refused":
        return {}
    attempt = (await view.read(UUID(path.rsplit("/", 1)[1]))).message
    return {"message": f"Answered {attempt['answer']}. {why(attempt)}"}
