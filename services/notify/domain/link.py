"""A patient's private link: good for one plan, for a while, until somebody revokes it (rule S7)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.notify.domain.person import Person
from services.notify.domain.plan import Plan, Standing

Access = Literal["open", "changed", "closed"]


@dataclass(frozen=True, slots=True)
class Link:
    """What is stored of a link; the token itself is not."""

    handover_id: UUID
    purpose: str
    expires_at: datetime
    revoked_at: datetime | None


def judge(link: Link, plan: Plan | None, person: Person | None, now: datetime) -> Access:
    """Whether the page may be shown now.

    `changed`: the plan was withdrawn, ring and ask. `closed`: expired, revoked, or the person behind it has died,
    is protected, is not known any more or not for certain; the page says none of these.
    """
    if link.purpose != "plan" or link.revoked_at is not None or link.expires_at <= now:
        return "closed"
    if plan is None or person is None:
        return "closed"
    if person.deceased or person.restricted or person.identity_held:
        return "closed"
    return "changed" if plan.standing is Standing.WITHDRAWN else "open"
