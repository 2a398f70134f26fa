from datetime import timedelta

import pytest

from tests.support.stays import EDNA, Hospital, at, formerly, said

NHS = f"nhs:{EDNA}"


def only(hospital):
    (told,) = hospital.told().values()
    return told


def test_admission_then_discharge_is_two_news_of_one_stay():
    hospital = Hospital().hear(said("admitted"), said("moved", 1, ward="W7"), said("discharged", 2))

    assert hospital.types == ["spell.admitted", "spell.discharged"]
    assert only(hospital).discharge["ward"] == "W7"


def test_what_was_said_once_is_not_said_again():
    again = (said("admitted"), said("discharged", 2))

    hospital = Hospital().hear(*again, *again)

    assert hospital.types == ["spell.admitted", "spell.discharged"]


def test_an_admission_that_comes_late_corrects_the_discharge_with_its_time():
    hospital = Hospital().hear(said("discharged", 2), said("admitted", admitted_at=at(0)))

    assert hospital.types == ["spell.discharged", "spell.admitted", "spell.corrected"]
    assert only(hospital).discharge["admitted_at"] == at(0)


def test_a_cancelled_discharge_is_taken_back_and_the_next_one_is_another():
    hospital = Hospital().hear(
        said("discharged", 2), said("discharge-cancelled", 4), said("discharged", 48)
    )

    assert hospital.types == ["spell.discharged", "spell.discharge_cancelled", "spell.discharged"]
    assert only(hospital).discharge["discharged_at"] == at(48)


def test_a_cancellation_that_comes_before_its_discharge_leaves_the_patient_in_bed():
    hospital = Hospital().hear(said("discharge-cancelled", 2.7), said("discharged", 2))

    assert hospital.types == []


def test_a_discharge_sent_after_its_cancellation_but_dated_before_it_is_a_persons_question():
    hospital = Hospital().hear(
        said("discharged", 2),
        said("discharge-cancelled", 3),
        said("discharged", 2, sent=4, method="2"),
    )

    assert only(hospital).discharge is None
    assert only(hospital).questions == ("discharged-again-or-late",)
    hospital.hear(said("discharged", 5))
    assert only(hospital).questions == ()


def test_the_earlier_of_two_discharge_times_stands_and_hours_apart_are_a_question():
    hospital = Hospital().hear(said("discharged", 2), said("discharged", 5, source="fhir:ZTA"))

    assert only(hospital).discharge["discharged_at"] == at(2)
    assert only(hospital).questions == ("discharge-times-differ",)


def test_seconds_apart_are_nobodys_question():
    later = 2 + timedelta(seconds=7) / timedelta(hours=1)

    hospital = Hospital().hear(said("discharged", 2), said("discharged", later, source="fhir:ZTA"))

    assert hospital.types == ["spell.discharged"]


def test_an_update_corrects_the_time_of_its_own_sources_discharge():
    hospital = Hospital().hear(
        said("discharged", 2), said("updated", 3, discharged_at=at(1), diagnoses=(("SCT", "1"),))
    )

    assert hospital.types == ["spell.discharged", "spell.corrected"]
    assert only(hospital).discharge["discharged_at"] == at(1)
    assert only(hospital).discharge["diagnoses"] == ({"system": "SCT", "code": "1"},)


def test_an_update_without_a_discharge_discharges_nobody():
    assert Hospital().hear(said("admitted"), said("updated", 2, discharged_at=at(1))).types == [
        "spell.admitted"
    ]


def test_leave_is_no_discharge():
    hospital = Hospital().hear(said("admitted"), said("on-leave", 1), said("back-from-leave", 9))

    assert hospital.types == ["spell.admitted"]


@pytest.mark.parametrize(
    ("happening", "reason"),
    [("admission-cancelled", "admission-cancelled"), ("voided", "entered-in-error")],
)
def test_a_stay_that_does_not_count_takes_everything_back(happening, reason):
    hospital = Hospital().hear(said("admitted"), said("discharged", 2), said(happening, 3))

    assert hospital.types[2:] == ["spell.discharge_cancelled", "spell.admission_cancelled"]
    assert hospital.events[-1].reason == reason


def test_a_snapshot_of_a_stay_that_goes_on_takes_back_its_own_sources_discharge():
    hospital = Hospital().hear(
        said("discharged", 2, source="fhir:ZTA"), said("admitted", 0, sent=4, source="fhir:ZTA")
    )

    assert only(hospital).discharge is None


@pytest.mark.parametrize(
    "happening", ["admitted", "registered", "moved", "on-leave", "in-progress"]
)
def test_whatever_a_snapshot_calls_it_the_stay_goes_on(happening):
    hospital = Hospital().hear(
        said("discharged", 2, source="fhir:ZTA"), said(happening, 3, source="fhir:ZTA")
    )

    assert only(hospital).discharge is None


def test_a_snapshot_never_takes_back_what_another_source_said():
    hospital = Hospital().hear(
        said("discharged", 2), said("admitted", 0, sent=4, source="fhir:ZTA")
    )

    assert only(hospital).discharge is not None
    assert only(hospital).questions == ("cancelled-elsewhere",)


def test_of_one_sources_snapshots_the_latest_holds():
    finished = said("discharged", 2, source="fhir:ZTA")
    goes_on = said("in-progress", 3, source="fhir:ZTA")
    finished_again = said("discharged", 2, sent=4, source="fhir:ZTA")

    hospital = Hospital().hear(finished, goes_on, finished_again)

    assert only(hospital).discharge["discharged_at"] == at(2)


def test_a_stay_is_found_under_the_number_it_had_and_the_number_it_has():
    hospital = Hospital().hear(
        said("admitted"),
        said("renumbered", 1, visit_number="SP-2", formerly=formerly(visit_number="SP-1")),
        said("discharged", 2, visit_number="SP-1"),
        said("discharge-cancelled", 3, visit_number="SP-2"),
    )

    assert hospital.types == ["spell.admitted", "spell.discharged", "spell.discharge_cancelled"]


def test_two_stays_that_turn_out_to_be_one_are_told_as_one():
    hospital = Hospital().hear(
        said("discharged", 2, visit_number="SP-1"),
        said("discharged", 2, visit_number="SP-2"),
        said("renumbered", 3, visit_number="SP-2", formerly=formerly(visit_number="SP-1")),
    )

    assert sum(1 for told in hospital.told().values() if told.discharge) == 1


def test_a_visit_on_the_wrong_record_moves_with_everything_that_was_said_of_it():
    hospital = Hospital().hear(
        said("discharged", 2, nhs=None, local=(("ZTA", "L91"),), born="1956-01-01"),
        said("visit-moved", 3, formerly=formerly("L91")),
        said("updated", 4, nhs=None, local=(("ZTA", "L91"),), born="1956-01-01", method="2"),
    )

    told = only(hospital)
    assert told.patient_key == NHS
    assert told.discharge["discharge_method"] == "2"
    assert hospital.events[-2].reason == "moved"


def test_a_change_of_practice_alone_corrects_the_discharge_that_stands():
    hospital = Hospital().hear(
        said("discharged", 2, words={"practice": "Z90001"}),
        said("described", 3, words={"practice": "Z90002"}),
    )

    assert only(hospital).discharge["practice"] == "Z90002"


def test_a_number_that_becomes_known_brings_the_person_their_stays_and_words():
    hospital = Hospital().hear(
        said("discharged", 2, nhs=None, words={"needs": ["large-print"]}),
        said("described", 3, words={"practice": "Z90001"}),
    )

    described = hospital.described()
    assert only(hospital).patient_key == NHS
    assert described["ZTA:L55"].replaced_by == NHS
    assert described[NHS].needs == ("large-print",)
    assert not described[NHS].identity_held


def test_a_merge_holds_until_a_later_message_verifies():
    merged = (said("described", 1, words={"nhs_number_verification": "01"}),
              said("merged", 5, formerly=formerly()))  # fmt: skip
    hospital = Hospital().hear(*merged)
    assert hospital.described()[NHS].identity_held

    hospital.hear(said("described", 6, words={"nhs_number_verification": "01"}))
    assert not hospital.described()[NHS].identity_held


def test_parting_gives_each_record_back_its_own():
    other = {"nhs": None, "local": (("ZTA", "L91"),), "born": "1956-01-01"}
    hospital = Hospital().hear(
        said("discharged", 2),
        said("discharged", 3, visit_number="SP-9", words={"restricted": True}, **other),
        said("merged", 5, formerly=formerly()),
    )
    assert {told.patient_key for told in hospital.told().values()} == {NHS}
    assert hospital.described()[NHS].restricted

    hospital.hear(said("parted", 6, formerly=formerly()))

    assert {told.patient_key for told in hospital.told().values()} == {NHS, "ZTA:L91"}
    assert not hospital.described()[NHS].restricted
    assert hospital.described()["ZTA:L91"].restricted
    assert hospital.described()["ZTA:L91"].replaced_by is None
    assert hospital.described()["ZTA:L91"].identity_held


def test_two_nhs_numbers_are_never_one_person_on_a_hospitals_word():
    hospital = Hospital().hear(
        said("discharged", 2),
        said("discharged", 3, nhs="9995000113", local=(("ZTA", "L91"),), visit_number="SP-9"),
        said("merged", 5, formerly=formerly()),
    )

    assert len({told.patient_key for told in hospital.told().values()}) == 2
    assert "conflict:merge-of-two-nhs-numbers" in hospital.effects[-1].flags
    assert hospital.described()[NHS].identity_held


def test_the_national_record_may_say_that_one_number_replaces_another():
    hospital = Hospital().hear(
        said("discharged", 2, nhs="9995000113"),
        said("merged", 5, local=(), formerly=formerly("", nhs="9995000113")),
    )

    assert only(hospital).patient_key == NHS


def test_a_number_of_the_test_range_never_touches_a_live_record():
    hospital = Hospital().hear(
        said("described", 1, nhs="5000000005", local=()),
        said("described", 2, local=()),
        said("merged", 5, nhs="5000000005", local=(), formerly=formerly("", nhs=EDNA)),
    )

    assert "conflict:merge-of-test-and-live" in hospital.effects[-1].flags
    assert hospital.described()[NHS].replaced_by is None


def test_a_discharge_without_a_class_is_of_the_class_that_was_said_before():
    hospital = Hospital().hear(
        said("registered", 0, encounter_class="EMER"),
        said("discharged", 2, encounter_class="IMP", flags=("class-missing:PV1-2",)),
    )

    assert only(hospital).discharge["encounter_class"] == "EMER"
