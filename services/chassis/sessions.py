"""Demonstration sign-in: a signed cookie that names one of a few made-up people. Never offered when live."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from services.chassis.access import Actor, Role, allow
from services.chassis.errors import Refusal
from services.chassis.pages import Pages
from services.chassis.settings import WebSettings

IDLE_SECONDS: Final = 8 * 60 * 60
_RENEW_SECONDS: Final = 5 * 60
Visitor = Annotated[Actor, allow(Role.PUBLIC)]


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whom a visitor of the demonstration may be."""

    ref: str
    name: str
    team: str
    """Directory id; `*` for every team."""
    roles: Sequence[Role] = (Role.TEAM,)
    team_name: str = ""
    """How the sign-in page names the team."""
    skills: Sequence[str] = ()
    """What work they do; empty stands for any."""

    @property
    def actor(self) -> Actor:
        """The person as the rest of the service knows them."""
        shown = f"{self.name}, {self.team_name}" if self.team_name else self.name
        return Actor(
            self.ref,
            frozenset(self.roles),
            frozenset({self.team}),
            frozenset(self.skills),
            shown,
        )


class Sessions:
    """Reads and writes the cookie of one service."""

    def __init__(self, service: str, settings: WebSettings, people: Sequence[DemoPerson]) -> None:
        self.people: Mapping[str, DemoPerson] = {person.ref: person for person in people}
        secret = settings.session_secret.get_secret_value()
        self._signer = URLSafeTimedSerializer(secret, salt=f"baton-{service}-session")
        self._name = f"baton-{service}"

    async def recognise(self, request: Request) -> Actor | None:
        """The person of the cookie; None when there is none, it was changed, or it idled too long."""
        cookie = request.cookies.get(self._cookie(request))
        if not cookie:
            return None
        try:
            ref, made = self._signer.loads(cookie, max_age=IDLE_SECONDS, return_timestamp=True)
        except BadSignature:
            return None
        person = self.people.get(ref) if isinstance(ref, str) else None
        if person is None:
            return None
        # A page that refreshes itself does not count as somebody being there.
        alone = "hx-request" in request.headers and request.method == "GET"
        if time.time() - made.timestamp() > _RENEW_SECONDS and not alone:
            request.state.renewed_session = self.cookie(request, person)
        return person.actor

    def cookie(self, request: Request, person: DemoPerson | None) -> str:
        """A `Set-Cookie` value that signs a person in, or out when None."""
        answer = Response()
        secure = request.url.scheme == "https"
        if person is None:
            answer.delete_cookie(
                self._cookie(request), secure=secure, httponly=True, samesite="lax"
            )
        else:
            answer.set_cookie(
                self._cookie(request),
                str(self._signer.dumps(person.ref)),
                max_age=IDLE_SECONDS,
                secure=secure,
                httponly=True,
                samesite="lax",
            )
        return answer.headers["set-cookie"]

    def _cookie(self, request: Request) -> str:
        # The prefix makes a browser refuse a cookie that a neighbour on plain http set.
        return f"__Host-{self._name}" if request.url.scheme == "https" else self._name


def sign_in_pages(sessions: Sessions, pages: Pages) -> APIRouter:
    """`/sign-in` and `/sign-out`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def choose(
        request: Request,
        _: Visitor,
        next: str = "/",  # noqa: A002
        lost: str = "",
    ) -> HTMLResponse:
        """`lost`: something was sent after its sender had been signed out."""
        return pages.render(
            request,
            "sign-in.html",
            people=sessions.people.values(),
            next=own_path(next),
            lost=bool(lost),
        )

    @router.post("/sign-in")
    async def sign_in(
        request: Request,
        _: Visitor,
        ref: Annotated[str, Form()] = "",
        next: Annotated[str, Form()] = "/",  # noqa: A002
    ) -> Response:
        person = sessions.people.get(ref)
        if person is None:
            return pages.render(
                request,
                "sign-in.html",
                people=sessions.people.values(),
                next=own_path(next),
                fault={_first_choice(sessions): "Choose who you are"},
            )
        return RedirectResponse(
            own_path(next), 303, headers={"Set-Cookie": sessions.cookie(request, person)}
        )

    @router.post("/sign-out")
    async def sign_out(request: Request, _: Visitor) -> Response:
        return RedirectResponse(
            "/sign-in", 303, headers={"Set-Cookie": sessions.cookie(request, None)}
        )

    return router


def own_path(path: str) -> str:
    """The path when it stays on this site, else the front page."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain and "\\" not in path else "/"


def refuse_when_live(settings: WebSettings, people: Sequence[DemoPerson]) -> None:
    """Raises `Refusal` when made-up people are offered in a live service."""
    if settings.live and people:
        raise Refusal(
            "access.demo_when_live", "refused", "Demonstration sign-in is not for live use."
        )


def _first_choice(sessions: Sessions) -> str:
    return f"person-{next(iter(sessions.people), '')}"
