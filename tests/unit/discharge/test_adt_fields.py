from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.events import EVENTS
from services.discharge.inbound.hl7.message import read_hl7
from tests.fuzz.hl7_promises import keep_promises
from tests.support.hospital import an_adt

NOW = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
HOME = {"kind": "phone", "value": "01632 960277"}


def read(*segments, event="A08", **fields):
    incoming = read_hl7(an_adt(event, *segments, **fields), Arrival(NOW, "mllp"), frozenset())[0]
    assert incoming.answer.code == "AA", incoming.answer
    return incoming.statement


def words(*segments, **fields):
    return read(*segments, **fields).person.words


@pytest.mark.parametrize(
    ("field", "word"),
    [
        ("name", "name"),
        ("born", "birth_date"),
        ("sex", "sex"),
        ("address", "address"),
        ("phones", "contact_points"),
        ("practice", "practice"),
    ],
)
def test_an_empty_field_says_nothing_and_a_deleted_one_says_that_it_is_gone(field, word):
    assert word not in words(**{field: ""})
    assert words(**{field: '""'})[word] is None


def test_a_deleted_part_of_a_field_is_empty_and_never_two_quotation_marks():
    known = words(name='SHAW^""^^^""', address='4 HILL ROAD^""^FELLSIDE^^""')

    assert known["name"] == {"family": "SHAW", "given": "", "prefix": ""}
    assert known["address"] == {"lines": ["4 HILL ROAD", "FELLSIDE"], "postcode": ""}


@pytest.mark.parametrize("kind", ["N", "P", "B", "M", "A", "S"])
def test_a_name_of_another_kind_is_used_only_where_there_is_no_other(kind):
    both = words(name=f"OTHER^PETE^^^^^{kind}~SHAW^PETER^^^^^L")
    alone = words(name=f"OTHER^PETE^^^^^{kind}")

    assert both["name"]["family"] == "SHAW"
    assert alone["name"]["family"] == "OTHER"


def test_a_temporary_address_gives_way_to_the_home():
    known = words(address="HOTEL^^TOWN^^ZZ99 1AA^^C~4 HILL ROAD^^FELLSIDE^^ZZ99 3VZ^^H")

    assert known["address"]["lines"][0] == "4 HILL ROAD"


@pytest.mark.parametrize(
    ("phones", "points"),
    [
        ("01632 960277^PRN^PH", [HOME]),
        ("01632 960277|07700 900123^PRS^CP", [HOME, {"kind": "mobile", "value": "07700 900123"}]),
        ("01632 960277|a@example.net^NET", [HOME, {"kind": "email", "value": "a@example.net"}]),
        ("01632 960277|07700 900124^WPN", [HOME, {"kind": "phone", "value": "07700 900124"}]),
        ("01632 960277|07700 900124", [HOME, {"kind": "phone", "value": "07700 900124"}]),
        ("01632 960277|^WPN^Internet^a@work.example", [HOME]),
        ("07700 900124^WPN^CP", [{"kind": "phone", "value": "07700 900124"}]),
        ('""|01632 960300^WPN', [{"kind": "phone", "value": "01632 960300"}]),
        ('01632 960277|""', [HOME]),
        ("01632 960277|01632 960277^WPN", [HOME]),
    ],
)
def test_numbers_of_the_home_and_of_the_work_place(phones, points):
    # PID-14 follows PID-13, and everything behind it moves on by one.
    assert words(phones=phones)["contact_points"] == points


def test_a_work_number_alone_hides_nothing_that_is_known():
    assert "contact_points" not in words(phones="|01632 960300^WPN")


def test_a_patient_who_is_not_dead_after_all_is_for_a_person_to_look_into():
    said = read(death_time='""')

    assert said.person.words["death_status"] == "removed"
    assert "deceased" not in said.person.words
    assert not said.deceased
    assert "death-taken-back:PID-29" in said.flags


def test_a_death_whose_time_is_deleted_stays_a_death():
    said = read(death_time='""', dead="Y")

    assert said.deceased
    assert "death_status" not in said.person.words


def test_a_discharge_by_death_is_one_whatever_stands_beside_it():
    said = read(event="A03", method="4", destination="79", death_time='""', dead="N")

    assert said.deceased
    assert said.person.words["deceased"] is True
    assert "death_status" not in said.person.words


def test_a_death_known_by_its_day_is_a_death_without_a_time():
    known = words(death_time="20260908")

    assert known["deceased"] is True
    assert "deceased_at" not in known


def restricted(visit="", protected="", pv2=""):
    message = an_adt("A08", f"PV2|{'|' * 21}{pv2}")
    message = message.replace(
        b"ELM TREE SURGERY^^Z90001", b"^^Z90001|||||||||" + protected.encode()
    )
    message = message.replace(b"|300|||||||||SP", f"|300||||||{visit}|||SP".encode())
    incoming, _ = read_hl7(message, Arrival(NOW, "mllp"), frozenset())
    return incoming.statement.person.words.get("restricted"), incoming.flags


@pytest.mark.parametrize("given", [{"visit": "Y"}, {"protected": "Y"}, {"pv2": "Y"}])
def test_one_mark_is_enough_to_restrict(given):
    assert restricted(**given)[0] is True


def test_a_mark_that_nobody_knows_restricts_and_is_flagged():
    found, flags = restricted(visit="STAFF")

    assert found is True
    assert "unknown-code:PV1-16" in flags


def test_a_visit_without_a_mark_does_not_end_the_protection_of_the_person():
    assert restricted(visit="N", pv2="N")[0] is None
    assert restricted(protected="N")[0] is False
    assert restricted(protected="N", visit="Y")[0] is True


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("ELM^^Z90001", "Z90001"),
        ("ELM^^^^^^^^^Z90001", "Z90001"),
        ("Z90001", "Z90001"),
        ("ELM^D^z90001", "Z90001"),
        ("^^V81999", "V81999"),
    ],
)
def test_the_practice_is_found_in_each_of_its_places(sent, code):
    assert words(practice=sent)["practice"] == code


def test_two_nhs_numbers_of_one_person_are_flagged_and_the_first_counts():
    said = read(numbers="9995000245^^^NHS^NH~9995000873^^^NHS^NH")

    assert said.person.nhs_number == "9995000245"
    assert "nhs-numbers-differ:PID-3" in said.flags


def test_an_nhs_number_in_another_field_is_no_nhs_number_by_default():
    message = an_adt(numbers="L55^^^ZTA^MR").replace(b"PID|1||", b"PID|1|9995000245|")

    statement = read_hl7(message, Arrival(NOW, "mllp"), frozenset())[0].statement

    assert statement.person.nhs_number is None


def test_forty_numbers_are_not_too_many():
    numbers = "~".join(f"L{number}^^^ZTA^MR" for number in range(39)) + "~9995000245^^^NHS^NH"

    assert len(read(numbers=numbers).person.local_numbers) == 10
    assert read(numbers=numbers).person.nhs_number == "9995000245"


@pytest.mark.parametrize(
    ("sent", "at", "flag"),
    [
        ("202610250130", datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "time-ambiguous:PV1-45"),
        ("202603290130", datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "time-gap:PV1-45"),
        ("20260908112000+0000", datetime(2026, 9, 8, 11, 20, tzinfo=UTC), ""),
        ("20260908112000.5", datetime(2026, 9, 8, 10, 20, 0, 500000, tzinfo=UTC), ""),
    ],
)
def test_hours_that_come_twice_or_never_are_read_and_flagged(sent, at, flag):
    said = read(event="A03", left=sent, happened="")

    assert said.stay.discharged_at == at
    assert not flag or flag in said.flags


@pytest.mark.parametrize(
    ("name", "charset", "coding"),
    [
        (("O'NEILL", "ZOË"), "8859/1", "iso8859-1"),
        (("ŒUVRE", "ZOË"), "8859/15", "iso8859-15"),
        (("WIŚNIEWSKI", "ŁUKASZ"), "UNICODE UTF-8", "utf-8"),
        (("ΠΑΠΑΔΟΠΟΥΛΟΣ", "ΕΛΕΝΗ"), "UNICODE UTF-8", "utf-8"),
        (("Шевченко", "Тарас"), "", "utf-8"),
        (("الشمري", "مريم"), "UNICODE UTF-8", "utf-8"),
        (("שפירא", "רות"), "UNICODE UTF-8", "utf-8"),
        (("王", "小明"), "UNICODE UTF-8", "utf-8"),
        (("ZOË", "RENÉE"), "", "cp1252"),
    ],
)
def test_names_in_every_alphabet_arrive_as_they_were_written(name, charset, coding):
    known = words(name="^".join(name), charset=charset, coding=coding)

    assert (known["name"]["family"], known["name"]["given"]) == name


def test_a_name_with_separators_in_it_arrives_whole():
    known = words(name=r"A\T\B \S\ SONS^X\F\Y")

    assert (known["name"]["family"], known["name"]["given"]) == ("A&B ^ SONS", "X|Y")


fields_of = st.text(max_size=40)
names = st.sampled_from(
    ["PID", "PV1", "PV2", "PD1", "MRG", "EVN", "DG1", "OBX", "ZPI", "ZRA", "ZUK"]
)
segment = st.tuples(names, st.lists(fields_of, max_size=50)).map(lambda s: "|".join([s[0], *s[1]]))


@given(st.binary(max_size=400))
def test_no_bytes_stop_the_reader(body):
    keep_promises(body)
    keep_promises(b"MSH|^~\\&|" + body)
    keep_promises(b"MSH|^~\\&|PATADMIN|ZTF|||20260908||ADT^A03|M1|P|2.4\rPID|1||" + body)


@given(st.sampled_from(sorted(EVENTS)), st.lists(segment, max_size=8), st.booleans())
def test_no_segments_stop_the_reader(event, segments, known):
    sender = {"application": "PATADMIN", "sender": "ZTF"} if known else {}
    text = "\r".join(segments).encode("utf-8", "surrogatepass")

    keep_promises(an_adt(event, **sender) + text)
    keep_promises(an_adt(event, **sender).split(b"\r", 1)[0] + b"\r" + text)
