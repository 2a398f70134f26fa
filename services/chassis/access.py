"""Who may use a route: every route names its roles, and one dependency checks them."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.models import HTTPBearer
from fastapi.routing import iter_route_contexts
from fastapi.security.base import SecurityBase
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError
from starlette.requests import Request

from services.chassis.errors import Refusal
from services.chassis.settings import SettingsError

EVERY_TEAM = "*"


class Role(StrEnum):
    """What somebody may be to a service."""

    PUBLIC = "public"
    """Anybody, signed in or not."""
    HOSPITAL = "hospital-system"
    NATIONAL = "national-events"
    """The national service that says which patients' records changed."""
    INTEGRATION = "integration-engineer"
    """Looks after the messages of hospitals, and may see what they say."""
    TEAM = "team-member"
    OPERATOR = "operator"
    PATIENT_LINK = "patient-link"
    """Holder of a private link; the service itself recognises it."""


@dataclass(frozen=True)
class Actor:
    """Who is asking."""

    ref: str
    """Staff or system reference, never a patient's identifier."""
    roles: frozenset[Role] = frozenset()
    teams: frozenset[str] = frozenset()
    """Directory ids of the teams that they act for; `*` stands for all."""
    skills: frozenset[str] = frozenset()
    """What work they do; empty stands for any."""
    name: str = field(default="", compare=False)
    """How a page greets a signed-in person."""

    def serves(self, team: str) -> bool:
        """Whether they act for this team."""
        return EVERY_TEAM in self.teams or team in self.teams


NOBODY = Actor("nobody", frozenset({Role.PUBLIC}))

Recogniser = Callable[[Request], Awaitable[Actor | None]]
"""Says who is asking, or None when it cannot tell."""


class Token(BaseModel):
    """One entry of BATON_API_TOKENS: the hash of a token and whom it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Lower-case hex of the token's SHA-256; a token has at least 128 bits of chance, so no salt is needed."""
    ref: str = Field(min_length=1)
    roles: frozenset[Role] = Field(min_length=1)
    teams: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()


class Tokens:
    """The tokens that a service takes."""

    def __init__(self, configured: SecretStr) -> None:
        try:
            listed = TypeAdapter(tuple[Token, ...]).validate_json(configured.get_secret_value())
        except ValidationError as error:
            raise SettingsError(
                f"BATON_API_TOKENS is not of its form: {_first_fault(error)}"
            ) from None
        self._listed = [
            (token.sha256.encode(), Actor(token.ref, token.roles, token.teams, token.skills))
            for token in listed
        ]

    def holder(self, token: str) -> Actor | None:
        """Whom a token stands for. Takes the same time whichever token it is."""
        digest = hashlib.sha256(token.encode()).hexdigest().encode()
        found = None
        for known, actor in self._listed:
            if hmac.compare_digest(known, digest):
                found = actor
        return found


class Guard:
    """The dependency behind `allow`."""

    def __init__(self, roles: frozenset[Role]) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Actor:
        """The actor, when one of their roles is allowed here; raises `Refusal` otherwise."""
        actor = await who(request)
        if Role.PUBLIC in self.roles:
            return actor or NOBODY
        if actor is None and self.roles == {Role.PATIENT_LINK}:
            raise Refusal("access.no_such_link", "missing", "This link does not work (any more).")
        if actor is None:
            sentence = "Sign in, or send a valid token."
            raise Refusal("access.sign_in_needed", "unauthenticated", sentence)
        if not self.roles & actor.roles:
            raise Refusal("access.not_allowed", "forbidden", "Your role does not allow this.")
        return actor


class TokenGuard(Guard, SecurityBase):
    """A guard that the description of the interface shows as asking for a token."""

    model = HTTPBearer()
    scheme_name = "token"


def allow(*roles: Role) -> Any:
    """Mark a route as usable by these roles.

    `actor: Annotated[Actor, allow(Role.TEAM)]`. Routes for everybody say `allow(Role.PUBLIC)`; for those the actor is `NOBODY` unless somebody signed in.
    """
    if not roles:
        raise ValueError("name at least one role")
    guard = Guard if Role.PUBLIC in roles else TokenGuard
    return Depends(guard(frozenset(roles)))


def guarded_routes(app: FastAPI) -> list[tuple[str, str, frozenset[Role]]]:
    """Every method and path with the roles that may use it; no roles means that nobody guards it."""
    return sorted(
        (method, route.path or "", _roles(getattr(route, "dependant", None)))
        for route in iter_route_contexts(app.routes)
        for method in route.methods or ()
    )


def _roles(dependant: Dependant | None) -> frozenset[Role]:
    found: frozenset[Role] = frozenset()
    for inner in dependant.dependencies if dependant else ():
        if isinstance(inner.call, Guard):
            found |= inner.call.roles
        found |= _roles(inner)
    return found


async def who(request: Request) -> Actor | None:
    """Who is asking, by token, cookie or link; None when nobody knows. A wrong token is never made up for."""
    authorization = request.headers.get("authorization")
    if authorization is not None:
        tokens: Tokens = request.app.state.tokens
        scheme, _, token = authorization.partition(" ")
        actor = tokens.holder(token.strip()) if scheme.lower() == "bearer" else None
    else:
        actor = await _first_known(request)
    request.state.actor = actor
    return actor


async def _first_known(request: Request) -> Actor | None:
    recognisers: list[Recogniser] = request.app.state.recognisers
    for recognise in recognisers:
        actor = await recognise(request)
        if actor is not None:
            return actor
    return None


def _first_fault(error: ValidationError) -> str:
    found = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, found['loc']))} {found['msg']}".strip()
