"""The records of persons and the stays that a batch is about: as loaded, then as changed by it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from services.discharge.domain.identity import Alias
from services.discharge.domain.patient import Link, Patient, linked
from services.discharge.domain.spell import Spell
from services.discharge.usecases.ports import Stay


@dataclass
class Books:
    """What is known, in memory; nothing here asks the database."""

    aliases: dict[str, Alias]
    patients: dict[str, Patient]
    stored_patients: frozenset[str] = frozenset()
    stored_spells: frozenset[UUID] = frozenset()
    changed_aliases: dict[str, Alias] = field(default_factory=dict)
    changed_patients: dict[str, Patient] = field(default_factory=dict)
    changed_spells: dict[UUID, Spell] = field(default_factory=dict)
    _spells: dict[UUID, Spell] = field(default_factory=dict)
    _by_stay: dict[Stay, dict[UUID, None]] = field(default_factory=lambda: defaultdict(dict))
    _by_home: dict[str, dict[UUID, None]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def open(
        cls, aliases: Mapping[str, Alias], patients: Mapping[str, Patient], spells: Iterable[Spell]
    ) -> "Books":
        """Begin with what the database holds."""
        books = cls(dict(aliases), dict(patients), stored_patients=frozenset(patients))
        for spell in spells:
            books._file(spell)
        books.stored_spells = frozenset(books._spells)
        return books

    def stays_at(self, stay: Stay) -> list[Spell]:
        """The stays with that correlation."""
        return [self._spells[spell_id] for spell_id in self._by_stay[stay]]

    def stays_of(self, keys: Iterable[str]) -> list[Spell]:
        """The stays whose messages name one of these records, as far as loaded."""
        return [self._spells[each] for key in keys for each in self._by_home.get(key, ())]

    def put_spell(self, spell: Spell) -> None:
        """Keep a stay as it is now."""
        old = self._spells.get(spell.spell_id)
        if old is not None:
            self._unfile(old)
        self._file(spell)
        self.changed_spells[spell.spell_id] = spell

    def put_patient(self, record: Patient) -> None:
        """Keep a record as it is now."""
        self.patients[record.patient_key] = self.changed_patients[record.patient_key] = record

    def learn(self, key: str, alias: Alias) -> None:
        """Remember whom a local number stands for."""
        self.aliases[key] = self.changed_aliases[key] = alias

    def record(self, key: str) -> Patient:
        """A record, a new one if need be."""
        return self.patients.get(key) or Patient(key)

    def root(self, key: str) -> str:
        """The record that stands for the person, all links followed."""
        for _ in range(len(self.patients) + 1):
            record = self.patients.get(key)
            if record is None or record.replaced_by is None:
                return key
            key = record.replaced_by
        return key

    def group(self, root: str) -> list[Patient]:
        """The other records of the same person."""
        return list(self._absorbed(root, {root}))

    def link(self, key: str, link: Link) -> bool:
        """Say whose record it is; returns whether that changed anything. Never makes a circle."""
        if link.to is not None and self.root(link.to) == key:
            return False
        before = self.record(key)
        after = linked(before, link)
        if after == before:
            return False
        self.put_patient(after)
        if before.replaced_by != after.replaced_by:
            self._reabsorb(before.replaced_by, key, present=False)
            self._reabsorb(after.replaced_by, key, present=True)
        return True

    def _reabsorb(self, host: str | None, key: str, *, present: bool) -> None:
        if host is None:
            return
        record = self.record(host)
        others = tuple(each for each in record.absorbed if each != key)
        self.put_patient(replace(record, absorbed=(*others, key) if present else others))

    def _absorbed(self, key: str, seen: set[str]) -> Iterator[Patient]:
        for each in self.record(key).absorbed:
            if each not in seen and each in self.patients:
                seen.add(each)
                yield self.patients[each]
                yield from self._absorbed(each, seen)

    def _places(self, spell: Spell) -> list[Stay]:
        return [(spell.realm, spell.trust, each) for each in (spell.correlation, *spell.also)]

    def _file(self, spell: Spell) -> None:
        self._spells[spell.spell_id] = spell
        self._by_home[spell.home_key][spell.spell_id] = None
        for place in self._places(spell):
            self._by_stay[place][spell.spell_id] = None

    def _unfile(self, spell: Spell) -> None:
        self._by_home[spell.home_key].pop(spell.spell_id, None)
        for place in self._places(spell):
            self._by_stay[place].pop(spell.spell_id, None)
