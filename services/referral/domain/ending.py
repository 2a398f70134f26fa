"""What ends the follow-up of a discharge: the patient dies, or is back in hospital; and what undoes that."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.referral.domain import closing
from services.referral.domain.facts import HandoverOpened, HandoverReplanned, HandoverWithdrawn
from services.referral.domain.handover import Whole
from services.referral.domain.opening import open_again
from services.referral.domain.planning import Ids, plan, plan_on
from services.referral.domain.redrafting import Redraft
from services.referral.domain.rules import Playbook


def die(
    whole: Whole, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[HandoverReplanned, ...]:
    """The patient died after the discharge: call off the follow-up, ask for what a death needs (S04).

    Nothing in a handover that knows of the death already. One that is closed loses what somebody would still
    do with the patient, and gets nothing. A death that was taken back and is said again asks for nothing twice.
    """
    handover = whole.handover
    if handover.death == "said":
        return ()
    draft = Redraft(whole)
    draft.end_with_the_patient(playbook)
    if handover.state != "open" and not draft.cancelled:
        return ()
    for rule in playbook.on("patient.death_removed"):
        draft.cancel_rule(rule.id)
    if handover.state == "open" and handover.purpose == "discharge" and not handover.death:
        draft.ask(*plan_on("patient.died", handover, now, playbook))
    return (
        draft.fact(
            "deceased",
            now,
            new_id,
            discharge=handover.discharge,
            death="said",
            readmitted_by=handover.readmitted_by,
        ),
    )


def doubt_death(
    whole: Whole, now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[HandoverReplanned, ...]:
    """The death was taken back: what was called off stays so, and one person looks (S04, R76)."""
    handover = whole.handover
    if handover.state != "open" or handover.death != "said":
        return ()
    draft = Redraft(whole)
    if handover.purpose == "discharge":
        draft.ask(*plan_on("patient.death_removed", handover, now, playbook))
    return (
        draft.fact(
            "death-removed",
            now,
            new_id,
            discharge=handover.discharge,
            death="removed",
            readmitted_by=handover.readmitted_by,
        ),
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
