"""The single point of contact: who it is, who proposes, and that the patient may choose (A04 to A06, R13)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from services.referral.domain.errors import CoordinatorIncomplete, NotInThisHandover
from services.referral.domain.facts import (
    CoordinatorNamed,
    Fact,
    HandoverCompleted,
    HandoverReplanned,
    HandoverWithdrawn,
)
from services.referral.domain.handover import Coordinator, Handover, Offer, Whole
from services.referral.domain.offer_facts import OfferDeclined, OfferRedirected, TasksOffered
from services.referral.domain.people import PATIENT, SYSTEM, Person
from services.referral.domain.planning import Ids, plan_on, task_of
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskAdded

A_DAY = timedelta(hours=24)


def needed(offers: Iterable[Offer], playbook: Playbook) -> Coordinator:
    """Whether a handover to these teams is complex: then it misses a coordinator until one is named."""
    teams = {offer.team for offer in offers}
    return Coordinator("missing") if len(teams) >= playbook.complex_from else Coordinator()


def name_by(handover: Handover) -> datetime:
    """When a missing coordinator becomes somebody's task: 24 hours after the opening (local default)."""
    return handover.opened_at + A_DAY


def propose(
    whole: Whole, person: Person, now: datetime, *, team: str, name: str, phone: str
) -> CoordinatorNamed:
    """Name somebody of a team that is part of the handover; the patient may agree or choose another.

    Raises a refusal when the person's teams are not part of it, or when the patient could not reach who is named.
    """
    whole.must_be_open()
    parts = teams_in(whole)
    if team not in parts or not any(person.speaks_for(part) for part in parts):
        raise NotInThisHandover
    if not name.strip() or not phone.strip():
        raise CoordinatorIncomplete
    return CoordinatorNamed(
        Coordinator("proposed", team, name.strip(), phone.strip()), now, person.ref
    )


@dataclass(frozen=True, slots=True)
class Naming:
    """When the contact of a handover was named last."""

    at: datetime
    by_patient_at: datetime | None
    """When the patient said so last; None: they have said nothing yet."""


def is_overtaken(said_at: datetime, team: str, last: Naming | None) -> bool:
    """Whether a patient's word about their contact comes late: something newer was said.

    A newer word of theirs counts before it. Whoever agrees means who was proposed at that time, and nobody who was
    proposed since; a team that they want instead (`team`) they want whoever is proposed meanwhile.
    """
    if last is None:
        return False
    if last.by_patient_at is not None and said_at < last.by_patient_at:
        return True
    return not team and said_at < last.at


def choose(
    whole: Whole, team: str, now: datetime, playbook: Playbook
) -> tuple[CoordinatorNamed, ...]:
    """The patient agreed with who was proposed, or wants another team of the handover; `now` is when they said so.

    For another team its own telephone stands until it names a person. Nothing in a closed handover, or for a team
    that has no part in it.
    """
    current = whole.handover.coordinator
    if whole.handover.state != "open":
        return ()
    if not team or team == current.team:
        if current.state != "proposed":
            return ()
        agreed = Coordinator("chosen", current.team, current.name, current.phone)
        return (CoordinatorNamed(agreed, now, PATIENT),)
    chosen = playbook.directory.teams.get(team)
    if chosen is None or team not in teams_in(whole):
        return ()
    return (CoordinatorNamed(Coordinator("chosen", team, chosen.name, chosen.phone), now, PATIENT),)


def leave(whole: Whole, facts: Iterable[Fact], now: datetime) -> tuple[CoordinatorNamed, ...]:
    """The patient's contact is missing again, when by these facts their team has no part in the handover any more.

    Who reads a name on their page rings it. Nothing in a handover that closes, after a death, or where somebody is
    named in the same moment.
    """
    handover, team = whole.handover, whole.handover.coordinator.team
    facts = tuple(facts)
    if handover.state != "open" or not team or any(map(_needs_no_contact, facts)):
        return ()
    gone, came = set[UUID](), set[str]()
    for fact in facts:
        match fact:
            case HandoverReplanned(withdrawn=withdrawn, offers=offers):
                gone.update(withdrawn)
                came.update(offer.team for offer in offers)
            case OfferDeclined(offer_id=offer_id):
                gone.add(offer_id)
            case OfferRedirected(offer_id=offer_id, offer=offer):
                gone.add(offer_id)
                came.add(offer.team)
            case TasksOffered(offer=offer):
                came.add(offer.team)
            case _:
                pass
    left = tuple(offer for offer in whole.offers if offer.offer_id not in gone)
    stays = team in came or team in teams_in(replace(whole, offers=left))
    if stays or team not in teams_in(whole) or handover.death == "said":
        return ()
    return (CoordinatorNamed(Coordinator("missing"), now, SYSTEM),)


def _needs_no_contact(fact: Fact) -> bool:
    if isinstance(fact, HandoverReplanned):
        return fact.death == "said"
    return isinstance(fact, CoordinatorNamed | HandoverWithdrawn | HandoverCompleted)


def still_missing(
    whole: Whole, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[TaskAdded, ...]:
    """Make a missing coordinator somebody's task: of the team that is accountable for the whole."""
    if whole.handover.state != "open" or whole.handover.coordinator.state != "missing":
        return ()
    rules = {rule.id for rule in playbook.on("coordinator.missing")}
    if any(task.rule_id in rules for task in whole.open_tasks()):
        return ()
    planned = plan_on("coordinator.missing", whole.handover, now, playbook)
    return tuple(TaskAdded(task_of(one, whole.handover, None, new_id), now) for one in planned)


def teams_in(whole: Whole) -> tuple[str, ...]:
    """The teams that are part of a handover: who sent, and who was asked and did not say no."""
    asked = (offer.team for offer in whole.offers if offer.state in ("offered", "accepted"))
    return tuple(
        dict.fromkeys((whole.handover.sender_team, whole.handover.coordinator_team, *asked))
    )
