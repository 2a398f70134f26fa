"""What ends the follow-up of a discharge: the patient dies, or is back in hospital; and what undoes that."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain import closing
from services.referral.domain.facts import HandoverOpened, HandoverReplanned, HandoverWithdrawn
from services.referral.domain.handover import Death, Handover, Whole
from services.referral.domain.opening import open_again
from services.referral.domain.planning import Ids, plan, plan_on
from services.referral.domain.redrafting import Redraft
from services.referral.domain.rules import Playbook

DIED, DIED_WAITING = "patient.died", "patient.died_waiting"
DOUBTED, DOUBTED_WAITING = "patient.death_removed", "patient.death_removed_waiting"


def where_it_is_asked(wholes: Iterable[Whole]) -> UUID | None:
    """The one among the handovers of somebody who died in which what a death needs is asked (S04).

    Appointments, medicines and equipment are the person's and not the stay's. So it is the latest open handover of a
    discharge after which they lived, before one that has heard of the death. None where there is no such handover.
    """
    fit = [
        one
        for one in (whole.handover for whole in wholes)
        if _is_of_a_discharge(one) and one.death != "removed" and not _died_in_hospital(one)
    ]
    last = max(fit, key=lambda one: (not one.death, *_age(one)), default=None)
    return last.handover_id if last else None


def where_it_is_doubted(wholes: Iterable[Whole]) -> UUID | None:
    """The one among the handovers of somebody in which a person looks whether they died: of the latest discharge."""
    fit = [
        one
        for one in (whole.handover for whole in wholes)
        if _is_of_a_discharge(one) and one.death == "said"
    ]
    last = max(fit, key=_age, default=None)
    return last.handover_id if last else None


def still_asks(whole: Whole, playbook: Playbook) -> bool:
    """Whether what a death needs is asked here and not all done."""
    rules = {rule.id for rule in playbook.on(DIED)}
    return any(task.rule_id in rules for task in whole.open_tasks())


def _is_of_a_discharge(handover: Handover) -> bool:
    return handover.state == "open" and handover.purpose == "discharge"


def _died_in_hospital(handover: Handover) -> bool:
    return handover.discharge is not None and handover.discharge.deceased


def _age(handover: Handover) -> tuple[datetime, UUID]:
    return handover.clock_started_at, handover.handover_id


def die(
    whole: Whole, now: datetime, playbook: Playbook, new_id: Ids, *, asks: bool
) -> tuple[HandoverReplanned, ...]:
    """The patient died after the discharge: call off the follow-up; where it `asks`, ask for what a death needs.

    Nothing in a handover that knows of the death already. One that is closed loses what somebody would still
    do with the patient, and gets nothing. A death that was taken back and is said again asks for nothing twice.
    The service that a referral is with is asked to let go of them, each service for itself.
    """
    handover = whole.handover
    if handover.death == "said":
        return ()
    draft = Redraft(whole)
    draft.end_with_the_patient(playbook)
    if handover.state != "open" and not draft.cancelled:
        return ()
    for trigger in (DOUBTED, DOUBTED_WAITING):
        for rule in playbook.on(trigger):
            draft.cancel_rule(rule.id)
    if handover.state == "open" and not handover.death:
        if asks:
            draft.ask(*plan_on(DIED, handover, now, playbook))
        if _is_with_a_service(whole):
            draft.ask(*plan_on(DIED_WAITING, handover, now, playbook))
    return (_known(draft, "deceased", now, new_id, death="said"),)


def ask_here(
    whole: Whole, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[HandoverReplanned, ...]:
    """Ask for what a death needs here, because the handover in which it was asked does not stand any more."""
    draft = Redraft(whole)
    draft.ask(*plan_on(DIED, whole.handover, now, playbook))
    return (_known(draft, "deceased", now, new_id, death="said"),) if draft.asked else ()


def doubt_death(
    whole: Whole, now: datetime, playbook: Playbook, new_id: Ids, *, asks: bool
) -> tuple[HandoverReplanned, ...]:
    """The death was taken back: what was called off stays so, and where it `asks`, one person looks (S04, R76).

    A referral that the death ended does not come back by itself: whoever referred the patient looks.
    """
    handover = whole.handover
    if handover.state != "open" or handover.death != "said":
        return ()
    draft = Redraft(whole)
    if asks:
        draft.ask(*plan_on(DOUBTED, handover, now, playbook))
    if handover.purpose == "referral":
        draft.ask(*plan_on(DOUBTED_WAITING, handover, now, playbook))
    return (_known(draft, "death-removed", now, new_id, death="removed"),)


def _known(
    draft: Redraft, reason: str, now: datetime, new_id: Ids, *, death: Death
) -> HandoverReplanned:
    handover = draft.whole.handover
    return draft.fact(
        reason,
        now,
        new_id,
        discharge=handover.discharge,
        death=death,
        readmitted_by=handover.readmitted_by,
    )


def _is_with_a_service(whole: Whole) -> bool:
    """Whether a service has accepted the referral, or somebody has booked an appointment for it."""
    progress = whole.handover.progress
    if progress is None or progress.over:
        return False
    return any(one.ahead for one in progress.appointments) or any(
        offer.team == progress.team and offer.state == "accepted" for offer in whole.offers
    )


def readmit(
    whole: Whole,
    spell_id: UUID,
    admitted_at: datetime,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
) -> tuple[HandoverReplanned | HandoverWithdrawn, ...]:
    """The patient is back in hospital: what other teams were asked to do after the earlier stay is called off (C1).

    Called off and not failed. The sender's own duties of the earlier stay stay, and documents must be read; when
    nothing is left to do, the handover is withdrawn.
    """
    handover = whole.handover
    if (
        handover.state != "open"
        or handover.purpose != "discharge"
        or handover.spell_id == spell_id
        or handover.clock_started_at >= admitted_at
        or handover.readmitted_by is not None
    ):
        return ()
    draft = Redraft(whole)
    draft.end_follow_up(playbook)
    if not draft.open_tasks():
        return tuple(
            replace(fact, readmitted_by=spell_id)
            for fact in closing.call_off(whole, now, reason="readmitted")
        )
    return (
        draft.fact(
            "readmitted",
            now,
            new_id,
            discharge=handover.discharge,
            death=handover.death,
            readmitted_by=spell_id,
        ),
    )


def undo_readmission(
    whole: Whole, spell_id: UUID, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[HandoverReplanned, ...] | HandoverOpened | None:
    """The patient was not back in hospital after all: ask again, on the original clock.

    A handover that went on gets what was called off again; one that was withdrawn is followed by another. None, or
    nothing, where another stay, a death, or a person who withdrew it keeps it as it is.
    """
    handover = whole.handover
    if handover.readmitted_by != spell_id or handover.discharge is None:
        return None
    if handover.state == "withdrawn" and not handover.death:
        return open_again(whole, now, playbook, new_id)
    if handover.state != "open":
        return None
    draft = Redraft(whole)
    standing = {task.rule_id for task in whole.tasks if task.is_open or task.status == "completed"}
    if not handover.death:
        draft.ask(
            *(
                one
                for one in plan(handover.discharge, handover.opened_at, playbook)
                if one.rule.id not in standing
            )
        )
    return (
        draft.fact(
            "readmission-cancelled",
            now,
            new_id,
            discharge=handover.discharge,
            death=handover.death,
            readmitted_by=None,
        ),
    )
