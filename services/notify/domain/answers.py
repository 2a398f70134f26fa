"""What patients may answer on their page, and when the same answer counts once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services.notify.domain.plan import Plan, Standing

WORSE: Final = "getting-worse"
AGREED: Final = "coordinator-agreed"
CHANGED: Final = "coordinator-changed"
_WAITING_IS_OVER = frozenset({"attended", "outcome", "cancelled"})


def may_say_worse(plan: Plan) -> bool:
    """Somebody who waits to be seen may say that they are getting worse (rules A37, R56)."""
    if plan.standing is not Standing.OPEN or plan.purpose != "referral":
        return False
    return plan.referral is None or plan.referral.state not in _WAITING_IS_OVER


def may_agree(plan: Plan) -> bool:
    """A contact who was proposed is agreed to once (rule A05)."""
    proposed = plan.contact is not None and plan.contact.state == "proposed"
    return plan.standing is Standing.OPEN and proposed


def choices(plan: Plan, to_ring: Iterable[str]) -> list[str]:
    """The teams of the plan among which the patient may choose another contact."""
    if plan.standing is not Standing.OPEN:
        return []
    now = plan.contact.team if plan.contact else plan.coordinator_team
    reachable = set(to_ring)
    return [team for team in plan.teams if team != now and team in reachable]


def says_again(said_before: datetime | None, now: datetime, within: timedelta) -> bool:
    """Whether they said the same so short a time ago that it is one answer."""
    return said_before is not None and now - said_before < within
