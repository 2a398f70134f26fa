from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.discharge.domain.codes import trust_of
from services.discharge.domain.identity import Alias, Identity, identify, match, same_stay
from services.discharge.domain.spell import Spell, correlation_of
from services.discharge.domain.statement import Person, Statement, Stay

LEFT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
CAME = datetime(2026, 9, 4, 7, 45, tzinfo=UTC)


def a_statement(happening="discharged", **given):
    stay = {
        "provider": "ZTA",
        "visit_number": "SP-1",
        "encounter_class": "IMP",
        "admitted_at": CAME,
        "discharged_at": LEFT if happening == "discharged" else None,
        "method": "1" if happening == "discharged" else "",
    } | {name: value for name, value in given.items() if name in Stay.__dataclass_fields__}
    person = Person(
        given.get("nhs", "9995000245"),
        given.get("local", (("ZTA", "L55"),)),
        given.get("born", "1974-03-11"),
        {},
    )
    return Statement(
        happening=happening,
        happened_at=LEFT if happening == "discharged" else CAME,
        said_at=LEFT,
        realm=given.get("realm", "production"),
        source="ZTA/PAS",
        person=person,
        stay=Stay(**stay),
        deceased=given.get("deceased", False),
        test_patient=False,
        flags=(),
    )


def a_spell(**given):
    facts = {
        "spell_id": UUID(int=1),
        "realm": "production",
        "trust": "ZTA",
        "correlation": "visit:SP-1",
        "home_key": "nhs:9995000245",
        "known_by_nhs_number": True,
        "birth_date": "1974-03-11",
        "provider": "ZTA",
    } | given
    return Spell(patient_key=facts["home_key"], **facts)


def key_of(system, value):
    return f"{system}:{value}"


def an_identity(nhs="nhs:9995000245", local=("ZTA:L55",), born="1974-03-11"):
    return Identity(nhs, local, born)


@pytest.mark.parametrize(
    ("given", "correlation"),
    [
        ({}, "visit:SP-1"),
        ({"visit_number": ""}, "admitted:2026-09-04T07:45:00+00:00"),
        ({"visit_number": "", "admitted_at": None}, "discharged:2026-09-08T10:20:00+00:00"),
    ],
)
def test_a_stay_is_told_by_its_number_else_by_its_times(given, correlation):
    statement = a_statement(**given)

    assert correlation_of(statement, statement.stay) == correlation


def test_a_site_belongs_to_its_trust():
    assert trust_of("ZTA01") == trust_of("ZTA") == "ZTA"
    assert trust_of("Z90001") == "Z90001"


def test_a_person_is_known_by_every_number():
    found = identify(a_statement(), key_of)

    assert found == an_identity()


def test_test_messages_live_in_a_world_of_their_own():
    found = identify(a_statement(realm="test", nhs="5000000005"), key_of)

    assert found.nhs_key == "test nhs:5000000005"
    assert found.local_keys == ("test ZTA:L55",)


def test_a_number_of_the_test_range_needs_no_world_of_its_own():
    assert identify(a_statement(realm="test"), key_of).nhs_key == "nhs:9995000245"


def test_the_nhs_number_comes_first_then_the_stay_then_the_local_number():
    aliases = {"ZTA:L55": Alias("nhs:9995000245", True)}
    unnamed = an_identity(nhs=None)

    assert match(an_identity(), {}, None, "m").patient_key == "nhs:9995000245"
    assert match(unnamed, {}, a_spell(), "m").patient_key == "nhs:9995000245"
    assert match(unnamed, aliases, None, "m").patient_key == "nhs:9995000245"
    assert match(unnamed, {}, None, "m").patient_key == "ZTA:L55"
    assert match(an_identity(nhs=None, local=()), {}, None, "m").patient_key == "m"


def test_a_stay_known_by_a_local_number_is_found_when_the_nhs_number_comes():
    spell = a_spell(home_key="ZTA:L55", known_by_nhs_number=False)

    assert same_stay([spell], an_identity(), {}) is spell


def test_a_visit_number_is_enough_as_long_as_the_persons_may_be_one():
    spell = a_spell(home_key="other:1", known_by_nhs_number=False)

    assert same_stay([spell], an_identity(), {}) is spell
    assert same_stay([a_spell()], an_identity(nhs=None, local=("new:1",)), {}) is not None


@pytest.mark.parametrize(
    "identity",
    [an_identity(nhs="nhs:9995000105"), an_identity(nhs=None, local=(), born="2001-01-01")],
)
def test_one_visit_number_on_two_persons_is_two_stays(identity):
    assert same_stay([a_spell()], identity, {}) is None


def test_without_a_visit_number_only_the_same_person_has_the_same_stay():
    spell = replace(a_spell(), correlation="admitted:2026-09-04T07:45:00+00:00")

    assert same_stay([spell], an_identity(), {}) is spell
    assert same_stay([spell], an_identity(nhs=None, local=("ZTA:L77",)), {}) is None


def test_the_stay_of_the_same_nhs_number_is_preferred():
    local = a_spell(spell_id=UUID(int=2), home_key="ZTA:L55", known_by_nhs_number=False)

    assert same_stay([local, a_spell()], an_identity(), {}).spell_id == UUID(int=1)
