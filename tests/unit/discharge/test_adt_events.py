from datetime import UTC, datetime

import pytest

from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.events import EVENTS
from services.discharge.inbound.hl7.message import read_hl7
from tests.support.hospital import an_adt

NOW = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
HAPPENED = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
ADMITTED = datetime(2026, 9, 4, 7, 45, tzinfo=UTC)
SENT = datetime(2026, 9, 8, 10, 20, 40, tzinfo=UTC)
MERGE = "MRG|L91^^^ZTA^MR"
UNLINKED = "PID|2||L91^^^ZTA^MR||SHAW^PETER"
OTHERS = {
    "A37": (UNLINKED,),
    "A40": (MERGE,),
    "A45": ("MRG|L91^^^ZTA^MR||||SP-1",),
    "A47": (MERGE,),
    "A50": ("MRG|||||SP-1",),
}


def read(event, *segments, drop="", **given):
    message = an_adt(event, *(segments or OTHERS.get(event, ())), **given)
    if drop:
        message = message.replace(f"\r{drop}|".encode(), b"\rNTE|")
    return read_hl7(message, Arrival(NOW, "mllp"), frozenset())[0]


def statement(event, *segments, **given):
    incoming = read(event, *segments, **given)
    assert incoming.answer.code == "AA", incoming.answer
    return incoming.statement


def refusal(event, *segments, **given):
    answer = read(event, *segments, **given).answer
    return answer.code, answer.error, answer.place


@pytest.mark.parametrize(
    ("event", "happening"),
    [
        ("A01", "admitted"),
        ("A02", "moved"),
        ("A03", "discharged"),
        ("A04", "registered"),
        ("A05", "planned"),
        ("A08", "updated"),
        ("A11", "admission-cancelled"),
        ("A12", "move-cancelled"),
        ("A13", "discharge-cancelled"),
        ("A14", "planned"),
        ("A16", "discharge-planned"),
        ("A21", "on-leave"),
        ("A22", "back-from-leave"),
        ("A23", "voided"),
        ("A25", "discharge-plan-cancelled"),
        ("A28", "described"),
        ("A31", "described"),
        ("A37", "parted"),
        ("A40", "merged"),
        ("A45", "visit-moved"),
        ("A47", "merged"),
        ("A50", "renumbered"),
    ],
)
def test_every_event_says_what_happened(event, happening):
    said = statement(event)

    assert said.happening == happening
    assert said.source == "ZTA/PAS"
    assert said.person.nhs_number == "9995000245"


def test_there_is_no_event_that_is_taken_and_not_tried_here():
    assert len(EVENTS) == 22


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_the_time_of_the_event_comes_before_every_other(event):
    assert statement(event, admitted="20260903", left="20260907").happened_at == HAPPENED


@pytest.mark.parametrize("event", sorted(EVENTS.keys() - {"A01", "A03", "A04"}))
def test_a_visit_time_never_orders_a_cancellation_a_move_or_an_update(event):
    said = statement(event, happened="", admitted="20260904084500", left="20260907100000")

    assert said.happened_at == SENT


@pytest.mark.parametrize(("event", "at"), [("A01", ADMITTED), ("A04", ADMITTED), ("A03", HAPPENED)])
def test_an_event_without_a_time_of_its_own_happened_when_the_visit_says(event, at):
    assert statement(event, happened="").happened_at == at


@pytest.mark.parametrize("event", ["A05", "A14"])
def test_a_plan_is_ordered_by_when_it_was_made_and_begins_nothing(event):
    said = statement(event, happened="", admitted="20260920090000")

    assert said.happened_at == SENT
    assert said.stay.admitted_at is None
    assert "time-in-future:PV1-44" not in said.flags


@pytest.mark.parametrize("event", ["A28", "A31", "A37", "A40", "A47"])
def test_what_is_about_persons_is_about_no_stay(event):
    said = statement(event)

    assert said.stay is None
    assert "visit-number-missing:PV1-19" not in said.flags


@pytest.mark.parametrize("event", ["A28", "A31", "A40"])
def test_a_message_about_a_person_may_come_without_a_visit(event):
    assert "segment-missing:PV1" not in read(event, drop="PV1").flags


@pytest.mark.parametrize("event", ["A02", "A11", "A12", "A13", "A16", "A21", "A22", "A23", "A25"])
@pytest.mark.parametrize("given", [{"drop": "PV1"}, {"drop": "EVN"}, {"visit": ""}])
def test_a_missing_visit_or_event_segment_is_flagged_and_loses_nothing(event, given):
    incoming = read(event, **given)

    missing = given.get("drop")
    flag = f"segment-missing:{missing}" if missing else "visit-number-missing:PV1-19"
    assert incoming.answer.code == "AA"
    assert flag in incoming.flags


@pytest.mark.parametrize("given", [{"drop": "PV1"}, {"visit": "", "admitted": "", "class": "N"}])
def test_an_update_that_names_no_stay_describes_the_person(given):
    said = statement("A08", **given)

    assert (said.happening, said.stay) == ("described", None)


def test_a_death_in_an_update_that_names_no_stay_is_heard():
    assert statement("A08", visit="", admitted="", method="4").deceased


def test_an_update_that_knows_a_stay_by_its_admission_is_about_the_stay():
    assert statement("A08", visit="").happening == "updated"


def test_an_update_corrects_the_discharge():
    stay = statement("A08", left="20260908103000", method="2", destination="54").stay

    assert stay.discharged_at == datetime(2026, 9, 8, 9, 30, tzinfo=UTC)
    assert (stay.method, stay.destination) == ("2", "54")


@pytest.mark.parametrize(
    ("given", "place"),
    [({"left": '""'}, "PV1-45"), ({"method": '""'}, "PV1-36"), ({"destination": '""'}, "PV1-37")],
)
def test_a_deleted_discharge_field_is_flagged_and_says_nothing(given, place):
    said = statement("A08", **given)

    assert f"deleted:{place}" in said.flags
    assert (said.stay.discharged_at, said.stay.method, said.stay.destination) == (None, "", "")


def test_an_update_that_is_silent_on_the_discharge_says_nothing_of_it():
    stay = statement("A08").stay

    assert (stay.discharged_at, stay.method, stay.destination) == (None, "", "")


@pytest.mark.parametrize("event", ["A11", "A12", "A13", "A23"])
def test_a_cancellation_that_repeats_a_death_kills_nobody(event):
    said = statement(event, method="4", destination="79", left="20260908112000")

    assert not said.deceased
    assert "deceased" not in said.person.words
    assert (said.stay.discharged_at, said.stay.method) == (None, "")


def test_the_ward_is_the_first_part_of_the_place_without_bed_or_hospital():
    assert statement("A02").stay.ward == "W7"


def test_an_expected_discharge_is_kept():
    stay = statement("A16", "PV2|||||||||20260910140000").stay

    assert stay.expected_discharge_at == datetime(2026, 9, 10, 13, 0, tzinfo=UTC)


@pytest.mark.parametrize(("field", "place"), [("left", "PV1-45"), ("admitted", "PV1-44")])
def test_a_slip_of_the_keyboard_corrects_nothing(field, place):
    said = statement("A08", **{field: "22060908112000"})

    assert (said.stay.discharged_at, said.stay.admitted_at)[field == "admitted"] is None
    assert f"time-in-future:{place}" in said.flags


def test_an_expected_day_is_no_time():
    said = statement("A16", "PV2|||||||||20260910")

    assert said.stay.expected_discharge_at is None
    assert "time-date-only:PV2-9" in said.flags


@pytest.mark.parametrize(("sent", "meant"), [("P", ""), ("N", ""), ("", ""), ("E", "EMER")])
def test_a_class_that_leaves_it_open_changes_nothing(sent, meant):
    assert statement("A08", **{"class": sent}).stay.encounter_class == meant


def test_a_discharge_without_a_class_counts_as_of_a_stay():
    said = statement("A03", **{"class": ""})

    assert said.stay.encounter_class == "IMP"
    assert "class-missing:PV1-2" in said.flags


def test_a_merge_names_the_record_that_is_retired():
    said = statement("A40", "MRG|L91^^^ZTA^MR~999 500 0873^^^NHS^NH")

    assert said.person.local_numbers == (("ZTA", "L55"),)
    assert said.formerly.local_numbers == (("ZTA", "L91"),)
    assert said.formerly.nhs_number == "9995000873"


def test_a_merge_of_many_records_into_one_loses_none():
    pid = an_adt("A40").split(b"\r")[2].decode()

    said = statement("A40", MERGE, pid, "PD1", "MRG|L92^^^ZTA^MR", pid, "MRG|L93")

    assert said.formerly.local_numbers == (("ZTA", "L91"), ("ZTA", "L92"), ("ZTA", "L93"))


def test_a_merge_with_two_survivors_is_sent_back_rather_than_half_done():
    found = refusal("A40", MERGE, "PID|2||L77^^^ZTA^MR", "MRG|L92^^^ZTA^MR")

    assert found == ("AE", 102, "MRG-1")


def test_two_retired_nhs_numbers_are_sent_back():
    found = refusal("A40", "MRG|9995000873^^^NHS^NH", "MRG|9995000172^^^NHS^NH")

    assert found == ("AE", 102, "MRG-1")


@pytest.mark.parametrize("event", ["A40", "A47"])
@pytest.mark.parametrize(
    ("segment", "answer"),
    [
        ("NTE|1", ("AE", 100, "MRG")),
        ("MRG|", ("AE", 101, "MRG-1")),
        ('MRG|""', ("AE", 101, "MRG-1")),
    ],
)
def test_a_merge_that_does_not_say_what_is_merged_is_sent_back(event, segment, answer):
    assert refusal(event, segment) == answer


def test_a_record_that_is_merged_into_itself_is_flagged():
    said = statement("A40", "MRG|L55^^^ZTA^MR")

    assert said.formerly.local_numbers == ()
    assert "same-record:MRG-1" in said.flags


def test_an_unlink_sets_the_second_person_free():
    said = statement("A37", UNLINKED)

    assert said.person.nhs_number == "9995000245"
    assert said.formerly.local_numbers == (("ZTA", "L91"),)


def test_an_unlink_of_one_person_is_sent_back():
    assert refusal("A37", "NTE|1") == ("AE", 100, "PID")


def test_a_visit_moves_from_one_person_to_another():
    said = statement("A45", "MRG|L91^^^ZTA^MR||||SP-1")

    assert said.stay.visit_number == "SP-77120"
    assert said.formerly.visit_number == "SP-1"
    assert said.formerly.local_numbers == (("ZTA", "L91"),)


def test_a_visit_that_keeps_its_number_moves_too():
    assert statement("A45", MERGE).formerly.visit_number == ""


def test_a_visit_that_moves_under_the_number_it_had_keeps_it():
    said = statement("A45", "MRG|L91^^^ZTA^MR||||SP-1", visit="")

    assert (said.stay.visit_number, said.formerly.visit_number) == ("SP-1", "SP-1")


def test_a_visit_has_another_number():
    said = statement("A50")

    assert (said.stay.visit_number, said.formerly.visit_number) == ("SP-77120", "SP-1")


@pytest.mark.parametrize(
    ("event", "segment", "given", "answer"),
    [
        ("A50", "NTE|1", {}, ("AE", 100, "MRG")),
        ("A50", "MRG|L55", {}, ("AE", 101, "MRG-5")),
        ("A50", "MRG|||||SP-1", {"visit": ""}, ("AE", 101, "PV1-19")),
        ("A45", "NTE|1", {}, ("AE", 100, "MRG")),
        ("A45", "MRG|||||SP-1", {}, ("AE", 101, "MRG-1")),
        ("A45", "MRG|L91^^^ZTA^MR", {"visit": ""}, ("AE", 101, "MRG-5")),
    ],
)
def test_a_renumbering_without_both_numbers_is_sent_back(event, segment, given, answer):
    assert refusal(event, segment, **given) == answer


def test_two_visits_in_one_message_are_sent_back():
    found = refusal("A45", "MRG|L91^^^ZTA^MR||||SP-1", "MRG|L91^^^ZTA^MR||||SP-2")

    assert found == ("AE", 102, "MRG-5")


def test_two_patients_in_one_message_are_sent_back_rather_than_one_lost():
    assert refusal("A03", "PID|2||L77^^^ZTA^MR||OTHER^ANN") == ("AE", 102, "PID")


def test_the_same_patient_twice_in_one_message_does_no_harm():
    said = statement("A03", "PID|2||L55^^^ZTA^MR")

    assert "segment-repeated:PID" in said.flags


def test_two_messages_in_one_frame_are_sent_back_rather_than_one_lost():
    message = an_adt("A03") + an_adt("A01", control_id="M1002")

    incoming, header = read_hl7(message, Arrival(NOW, "mllp"), frozenset())

    assert (incoming.answer.code, incoming.answer.place) == ("AE", "MSH")
    assert header.control_id == "M1001"


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_the_structure_in_msh_9_makes_no_difference(event):
    plain = statement(event, type=f"ADT^{event}")

    assert statement(event, type=f"ADT^{event}^ADT_A99") == plain


@pytest.mark.parametrize("event", sorted(EVENTS))
def test_a_message_without_a_patient_is_sent_back_whatever_its_event(event):
    code, _, place = refusal(event, drop="PID")

    assert (code, place) == ("AE", "PID")
