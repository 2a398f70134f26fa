"""A discharge was corrected: plan again what depends on what changed, and leave everything else as it is."""

from datetime import datetime

from services.referral.domain.discharge import Discharge
from services.referral.domain.facts import HandoverOpened, HandoverReplanned
from services.referral.domain.handover import Death, Handover, Whole
from services.referral.domain.opening import open_more
from services.referral.domain.planning import Ids, Planned, plan, plan_on
from services.referral.domain.redrafting import Redraft
from services.referral.domain.rules import Playbook


def correct(
    whole: Whole,
    discharge: Discharge,
    now: datetime,
    playbook: Playbook,
    new_id: Ids,
    *,
    known_dead: bool = False,
) -> HandoverReplanned | HandoverOpened | None:
    """Compare what the discharge asks for now with what it asked for before, rule by rule.

    What is done stays done. An accepted task stays with the team that has it, with a new deadline where the time
    that it counts from has changed. Nothing that ended with the patient's death comes back while the death is
    known from elsewhere (`known_dead`); a person looks instead (S04). A completed handover is left alone: what is
    asked for in addition becomes another one. None: nothing changes.
    """
    handover = whole.handover
    before = handover.discharge
    if before is None or before == discharge:
        return None
    if handover.state == "withdrawn":
        return _remember(whole, discharge, now, new_id) if handover.readmitted_by else None
    opened_at, happened = handover.opened_at, handover.happened
    old = {one.rule.id: one for one in plan(before, opened_at, playbook, happened)}
    new = {one.rule.id: one for one in plan(discharge, opened_at, playbook, happened)}
    death = _death(handover, before, discharge, known_dead=known_dead)
    ended = (bool(death) and not discharge.deceased) or handover.readmitted_by is not None
    fresh = [] if ended else [one for rule, one in new.items() if rule not in old]
    if handover.state == "completed":
        if not fresh:
            return None
        return open_more(whole, discharge, {one.rule.id for one in fresh}, now, playbook, new_id)

    draft = Redraft(whole)
    for rule, asked_before in old.items():
        if rule not in new:
            draft.cancel_rule(rule)
        else:
            _adjust(draft, asked_before, new[rule], now)
    draft.ask(*fresh)
    reason = "discharge-corrected"
    if discharge.deceased:
        reason = "deceased" if not before.deceased else reason
        _end_in_hospital(draft, now, playbook)
    elif before.deceased and death:
        reason = "death-removed"
        draft.ask(*plan_on("patient.death_removed", handover, now, playbook))
    return draft.fact(
        reason,
        now,
        new_id,
        discharge=discharge,
        death=death,
        readmitted_by=handover.readmitted_by,
    )


def _remember(whole: Whole, discharge: Discharge, now: datetime, new_id: Ids) -> HandoverReplanned:
    """The stay that ended the handover may be cancelled: then the discharge as last heard counts."""
    return Redraft(whole).fact(
        "discharge-corrected",
        now,
        new_id,
        discharge=discharge,
        death=whole.handover.death,
        readmitted_by=whole.handover.readmitted_by,
    )


def _death(
    handover: Handover, before: Discharge, discharge: Discharge, *, known_dead: bool
) -> Death:
    if discharge.deceased:
        return "said"
    if before.deceased:
        return "removed" if known_dead else ""
    return handover.death


def _adjust(draft: Redraft, before: Planned, after: Planned, now: datetime) -> None:
    task = draft.open_task(after.rule.id)
    if task is None or before == after:
        return
    if before.team != after.team and task.offer_id is not None:
        offer = draft.whole.offer(task.offer_id)
        free = offer.state == "offered" or (offer.state == "declined" and task.status == "accepted")
        if free and offer.team != after.team.id:
            draft.cancel(task)
            draft.ask(after)
            return
        if not free:
            draft.kept.append(offer.offer_id)
    if before.when != after.when:
        draft.move(task, after, now)


def _end_in_hospital(draft: Redraft, now: datetime, playbook: Playbook) -> None:
    """What a death after the stay asked for is not asked when the patient died in it."""
    for one in plan_on("patient.died", draft.whole.handover, now, playbook):
        draft.cancel_rule(one.rule.id)
    draft.end_with_the_patient(playbook)
