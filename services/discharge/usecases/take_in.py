"""Take in what messages say: find the person and the stay, fold, and tell what is new."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.discharge.domain.codes import trust_of
from services.discharge.domain.identity import Alias, Identity, Match, match, same_stay
from services.discharge.domain.patient import Patient, describe, hear
from services.discharge.domain.spell import Decision, Spell, correlation_of, decide
from services.discharge.domain.statement import Statement
from services.discharge.usecases import announce
from services.discharge.usecases.ports import Stay


@dataclass(frozen=True, slots=True)
class Effect:
    """What one message led to."""

    patient_key: str
    spell_id: UUID
    said: tuple[dict[str, str], ...]
    flags: tuple[str, ...]


def stay_of(statement: Statement) -> Stay:
    """Where to look for the stay that a statement is about."""
    return statement.realm, trust_of(statement.stay.provider), correlation_of(statement)


@dataclass
class Books:
    """The persons and stays that a batch is about: as loaded, then as changed by it."""

    aliases: dict[str, Alias]
    patients: dict[str, Patient]
    spells: dict[Stay, list[Spell]] = field(default_factory=lambda: defaultdict(list))
    stored_patients: frozenset[str] = frozenset()
    stored_spells: frozenset[UUID] = frozenset()
    changed_aliases: dict[str, Alias] = field(default_factory=dict)
    changed_patients: dict[str, Patient] = field(default_factory=dict)
    changed_spells: dict[UUID, Spell] = field(default_factory=dict)

    @classmethod
    def open(
        cls, aliases: dict[str, Alias], patients: dict[str, Patient], spells: Iterable[Spell]
    ) -> "Books":
        """Begin with what the database holds."""
        books = cls(aliases, patients, stored_patients=frozenset(patients))
        for spell in spells:
            books.spells[spell.realm, spell.trust, spell.correlation].append(spell)
            books.stored_spells |= {spell.spell_id}
        return books

    def take_in(
        self, statement: Statement, identity: Identity, message_id: UUID, unit: UnitOfWork
    ) -> Effect:
        """Fold one statement, and say what is new of it."""
        cause = Cause(new_id(), message_id)
        candidates = self.spells[stay_of(statement)]
        spell = same_stay(candidates, identity, self.aliases)
        found = match(identity, self.aliases, spell, fallback=message_id.hex)
        flags = [*statement.flags, *self._learn_numbers(identity, found)]
        if candidates and spell is None:
            flags.append("visit-number-shared")
        patient, said = self._describe(statement, identity, found, unit, cause)
        before = spell or _new_spell(statement, found)
        if before.patient_key != found.patient_key:
            before = replace(
                before, patient_key=found.patient_key, known_by_nhs_number=found.by_nhs_number
            )
        decision = decide(before, statement, patient.described)
        flags += decision.flags
        self._put(candidates, spell, decision.spell)
        said += _tell(decision, statement, tuple(flags), unit, cause)
        return Effect(found.patient_key, before.spell_id, tuple(said), tuple(flags))

    def _learn_numbers(self, identity: Identity, found: Match) -> list[str]:
        """Remember whom the local numbers stand for; an NHS number outweighs its absence."""
        flags = []
        for key in identity.local_keys:
            old = self.aliases.get(key)
            if old is None or (found.by_nhs_number and not old.by_nhs_number):
                alias = Alias(found.patient_key, found.by_nhs_number)
                self.aliases[key] = self.changed_aliases[key] = alias
            elif old.patient_key != found.patient_key:
                flags.append("conflict:local-number")
        return flags

    def _describe(
        self,
        statement: Statement,
        identity: Identity,
        found: Match,
        unit: UnitOfWork,
        cause: Cause,
    ) -> tuple[Patient, list[dict[str, str]]]:
        person = statement.person
        before = self.patients.get(found.patient_key) or self._newcomer(identity, found)
        patient = Patient(
            patient_key=found.patient_key,
            nhs_number=before.nhs_number or (person.nhs_number if found.by_nhs_number else None),
            test_patient=before.test_patient or statement.test_patient,
            said=hear(
                before.said,
                statement.source,
                person.words,
                as_of=statement.happened_at,
                said_at=statement.said_at,
            ),
            described=before.described,
            version=before.version,
        )
        known = describe(patient)
        said: list[dict[str, str]] = []
        if known != before.described:
            patient = replace(patient, described=known, version=before.version + 1)
            event = announce.patient_described(patient)
            event_id = unit.publish(
                event,
                stream=f"patient:{patient.patient_key}",
                sequence=patient.version,
                cause=cause,
                occurred_at=event.described_at,
            )
            said.append({"event_id": str(event_id), "type": event.type})
        self.patients[patient.patient_key] = self.changed_patients[patient.patient_key] = patient
        return patient, said

    def _newcomer(self, identity: Identity, found: Match) -> Patient:
        """Somebody new, or somebody known so far by a local number only: their words come along."""
        for key in identity.local_keys:
            if key in self.patients and found.by_nhs_number and not self.patients[key].nhs_number:
                return Patient(found.patient_key, said=self.patients[key].said)
        return Patient(found.patient_key)

    def _put(self, candidates: list[Spell], old: Spell | None, new: Spell) -> None:
        if old is None:
            candidates.append(new)
        else:
            candidates[candidates.index(old)] = new
        self.changed_spells[new.spell_id] = new


def _new_spell(statement: Statement, found: Match) -> Spell:
    _, trust, correlation = stay_of(statement)
    return Spell(
        spell_id=new_id(),
        realm=statement.realm,
        trust=trust,
        correlation=correlation,
        patient_key=found.patient_key,
        known_by_nhs_number=found.by_nhs_number,
        birth_date=statement.person.birth_date,
        provider=statement.stay.provider,
        encounter_class=statement.stay.encounter_class,
    )


def _tell(
    decision: Decision,
    statement: Statement,
    flags: tuple[str, ...],
    unit: UnitOfWork,
    cause: Cause,
) -> list[dict[str, str]]:
    said = []
    spell = decision.spell
    for news in decision.news:
        admitted = news == "spell.admitted"
        make = announce.spell_admitted if admitted else announce.spell_discharged
        left_at = None if admitted else spell.discharged_at
        event_id = unit.publish(
            make(spell, flags),
            stream=f"spell:{spell.spell_id}",
            sequence=spell.said,
            cause=cause,
            occurred_at=left_at or statement.happened_at,
        )
        said.append({"event_id": str(event_id), "type": news})
    return said
