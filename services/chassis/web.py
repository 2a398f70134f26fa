"""The HTTP application that every service starts from."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.chassis.access import Recogniser, Tokens
from services.chassis.answers import excuse
from services.chassis.body_limits import BodyLimits, Limits
from services.chassis.errors import Refusal
from services.chassis.exchange import Exchange
from services.chassis.health import Health
from services.chassis.pages import Pages, Place, Site
from services.chassis.problems import PROBLEM_IN_OPENAPI, operation_outcome
from services.chassis.sessions import DemoPerson, Sessions, refuse_when_live, sign_in_pages
from services.chassis.settings import WebSettings
from services.chassis.standard_routes import add_standard_routes
from services.chassis.static_files import STATIC, StaticAssets

__all__ = ["Place", "correlation", "create_app", "operation_outcome"]

ONE_MEBIBYTE = 1024 * 1024


def create_app(
    service: str,
    settings: WebSettings,
    title: str,
    *,
    max_body: int = ONE_MEBIBYTE,
    larger_bodies: Mapping[str, int] | None = None,
    demo_people: Sequence[DemoPerson] = (),
    navigation: Sequence[Place] = (),
) -> FastAPI:
    """An application with everything in it that is the same everywhere.

    It answers `/livez`, `/readyz`, `/metrics`, `/docs`, `/openapi.json` and `/static`; refuses bodies over
    `max_body` bytes (`larger_bodies` names paths that take more) and posts from other sites; turns what is raised
    into problem documents, FHIR outcomes or pages; and offers sign-in as one of `demo_people` unless it is live.
    """
    refuse_when_live(settings, demo_people)
    app = FastAPI(
        title=title,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses={"4XX": PROBLEM_IN_OPENAPI},
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.health = Health()
    app.state.tokens = Tokens(settings.api_tokens)
    app.state.recognisers = []
    app.state.site = Site(
        service, title, tuple(navigation), bool(demo_people), demonstration=not settings.live
    )
    pages = app.state.pages = Pages()
    add_standard_routes(app)
    if demo_people:
        sessions = Sessions(service, settings, demo_people)
        recognise(app, sessions.recognise)
        app.include_router(sign_in_pages(sessions, pages))
    app.mount("/static/docs", StaticAssets(packages=[("fastapi_offline", "static")]))
    app.mount("/static", StaticAssets(directory=STATIC), name="static")
    for raised in (Refusal, RequestValidationError, HTTPException):
        app.add_exception_handler(raised, excuse)
    limits = Limits(max_body, larger_bodies or {})
    app.add_middleware(BodyLimits, limits=limits)
    app.add_middleware(Exchange, limits=limits, excuse=excuse)
    return app


def recognise(app: FastAPI, recogniser: Recogniser) -> None:
    """Let `recogniser` say who is asking, after those that were added before it."""
    app.state.recognisers.append(recogniser)


def correlation(request: Request) -> UUID:
    """The reference that ties this request to everything that follows from it."""
    found: UUID = request.state.correlation_id
    return found
