"""What the team that a referral is with says of it: triaged, seen, treated, closed; and what the referrer may undo."""

from collections.abc import Mapping
from datetime import datetime

from services.referral.domain import closing
from services.referral.domain.errors import NotFound, OfferAlreadyAnswered
from services.referral.domain.facts import Fact, HandoverWithdrawn
from services.referral.domain.handover import Offer, Whole
from services.referral.domain.happening import happen
from services.referral.domain.people import Person
from services.referral.domain.planning import Ids
from services.referral.domain.referral import Progress, Urgency
from services.referral.domain.referral_errors import (
    NotAcceptedYet,
    NotTheReferrer,
    NotWithYou,
    OutcomeUnknown,
    ReferralOver,
)
from services.referral.domain.referral_facts import ReferralMoved
from services.referral.domain.rules import Playbook

TRIAGED = "referral-triaged"
OUTCOMES: Mapping[str, str] = {
    "treatment-started": "Treatment has started",
    "no-treatment-needed": "No treatment is needed",
    "advice-given": "Advice has been given to the referrer",
    "diagnosis-told": "The patient has been told the diagnosis, or that it is not cancer",
    "decision-to-treat": "It was decided to treat",
}
"""What a service may report, by the code of the happening."""
CANCEL: Mapping[str, str] = {
    "referral-cancelled": "The referrer took the referral back",
    "entered-in-error": "It should never have been sent",
}
"""Why a referral is taken back: it was right once, or it never was (BaRS: revoked, entered in error)."""
WORSE = "getting-worse"
UPDATED = "updated"
"""The reason of a change that leaves the state as it is: there is another letter."""


def progress_of(whole: Whole) -> Progress:
    """How far it has got. Raises `NotFound` for a handover that is about no referral."""
    if whole.handover.progress is None:
        raise NotFound("referral")
    return whole.handover.progress


def waiting_offer(whole: Whole, person: Person) -> Offer:
    """The offer by which this person's team is asked. Raises a refusal when there is none to answer."""
    progress = must_go_on(whole)
    if not person.speaks_for(progress.team):
        raise NotWithYou
    for offer in whole.offers:
        if offer.team == progress.team and offer.state == "offered":
            return offer
    if _accepted(whole, progress):
        raise OfferAlreadyAnswered("accepted")
    raise NotFound("offer")


def must_go_on(whole: Whole) -> Progress:
    """Raises `ReferralOver` when it does not, and `HandoverClosed` when its handover is."""
    progress = progress_of(whole)
    if progress.over:
        raise ReferralOver(progress.state)
    whole.must_be_open()
    return progress


def must_have_it(whole: Whole, person: Person) -> Progress:
    """The person's team has accepted the referral. Raises a refusal when it has not."""
    progress = must_go_on(whole)
    if not person.speaks_for(progress.team):
        raise NotWithYou
    if progress.state in ("sent", "received", "triaged") and not _accepted(whole, progress):
        raise NotAcceptedYet
    return progress


def triage(
    whole: Whole,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    priority: Urgency,
) -> tuple[Fact, ...]:
    """A clinician has looked and decided how urgent it is; nobody has to have accepted for that.

    Raises `NotWithYou`, and `ReferralOver` once it has ended.
    """
    progress = must_go_on(whole)
    if not person.speaks_for(progress.team):
        raise NotWithYou
    triaged = ReferralMoved(
        state="triaged" if progress.state == "received" else progress.state,
        team=progress.team,
        service_request=progress.service_request,
        at=now,
        by=person.ref,
        clock_stopped_at=progress.clock_stopped_at,
        priority=priority,
    )
    return (triaged, *happen(whole, TRIAGED, now, now, playbook, new_id, by=person.ref))


def report(
    whole: Whole,
    person: Person,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    outcome: str,
    happened_at: datetime,
    finished: bool,
) -> tuple[Fact, ...]:
    """Say what came of the referral; `finished`: the service is done with it, and the loop is closed (A70).

    Raises `NotWithYou`, `NotAcceptedYet`, `ReferralOver` or `OutcomeUnknown`.
    """
    if outcome not in OUTCOMES:
        raise OutcomeUnknown
    progress = must_have_it(whole, person)
    facts = happen(whole, outcome, happened_at, now, playbook, new_id, by=person.ref)
    if not finished or outcome in ("no-treatment-needed", "advice-given"):
        return facts
    closed = ReferralMoved(
        state="outcome",
        team=progress.team,
        service_request=progress.service_request,
        at=now,
        by=person.ref,
        reason=outcome,
        clock_stopped_at=progress.clock_stopped_at
        or (happened_at if outcome == "treatment-started" else now),
    )
    return (*facts, closed)


def update(whole: Whole, person: Person, now: datetime) -> ReferralMoved:
    """The referrer has written more: the referral stays where it is, and everyone hears of it.

    Raises `NotTheReferrer`, and `ReferralOver` once it has ended.
    """
    progress = must_go_on(whole)
    if not person.speaks_for(whole.handover.sender_team):
        raise NotTheReferrer
    return ReferralMoved(
        state=progress.state,
        team=progress.team,
        service_request=progress.service_request,
        at=now,
        by=person.ref,
        reason=UPDATED,
        clock_stopped_at=progress.clock_stopped_at,
    )


def get_worse(
    whole: Whole, person: Person, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[Fact, ...]:
    """The patient is getting worse while waiting: whoever takes the call may say so (A37, R56)."""
    must_go_on(whole)
    return happen(whole, WORSE, now, now, playbook, new_id, by=person.ref)


def cancel(
    whole: Whole, person: Person, now: datetime, *, reason: str
) -> tuple[HandoverWithdrawn, ...]:
    """The referrer takes it back: what is open is called off, and everyone who was told must stop.

    Raises `NotTheReferrer`, `OutcomeUnknown`, and `ReferralOver` once it has ended.
    """
    must_go_on(whole)
    if not person.speaks_for(whole.handover.sender_team):
        raise NotTheReferrer
    if reason not in CANCEL:
        raise OutcomeUnknown
    return closing.call_off(whole, now, reason=reason, by=person.ref)


def _accepted(whole: Whole, progress: Progress) -> bool:
    return any(o.team == progress.team and o.state == "accepted" for o in whole.offers)
