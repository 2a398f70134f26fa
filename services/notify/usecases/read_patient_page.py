"""Read what a patient's private link opens."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.chassis.connection import Connection
from services.notify.domain.link import judge
from services.notify.domain.needs import read_needs
from services.notify.domain.site import Team
from services.notify.domain.wording import Step, steps_of
from services.notify.usecases.compose_message import hash_token
from services.notify.usecases.desk import Desk
from services.notify.usecases.ports import Stores


@dataclass(frozen=True, slots=True)
class PatientPage:
    """What the page shows; nothing in it names the patient."""

    access: Literal["open", "changed", "closed", "unknown"]
    contact: Team
    """Whom to ring."""
    steps: list[Step] = field(default_factory=list)
    points: int = 0
    """Print size that the patient needs."""
    expires_at: datetime | None = None


async def read_patient_page(
    connection: Connection, token: str, now: datetime, stores: Stores, desk: Desk
) -> PatientPage:
    """Find the plan behind a token.

    The search is for the token's SHA-256: how long it takes says nothing of how near a guess was.
    """
    found = await stores.links.find(connection, hash_token(token))
    if found is None:
        return PatientPage("unknown", desk.help)
    link, patient_key = found
    plan = (await stores.plans.find(connection, [link.handover_id])).get(link.handover_id)
    person = (await stores.people.find(connection, [patient_key])).get(patient_key)
    access = judge(link, plan, person, now)
    if access == "closed" or plan is None or person is None:
        return PatientPage("closed", desk.help)
    site = desk.site
    contact = site.teams.get(plan.coordinator_team, desk.help)
    points = read_needs(person.needs, site.policy).points
    if access == "changed":
        return PatientPage("changed", contact, [], points)
    steps = steps_of(plan, desk.words, site.teams, now, site.policy.zone)
    return PatientPage("open", contact, steps, points, link.expires_at)
