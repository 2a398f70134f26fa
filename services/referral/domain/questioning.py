"""What the sources say of a stay does not fit together: each open question is a task of the ward."""

from collections.abc import Collection
from datetime import datetime

from services.referral.domain import closing
from services.referral.domain.facts import HandoverReplanned, HandoverWithdrawn
from services.referral.domain.handover import Whole
from services.referral.domain.planning import Ids, plan_on
from services.referral.domain.redrafting import Redraft
from services.referral.domain.rules import Playbook, Trigger

QUESTIONS: tuple[Trigger, ...] = (
    "spell.questioned.discharge-times-differ",
    "spell.questioned.discharged-again-or-late",
    "spell.questioned.cancelled-elsewhere",
)


def asked(questions: Collection[str]) -> tuple[Trigger, ...]:
    """The triggers of these questions, in one order whatever theirs is."""
    wanted = {f"spell.questioned.{question}" for question in questions}
    return tuple(trigger for trigger in QUESTIONS if trigger in wanted)


def answer(
    whole: Whole, questions: Collection[str], now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[HandoverReplanned | HandoverWithdrawn, ...]:
    """Let what is asked replace what was asked before: one open task a question, none for those gone.

    A handover that was only there for its questions is withdrawn with the last of them.
    """
    handover = whole.handover
    draft, wanted = Redraft(whole), asked(questions)
    for trigger in QUESTIONS:
        for rule in playbook.on(trigger):
            if trigger not in wanted:
                draft.cancel_rule(rule.id)
    held = {task.rule_id for task in draft.open_tasks()}
    draft.ask(
        *(
            one
            for trigger in wanted
            for one in plan_on(trigger, handover, now, playbook)
            if one.rule.id not in held
        )
    )
    if not draft.cancelled and not draft.asked:
        return ()
    if handover.purpose == "loose-end" and not draft.open_tasks() and not draft.asked:
        return closing.call_off(whole, now, reason="answered-since")
    fact = draft.fact(
        "answered-since" if draft.cancelled and not draft.asked else "questioned",
        now,
        new_id,
        discharge=handover.discharge,
        death=handover.death,
        readmitted_by=handover.readmitted_by,
    )
    return (fact,)
