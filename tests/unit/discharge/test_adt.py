from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.message import read_hl7
from tests.support.hospital import a_sample, an_adt

NOW = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
LEFT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)


def read(*segments, event="A03", senders=frozenset(), **given):
    return read_hl7(an_adt(event, *segments, **given), Arrival(NOW, "mllp"), senders)[0]


def statement(*segments, event="A03", **given):
    incoming = read(*segments, event=event, **given)
    assert incoming.answer.code == "AA", incoming.answer
    return incoming.statement


def words(*segments, **given):
    return statement(*segments, **given).person.words


def test_the_frail_lady_of_the_demo_is_read_in_full():
    incoming, _ = read_hl7(a_sample("frail-78-a03.hl7"), Arrival(NOW, "mllp"), frozenset())
    said = incoming.statement

    assert incoming.answer.code == "AA"
    assert incoming.flags == ()
    assert said.person.nhs_number == "9995000105"
    assert said.person.birth_date == "1948-03-02"
    assert said.person.words["practice"] == "Z90001"
    assert said.person.words["pharmacy"] == "FZZ01"
    assert said.person.words["nhs_number_verification"] == "01"
    assert said.person.words["needs"] == [
        "requirescontactbyletter",
        "requireswritteninformationinatleast20pointsansseriffont",
    ]
    assert said.stay.indicators == (("763264000", 6.0),)
    assert (said.stay.method, said.stay.destination) == ("1", "19")
    assert said.stay.discharged_at == LEFT
    assert said.test_patient


def test_an_admission_has_no_discharge_time():
    said = statement(event="A01", left="20260908112000")

    assert said.happening == "admitted"
    assert said.stay.admitted_at == datetime(2026, 9, 4, 7, 45, tzinfo=UTC)
    assert said.stay.discharged_at is None


@pytest.mark.parametrize("field", ["type", "control_id", "processing", "version"])
def test_a_header_that_lacks_what_it_needs_is_sent_back_to_be_mended(field):
    answer = read(**{field: ""}).answer

    assert (answer.code, answer.error) == ("AE", 101)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"type": "ORU^R01"}, ("AR", 200, "MSH-9")),
        ({"type": "ADT^A17"}, ("AR", 201, "MSH-9")),
        ({"type": "ADT"}, ("AR", 201, "MSH-9")),
        ({"processing": "X"}, ("AR", 202, "MSH-11")),
        ({"version": "2.6"}, ("AR", 203, "MSH-12")),
        ({"version": "2.1"}, ("AR", 203, "MSH-12")),
        ({"control_id": "x" * 200}, ("AE", 104, "MSH-10")),
    ],
)
def test_what_is_not_for_us_is_rejected_with_the_reason(given, answer):
    found = read(**given).answer

    assert (found.code, found.error, found.place) == answer


@pytest.mark.parametrize("version", ["2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1"])
def test_every_version_in_use_is_taken(version):
    assert read(version=version).answer.code == "AA"


def test_only_listed_senders_may_speak_where_there_is_a_list():
    assert read(senders=frozenset({"ZTB"})).answer.code == "AR"
    assert read(senders=frozenset({"ZTA"})).answer.code == "AA"


def test_a_message_without_a_patient_is_sent_back():
    message = an_adt().replace(b"\rPID|", b"\rNTE|")

    incoming, _ = read_hl7(message, Arrival(NOW, "mllp"), frozenset())

    assert (incoming.answer.code, incoming.answer.place) == ("AE", "PID")


@pytest.mark.parametrize("processing", ["T", "D"])
def test_a_message_marked_as_a_test_never_touches_a_real_person(processing):
    said = statement(processing=processing, numbers="5000000005^^^NHS^NH")

    assert said.test_patient
    assert said.realm == "test"


def test_a_number_of_the_test_range_makes_a_test_patient():
    assert statement().test_patient
    assert not statement(numbers="5000000005^^^NHS^NH").test_patient


@pytest.mark.parametrize(
    ("given", "flag"),
    [
        ({"numbers": "9990000000^^^NHS^NH"}, "nhs-number-invalid:PID-3"),
        ({"numbers": "L55^^^ZTA^MR"}, "nhs-number-missing:PID-3"),
        ({"practice": ""}, "practice-missing:PD1-3"),
        ({"practice": "V81999"}, "practice-missing:PD1-3"),
        ({"practice": "Dr Who"}, "unusable:PD1-3"),
        ({"method": "9"}, "unknown-code:PV1-36"),
        ({"destination": "999"}, "unknown-code:PV1-37"),
        ({"class": "Q"}, "unknown-code:PV1-2"),
        ({"sex": "9"}, "unknown-code:PID-8"),
        ({"verified": "77"}, "unknown-code:PID-32"),
        ({"visit": ""}, "visit-number-missing:PV1-19"),
        ({"born": "1948"}, "date-partial:PID-7"),
        ({"phones": "Not Recorded"}, "unusable:PID-13"),
        ({"left": "20260908"}, "time-date-only:PV1-45"),
        ({"type": "ADT^A01"}, "event-mismatch:EVN-1"),
        ({"death_time": '""'}, "death-taken-back:PID-29"),
        ({"dead": '""'}, "death-taken-back:PID-30"),
    ],
)
def test_what_cannot_be_used_is_flagged_and_never_refuses_a_discharge(given, flag):
    incoming = read(**given)

    assert incoming.answer.code == "AA"
    assert flag in incoming.flags


def test_a_local_segment_that_nobody_knows_is_flagged_and_does_no_harm():
    assert "local-segment:ZUK" in read("ZUK|1|anything").flags


@pytest.mark.parametrize("missing", [b"EVN", b"PV1", b"PD1"])
def test_a_missing_segment_loses_no_discharge(missing):
    message = an_adt().replace(b"\r" + missing + b"|", b"\rNTE|")

    incoming, _ = read_hl7(message, Arrival(NOW, "mllp"), frozenset())

    assert incoming.answer.code == "AA"
    assert incoming.statement.stay.discharged_at == LEFT


def test_an_unknown_code_is_kept_as_sent():
    stay = statement(method="9", destination="999").stay

    assert (stay.method, stay.destination) == ("9", "999")


def test_a_class_that_nobody_knows_counts_as_a_stay():
    assert statement(**{"class": "Q"}).stay.encounter_class == "IMP"


@pytest.mark.parametrize(
    ("sent", "meant"), [("I", "IMP"), ("E", "EMER"), ("O", "AMB"), ("R", "AMB"), ("B", "IMP")]
)
def test_the_class_of_a_stay(sent, meant):
    assert statement(**{"class": sent}).stay.encounter_class == meant


@pytest.mark.parametrize(
    "given", [{"method": "4"}, {"method": "5"}, {"destination": "79"}, {"dead": "Y"}]
)
def test_every_way_to_say_that_somebody_died_is_heard(given):
    said = statement(**given)

    assert said.deceased
    assert said.person.words["deceased"] is True


def test_a_time_of_death_is_kept():
    known = words(death_time="20260908093000", dead="Y")

    assert known["deceased_at"] == "2026-09-08T08:30:00+00:00"


def test_a_discharge_without_a_time_happened_when_the_event_did():
    said = statement(left="", happened="20260908100000")

    assert said.stay.discharged_at == datetime(2026, 9, 8, 9, 0, tzinfo=UTC)
    assert "time-taken-from-event:PV1-45" in said.flags


def test_a_discharge_with_no_time_at_all_happened_when_it_reached_us():
    said = statement(left="", happened="", sent="")

    assert said.stay.discharged_at == NOW
    assert "time-of-receipt" in said.flags


def test_without_an_nhs_number_the_local_numbers_are_there():
    person = statement(numbers="L55^^^ZTA^MR~X9^^^^PI").person

    assert person.nhs_number is None
    assert person.local_numbers == (("ZTA", "L55"), ("ZTA", "X9"))


def test_a_number_written_with_gaps_is_the_same_number():
    assert statement(numbers="999 500-0245^^^NHS^NH").person.nhs_number == "9995000245"


@pytest.mark.parametrize(
    ("sent", "known"), [("NSTS01", "01"), ("05", "05"), ("77", "03"), ('""', "03")]
)
def test_verification_is_as_sent_or_not_traced(sent, known):
    assert words(verified=sent)["nhs_number_verification"] == known


def test_a_message_that_is_silent_on_verification_does_not_take_it_back():
    assert "nhs_number_verification" not in words(verified="")


def test_the_legal_name_and_the_home_address_are_chosen_among_several():
    known = words(
        name="SMITH^JO^^^^^N~SHAW&VON&X^PETER^^^MR^^L",
        address="WARD 7^^FELLSIDE^^ZZ99 1AA^GBR^C~4 HILL ROAD^FLAT 2^FELLSIDE^^zz99 3vz^GBR^H",
    )

    assert known["name"] == {"family": "SHAW", "given": "PETER", "prefix": "MR"}
    assert known["address"] == {
        "lines": ["4 HILL ROAD", "FLAT 2", "FELLSIDE"],
        "postcode": "ZZ99 3VZ",
    }


def test_every_kind_of_contact_is_told_apart():
    known = words(
        phones="01632 960277^PRN^PH~07700 900123^PRS^CP~^NET^Internet^peter@example.net"
        "~01632 960278^PRN^FX~mailto^NET"
    )

    assert known["contact_points"] == [
        {"kind": "phone", "value": "01632 960277"},
        {"kind": "mobile", "value": "07700 900123"},
        {"kind": "email", "value": "peter@example.net"},
    ]


def test_an_empty_field_says_nothing_and_a_deleted_one_says_so():
    assert "contact_points" not in words(phones="")
    assert words(phones='""')["contact_points"] is None
    assert words(address='""')["address"] is None
    assert words(practice='""')["practice"] is None


def test_a_protected_patient_is_restricted():
    segments = "PD1|||ELM^^Z90001|||||||||Y"
    message = an_adt().replace(b"PD1|||ELM TREE SURGERY^^Z90001", segments.encode())

    incoming, _ = read_hl7(message, Arrival(NOW, "mllp"), frozenset())

    assert incoming.statement.person.words["restricted"] is True


def test_next_of_kin_are_no_contact_of_the_patient():
    known = words("NK1|1|SHAW^ANN|WIFE||01632 960999^PRN^PH")

    assert [point["value"] for point in known["contact_points"]] == ["01632 960277"]


def test_diagnoses_name_their_code_system():
    stay = statement(
        "DG1|1||708038006^Asthma attack^SCT|||F", "DG1|2||J46^Asthma^I10", "DG1|3||X1^^LOCAL"
    ).stay

    assert stay.diagnoses == (
        ("http://snomed.info/sct", "708038006"),
        ("http://hl7.org/fhir/sid/icd-10", "J46"),
        ("LOCAL", "X1"),
    )


def test_only_observations_that_a_pathway_asks_for_go_on():
    said = statement(
        "OBX|1|NM|718-7^Haemoglobin^LN||131",
        "OBX|2|NM|763264000^Clinical Frailty Scale^SCT||7",
        "OBX|3|NM|763264000^Clinical Frailty Scale^SCT||very",
    )

    assert said.stay.indicators == (("763264000", 7.0),)
    assert "unreadable:OBX-5" in said.flags


def test_a_score_that_is_no_number_does_not_travel():
    said = statement("OBX|1|NM|763264000||nan", "OBX|2|NM|763264000||inf")

    assert said.stay.indicators == ()


@given(st.text(max_size=60))
def test_whatever_stands_in_a_field_a_discharge_is_read(text):
    text = text.replace("|", "").replace("\r", "").replace("\n", "")
    text = text.encode("utf-8", "ignore").decode()
    fields = ("name", "address", "phones", "born", "sex", "visit", "left", "practice", "method")

    incoming = read(**dict.fromkeys(fields, text), charset="")

    assert incoming.answer.code == "AA"
    assert "\x00" not in str(incoming.statement)
