"""What somebody may say has happened to a handover that they look at."""

from collections.abc import Mapping

from services.chassis.access import Actor
from services.referral.domain.people import Person
from services.referral.domain.rules import Playbook
from services.referral.domain.saying import sayable, sender_part
from services.referral.usecases.views import WholeView


def sayable_here(whole: WholeView, actor: Actor, playbook: Playbook) -> Mapping[str, str]:
    """Titles by code; empty for those who have no part in it that sees anything happen."""
    parts = [
        sender_part(whole.sender_team, whole.purpose),
        (whole.coordinator_team, ""),
        *((o.team, o.instead_of) for o in whole.offers if o.state in ("offered", "accepted")),
        *((task.owner_team, "") for task in whole.tasks if task.closed_at is None),
    ]
    return sayable(parts, Person(actor.ref, actor.teams), playbook)
