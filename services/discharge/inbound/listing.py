"""What a list of messages is asked for, read once for the pages and the interface."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.chassis.access import Actor, Role, allow
from services.discharge.domain.message import Door
from services.discharge.usecases.review_ports import Filters

Engineer = Annotated[Actor, allow(Role.INTEGRATION)]
Staff = Annotated[Actor, allow(Role.INTEGRATION, Role.OPERATOR)]
Reader = Annotated[Actor, allow(Role.INTEGRATION, Role.OPERATOR, Role.HOSPITAL)]

PER_PAGE = 25
NAME = r"^[^\x00-\x1f\x7f]*$"
CODE = r"^[A-Za-z0-9:.^-]*$"


class Asked(BaseModel):
    """The parameters of a list. None of them can name a patient."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    source: Annotated[str, Field(max_length=201, pattern=NAME)] = ""
    """MSH-4, or MSH-4 and MSH-3 with a slash between."""
    event: Annotated[str, Field(max_length=40, pattern=CODE)] = ""
    answer: Literal["", "AA", "AE", "AR"] = ""
    door: Door | Literal[""] = ""
    flag: Annotated[str, Field(max_length=120, pattern=CODE)] = ""
    spell: UUID | None = None
    since: Annotated[AwareDatetime | None, Field(alias="from")] = None
    until: Annotated[AwareDatetime | None, Field(alias="to")] = None
    clash: bool = False
    waiting: bool = False
    """Refused, and nobody has mended it, sent it again or set it aside."""
    before: UUID | None = None
    """The last message of the page before."""
    limit: Annotated[int, Field(ge=1, le=100)] = PER_PAGE


Asking = Annotated[Asked, Query()]


def filters(asked: Asked, actor: Actor) -> Filters:
    """The list as this reader may see it."""
    organisation, _, application = asked.source.partition("/")
    return Filters(
        own_of=own_of(actor),
        organisation=organisation.strip().upper(),
        application=application.strip(),
        event=asked.event.strip(),
        answer=asked.answer,
        door=asked.door,
        flag=asked.flag,
        spell_id=asked.spell,
        since=asked.since,
        until=asked.until,
        waiting=asked.waiting,
        clash=asked.clash,
        before=asked.before,
        limit=asked.limit,
    )


def own_of(actor: Actor) -> str | None:
    """Whose messages somebody may see; None: everybody's."""
    return None if actor.roles & {Role.INTEGRATION, Role.OPERATOR} else actor.ref


def may_see_bodies(actor: Actor) -> bool:
    """Whether what messages say is for them."""
    return Role.INTEGRATION in actor.roles
