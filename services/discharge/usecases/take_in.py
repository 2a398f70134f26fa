"""Take in what messages say: find the person and the stay, fold, and tell what is new."""

from dataclasses import dataclass, field, replace
from uuid import UUID

from services.chassis.ids import new_id
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.discharge.domain.codes import trust_of
from services.discharge.domain.identity import Identity, Match, match, same_stay
from services.discharge.domain.news import tell
from services.discharge.domain.spell import Heard, Spell, by_visit, correlation_of, hear, join
from services.discharge.domain.statement import Statement
from services.discharge.domain.statement import Stay as StayWords
from services.discharge.usecases import announce
from services.discharge.usecases.books import Books
from services.discharge.usecases.know_person import Said, know_person
from services.discharge.usecases.ports import Stay

_WHY = {"merged": "merged", "parted": "unmerged", "visit-moved": "moved"}
"""Why a stay belongs to another person now, by what was said; anything else made somebody known."""


@dataclass(slots=True)
class Effect:
    """What one message led to."""

    patient_key: str
    spell_id: UUID | None
    cause: Cause
    said: list[Said] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def stays_of(statement: Statement) -> list[Stay]:
    """Where to look for the stay that a statement is about."""
    stay = statement.stay
    if stay is None:
        return []
    trust = trust_of(stay.provider)
    places = [(statement.realm, trust, correlation_of(statement, stay))]
    if statement.formerly and statement.formerly.visit_number:
        places.append((statement.realm, trust, by_visit(statement.formerly.visit_number)))
    return places


def take_in(
    books: Books,
    statement: Statement,
    identity: Identity,
    message_id: UUID,
    unit: UnitOfWork,
    *,
    snapshot: bool,
) -> Effect:
    """Fold one statement, and say what is new of it."""
    cause = Cause(new_id(), message_id)
    places = stays_of(statement)
    spell = _find(books, places, statement, identity)
    if spell is None and places and books.stays_at(places[0]):
        statement = replace(statement, flags=(*statement.flags, "visit-number-shared"))
    found = match(identity, books.aliases, spell, fallback=message_id.hex)
    known = know_person(books, statement, identity, found, spell, unit, cause)
    effect = Effect(
        books.root(found.patient_key), None, cause, known.said, [*statement.flags, *known.flags]
    )
    restate = {each.spell_id: each for each in books.stays_of(known.restate)}
    if statement.stay is not None:
        heard = _listen(books, spell, places, statement, statement.stay, found, snapshot=snapshot)
        effect.spell_id = heard[-1].spell_id
        restate |= {each.spell_id: each for each in heard}
    for each in restate.values():
        _tell(books, each, statement, effect, unit, cause)
    return effect


def _find(
    books: Books, places: list[Stay], statement: Statement, identity: Identity
) -> Spell | None:
    """The stay, under its number or the one it had before; a moved visit is on the other person's record."""
    if statement.happening == "visit-moved":
        other = Identity(identity.former_nhs_key, identity.former_local_keys, None)
        found = [same_stay(books.stays_at(place), other, books.aliases) for place in places]
        if any(found):
            return next(spell for spell in found if spell)
    found = [same_stay(books.stays_at(place), identity, books.aliases) for place in places]
    return next((spell for spell in found if spell), None)


def _listen(
    books: Books,
    spell: Spell | None,
    places: list[Stay],
    statement: Statement,
    stay: StayWords,
    found: Match,
    *,
    snapshot: bool,
) -> list[Spell]:
    """The stay with what the statement says of it; before it, those that it has turned out to be."""
    twins: list[Spell] = []
    spell = spell or _new_spell(places[0], statement, stay, found)
    if statement.happening == "visit-moved" and spell.home_key != found.patient_key:
        former = (*spell.former_keys, spell.home_key)
        spell = replace(
            spell,
            home_key=found.patient_key,
            known_by_nhs_number=found.by_nhs_number,
            former_keys=former,
        )
    elif found.by_nhs_number and not spell.known_by_nhs_number:
        spell = replace(spell, home_key=found.patient_key, known_by_nhs_number=True)
    if statement.happening == "renumbered" and len(places) == 2:
        spell, twins = _renumber(books, spell, places)
    spell = hear(spell, statement, stay, snapshot=snapshot)
    books.put_spell(spell)
    return [*twins, spell]


def _renumber(books: Books, spell: Spell, places: list[Stay]) -> tuple[Spell, list[Spell]]:
    """One stay under both numbers; where there were two of one person, one takes over what was said of the other."""
    new, old = places
    twins = [
        twin
        for place in places
        for twin in books.stays_at(place)
        if twin.spell_id != spell.spell_id
        and books.root(twin.home_key) == books.root(spell.home_key)
    ]
    gone = []
    for twin in twins:
        spell = replace(spell, heard=join(spell.heard, twin.heard))
        emptied = replace(twin, heard=Heard(), correlation=f"joined:{twin.spell_id}", also=())
        gone.append(emptied)
        books.put_spell(emptied)
    also = tuple(dict.fromkeys((*spell.also, spell.correlation, old[2])))
    others = tuple(each for each in also if each != new[2])
    return replace(spell, correlation=new[2], also=others), gone


def _new_spell(place: Stay, statement: Statement, stay: StayWords, found: Match) -> Spell:
    realm, trust, correlation = place
    return Spell(
        spell_id=new_id(),
        realm=realm,
        trust=trust,
        correlation=correlation,
        home_key=found.patient_key,
        patient_key=found.patient_key,
        known_by_nhs_number=found.by_nhs_number,
        birth_date=statement.person.birth_date,
        provider=stay.provider,
    )


def _tell(
    books: Books,
    spell: Spell,
    statement: Statement,
    effect: Effect,
    unit: UnitOfWork,
    cause: Cause,
) -> None:
    root = books.root(spell.home_key)
    because = _WHY.get(statement.happening, "identified")
    spell, standing, news = tell(spell, root, books.record(root).described, because)
    books.put_spell(spell)
    if spell.spell_id == effect.spell_id:
        effect.flags += [f"question:{question}" for question in standing.questions]
        if standing.discharge:
            found = standing.discharge.content["flags"]
            effect.flags += [flag for flag in found if flag.startswith("conflict:")]
    for each in news:
        event = announce.spell_news(spell, each, statement.happened_at)
        event_id = unit.publish(
            event,
            stream=f"spell:{spell.spell_id}",
            sequence=each.sequence,
            cause=cause,
            occurred_at=statement.happened_at,
        )
        effect.said.append({"event_id": str(event_id), "type": event.type})
