"""What happens to the handover of a referral happens to the referral: its state, its team, its clock."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.referral.domain.coordinating import leave
from services.referral.domain.facts import (
    Fact,
    HandoverCompleted,
    HandoverReplanned,
    HandoverWithdrawn,
    SomethingHappened,
)
from services.referral.domain.handover import FINAL, Offer, OfferState, Task, TaskStatus, Whole
from services.referral.domain.happening import happen
from services.referral.domain.offer_facts import OfferAccepted, OfferDeclined, OfferRedirected
from services.referral.domain.people import SYSTEM
from services.referral.domain.planning import Ids
from services.referral.domain.referral import Progress, ReferralState
from services.referral.domain.referral_facts import AppointmentChanged, ReferralMoved
from services.referral.domain.rules import Playbook
from services.referral.domain.task_facts import TaskChanged

ACCEPTED, REJECTED = "referral-accepted", "referral-rejected"
_STATES: Mapping[str, ReferralState] = {
    "referral-triaged": "triaged",
    ACCEPTED: "accepted",
    REJECTED: "rejected",
    "appointment-booked": "booked",
    "appointment-moved": "booked",
    "appointment-attended": "attended",
    "advice-given": "outcome",
    "no-treatment-needed": "outcome",
}
"""Where a referral is once something has happened."""
_FREED = frozenset({"appointment-cancelled", "appointment-missed"})
"""With no other appointment ahead, the referral waits for one again."""
STOPS = frozenset({"treatment-started", "no-treatment-needed", "advice-given", REJECTED})
"""What stops the clock of a wait."""
_LATER: Mapping[ReferralState, int] = {"received": 0, "triaged": 1, "accepted": 2, "booked": 3}


def follow(
    whole: Whole, facts: Sequence[Fact], now: datetime, playbook: Playbook, new_id: Ids
) -> tuple[Fact, ...]:
    """These facts, and what they mean for the patient's contact and for the referral that the handover is about."""
    if whole.handover.progress is None or not facts:
        return (*facts, *leave(whole, facts, now))
    trail = _Trail(whole, whole.handover.progress, now, playbook, new_id)
    told = tuple(told for fact in facts for told in trail.tell(fact))
    told = (*told, *trail.close())
    return (*told, *leave(whole, told, now))


@dataclass
class _Trail:
    """One pass over what happened to a referral's handover."""

    whole: Whole
    progress: Progress
    now: datetime
    playbook: Playbook
    new_id: Ids
    closed_by: str = ""
    """Who brought the referral to its outcome in this pass."""
    because: str = ""
    """The coded reason of what happens now, where there is one."""

    def tell(self, fact: Fact) -> Iterator[Fact]:
        """The fact and what follows from it, in the order in which it is to be said."""
        yield fact
        match fact:
            case ReferralMoved():
                self._moved(fact)
            case AppointmentChanged(appointment=one):
                others = (
                    a for a in self.progress.appointments if a.appointment_id != one.appointment_id
                )
                self.progress = replace(self.progress, appointments=(*others, one))
            case OfferAccepted() | OfferDeclined() | OfferRedirected():
                yield from self._answered(fact)
            case SomethingHappened():
                yield from self._happened(fact)
            case HandoverWithdrawn(at=at, by=by, reason=reason):
                yield from self._end("cancelled", at, by, reason)
            case HandoverReplanned():
                self._replanned(fact)
                if fact.death == "said":
                    yield from self._end("cancelled", fact.at, SYSTEM, "deceased")
            case TaskChanged(status=status) if status in FINAL:
                self._close({fact.task_id}, status)
            case _:
                pass

    def close(self) -> tuple[Fact, ...]:
        """A referral that came to its outcome with nothing left to do is complete (A70)."""
        if self.closed_by and not self.whole.open_tasks():
            return (HandoverCompleted(self.now, self.closed_by),)
        return ()

    def _answered(self, fact: OfferAccepted | OfferDeclined | OfferRedirected) -> Iterator[Fact]:
        match fact:
            case OfferAccepted():
                self._answer(fact.offer_id, "accepted", fact.tasks, fact.team)
                yield from self._accepted(fact)
            case OfferDeclined():
                self._answer(fact.offer_id, "declined", fact.tasks, fact.owner_team)
                yield from self._declined(fact)
            case OfferRedirected():
                yield from self._redirected(fact)

    def _accepted(self, fact: OfferAccepted) -> Iterator[Fact]:
        offer = self.whole.offer(fact.offer_id)
        if self.progress.over or not self._carries_it(offer):
            return
        if offer.team != self.progress.team:
            yield self._move("received", fact.at, fact.by, "handed-on", team=offer.team, anew=True)
        yield from self._so(ACCEPTED, fact.at, fact.by)

    def _declined(self, fact: OfferDeclined) -> Iterator[Fact]:
        offer = self.whole.offer(fact.offer_id)
        if self.progress.over or offer.team != self.progress.team:
            return
        if offer.from_team and offer.from_team != self.whole.handover.sender_team:
            # Passed on and turned down: it is back with the team that passed it on, never with the referrer.
            yield self._move("accepted", fact.at, fact.by, fact.reason, team=offer.from_team)
        else:
            yield from self._so(REJECTED, fact.at, fact.by, fact.reason)

    def _redirected(self, fact: OfferRedirected) -> Iterator[Fact]:
        if self.progress.over or fact.team != self.progress.team:
            return
        yield self._move("received", fact.at, fact.by, fact.reason, team=fact.offer.team, anew=True)

    def _happened(self, fact: SomethingHappened) -> Iterator[Fact]:
        if self.progress.over:
            return
        state = self._state_after(fact.code)
        stopped = self.progress.clock_stopped_at
        if fact.code in STOPS and stopped is None:
            stopped = fact.happened_at
        if (state, stopped) == (self.progress.state, self.progress.clock_stopped_at):
            return
        yield self._move(state, fact.at, fact.by, self.because or fact.code, stopped=stopped)

    def _state_after(self, code: str) -> ReferralState:
        current = self.progress.state
        if code in _FREED:
            ahead = any(one.ahead for one in self.progress.appointments)
            return "booked" if ahead else "accepted"
        state = _STATES.get(code, current)
        if state == "triaged" and current != "received":
            return current
        if state == "accepted" and _LATER.get(current, 9) > _LATER["accepted"]:
            return current
        return state

    def _so(self, code: str, at: datetime, by: str, reason: str = "") -> Iterator[Fact]:
        """Let it have happened, with everything that the rules say of that."""
        self.because = reason
        for fact in happen(self.whole, code, at, self.now, self.playbook, self.new_id, by=by):
            yield from self.tell(fact)
        self.because = ""

    def _end(self, state: ReferralState, at: datetime, by: str, reason: str) -> Iterator[Fact]:
        if not self.progress.over:
            stopped = self.progress.clock_stopped_at or at
            yield self._move(state, at, by, reason, stopped=stopped)

    def _move(
        self,
        state: ReferralState,
        at: datetime,
        by: str,
        reason: str,
        *,
        team: str = "",
        anew: bool = False,
        stopped: datetime | None = None,
    ) -> ReferralMoved:
        before = self.progress
        moved = ReferralMoved(
            state=state,
            team=team or before.team,
            service_request=self.new_id() if anew else before.service_request,
            at=at,
            by=by,
            reason=reason,
            clock_stopped_at=stopped or before.clock_stopped_at,
            replaces=before.service_request if anew else None,
        )
        self._moved(moved)
        return moved

    def _moved(self, fact: ReferralMoved) -> None:
        if fact.state == "outcome" and self.progress.state != "outcome":
            self.closed_by = fact.by
        self.progress = replace(
            self.progress,
            state=fact.state,
            team=fact.team,
            service_request=fact.service_request,
            clock_stopped_at=fact.clock_stopped_at,
        )

    def _carries_it(self, offer: Offer) -> bool:
        """Whether this is the offer that the referral hangs on, or one by which its team passes everything on."""
        if offer.team == self.progress.team:
            return True
        if offer.from_team != self.progress.team:
            return False
        return all(task.offer_id == offer.offer_id for task in self._service_tasks())

    def _service_tasks(self) -> list[Task]:
        return [task for task in self.whole.open_tasks() if task.offer_id is not None]

    def _answer(self, offer_id: UUID, state: OfferState, tasks: Sequence[UUID], owner: str) -> None:
        offers = tuple(
            replace(offer, state=state) if offer.offer_id == offer_id else offer
            for offer in self.whole.offers
        )
        moved = tuple(
            replace(task, status="accepted", owner_team=owner) if task.task_id in tasks else task
            for task in self.whole.tasks
        )
        self.whole = replace(self.whole, offers=offers, tasks=moved)

    def _replanned(self, fact: HandoverReplanned) -> None:
        self._close(set(fact.cancelled), "cancelled")
        self.whole = replace(
            self.whole,
            offers=(*self.whole.offers, *fact.offers),
            tasks=(*self.whole.tasks, *fact.tasks),
        )

    def _close(self, tasks: Collection[UUID], status: TaskStatus) -> None:
        closed = tuple(
            replace(task, status=status) if task.task_id in tasks else task
            for task in self.whole.tasks
        )
        self.whole = replace(self.whole, tasks=closed)
