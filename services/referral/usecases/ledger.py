"""What one pass over a batch decides: announced at once, written together in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.referral.domain.coordinating import name_by
from services.referral.domain.facts import Fact, HandoverOpened, NotOpened
from services.referral.domain.following import follow
from services.referral.domain.handover import Whole
from services.referral.domain.rules import Playbook
from services.referral.usecases import announce
from services.referral.usecases.ports import Handovers
from services.referral.usecases.recording import COORDINATOR, UNANSWERED, record, ring_for
from services.referral.usecases.records import Changed, Loaded, Opened


@dataclass
class Ledger:
    """One pass; no handover is changed twice in it."""

    unit: UnitOfWork
    handovers: Handovers
    playbook: Playbook
    _changes: list[Changed] = field(default_factory=list)
    _opened: list[Opened] = field(default_factory=list)
    _changed_at_once: list[Changed] = field(default_factory=list)
    _turned_away: list[NotOpened] = field(default_factory=list)
    _forgotten: list[UUID] = field(default_factory=list)

    def change(self, loaded: Loaded, facts: Sequence[Fact], cause: Cause) -> None:
        """Something happened to a handover that was there."""
        if facts:
            facts = follow(loaded.whole, facts, self.unit.now, self.playbook, new_id)
            self._changes.append(self._say(loaded, facts, cause))

    def open(self, fact: HandoverOpened, cause: Cause, then: Sequence[Fact] = ()) -> None:
        """A handover was opened, and perhaps something happened to it `then` in the same instant."""
        announce.opened(self.unit, fact, cause)
        self._opened.append(Opened(fact, cause.correlation_id))
        for task in fact.tasks:
            ring_for(self.unit, task)
        for offer in fact.offers:
            if offer.accept_by is not None:
                self.unit.set_timer(UNANSWERED, offer.offer_id, offer.accept_by)
        if fact.handover.coordinator.state == "missing":
            handover = fact.handover
            self.unit.set_timer(COORDINATOR, handover.handover_id, name_by(handover))
        if then:
            whole = Whole(fact.handover, fact.offers, fact.tasks)
            loaded = Loaded(whole, 1, cause.correlation_id)
            self._changed_at_once.append(self._say(loaded, then, cause))

    def turn_away(self, fact: NotOpened) -> None:
        """A discharge started no handover."""
        self._turned_away.append(fact)

    def forget_turned_away(self, spell_id: UUID) -> None:
        """An earlier word of a discharge started none; this one did."""
        self._forgotten.append(spell_id)

    async def write(self) -> None:
        """What ended is written before what takes its place."""
        connection = self.unit.connection
        if self._changes:
            await record(self.unit, self.handovers, self._changes, self.playbook)
        if self._opened:
            await self.handovers.open(connection, self._opened)
        if self._changed_at_once:
            await record(self.unit, self.handovers, self._changed_at_once, self.playbook)
        if self._forgotten:
            await self.handovers.forget_discharges(connection, self._forgotten)
        if self._turned_away:
            await self.handovers.turn_away(connection, self._turned_away, self.unit.now)

    def _say(self, loaded: Loaded, facts: Sequence[Fact], cause: Cause) -> Changed:
        said = announce.happened(self.unit, loaded, facts, cause.causation_id)
        return Changed(loaded.whole, facts, said)


def under(loaded: Loaded, patient_key: str) -> Loaded:
    """The same handover, speaking under another patient key."""
    handover = replace(loaded.whole.handover, patient_key=patient_key)
    return replace(loaded, whole=replace(loaded.whole, handover=handover))
