"""What changes in an open handover, gathered piece by piece until it is one fact."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.discharge import Discharge
from services.referral.domain.facts import HandoverReplanned
from services.referral.domain.handover import Death, Offer, Task, Whole
from services.referral.domain.planning import Ids, Planned, arrange
from services.referral.domain.rules import Playbook


@dataclass
class Redraft:
    """The changes of one decision; nothing of it happens before `fact`."""

    whole: Whole
    asked: list[Planned] = field(default_factory=list)
    cancelled: set[UUID] = field(default_factory=set)
    moved: list[Task] = field(default_factory=list)
    kept: list[UUID] = field(default_factory=list)

    def open_tasks(self) -> list[Task]:
        """What is still to be done, after what was called off here."""
        return [task for task in self.whole.open_tasks() if task.task_id not in self.cancelled]

    def open_task(self, rule_id: str) -> Task | None:
        """The open task that a rule made."""
        return next((task for task in self.open_tasks() if task.rule_id == rule_id), None)

    def ask(self, *planned: Planned) -> None:
        """Ask for more than there is."""
        self.asked += planned

    def cancel(self, *tasks: Task) -> None:
        """Call off these tasks, whoever has them."""
        self.cancelled.update(task.task_id for task in tasks)

    def cancel_rule(self, rule_id: str) -> None:
        """Call off what a rule made, unless it is done."""
        self.cancel(*(task for task in self.open_tasks() if task.rule_id == rule_id))

    def end_follow_up(self, playbook: Playbook) -> None:
        """Call off what the discharge asked of other teams; the sender's duties stay, and what else was asked."""
        ends = {rule.id for rule in playbook.on("spell.discharged")}
        self.cancel(*(t for t in self.open_tasks() if t.offer_id is not None and t.rule_id in ends))

    def end_with_the_patient(self, playbook: Playbook) -> None:
        """Call off what a death makes pointless, as its rule says; without a word in the rule, the follow-up."""
        for task in self.open_tasks():
            rule = playbook.rule(task.rule_id)
            after_death = rule.after_death if rule else ""
            if after_death == "ends" or (not after_death and task.offer_id is not None):
                self.cancel(task)

    def move(self, task: Task, planned: Planned, now: datetime) -> None:
        """Give a task another deadline; silence about the old one counts no more when the new one is ahead."""
        when = planned.when
        moved = replace(
            task,
            anchored_at=planned.anchored_at,
            due_at=when.due_at,
            not_before=when.not_before,
            working=when.working,
        )
        if when.due_at > now or not task.escalation_step:
            moved = replace(moved, escalation_step=0, ladder_step=0, rings_at=planned.rings_at)
        self.moved.append(moved)

    def _at_work(self) -> list[Offer]:
        """What the team that a referral is with has accepted: it has what else the referral asks of it."""
        progress = self.whole.handover.progress
        return [
            offer
            for offer in self.whole.offers
            if progress and offer.state == "accepted" and offer.team == progress.team
        ]

    def as_it_stands(self, reason: str, now: datetime, new_id: Ids) -> HandoverReplanned:
        """Everything gathered, while what is known of the patient stays as it is."""
        handover = self.whole.handover
        return self.fact(
            reason,
            now,
            new_id,
            discharge=handover.discharge,
            death=handover.death,
            readmitted_by=handover.readmitted_by,
        )

    def fact(
        self,
        reason: str,
        now: datetime,
        new_id: Ids,
        *,
        discharge: Discharge | None,
        death: Death,
        readmitted_by: UUID | None,
    ) -> HandoverReplanned:
        """Everything gathered. An offer that asks for nothing any more is withdrawn with it."""
        handover = self.whole.handover
        waiting = [offer for offer in self.whole.offers if offer.state == "offered"]
        offers, tasks = arrange(self.asked, handover, (*self._at_work(), *waiting), new_id)
        needed = {task.offer_id for task in (*self.open_tasks(), *tasks)}
        return HandoverReplanned(
            reason=reason,
            at=now,
            discharge=discharge,
            clock_started_at=discharge.discharged_at if discharge else handover.clock_started_at,
            offers=offers,
            tasks=tasks,
            moved=tuple(self.moved),
            cancelled=tuple(
                task.task_id for task in self.whole.tasks if task.task_id in self.cancelled
            ),
            withdrawn=tuple(offer.offer_id for offer in waiting if offer.offer_id not in needed),
            kept=tuple(self.kept),
            death=death,
            readmitted_by=readmitted_by,
        )
