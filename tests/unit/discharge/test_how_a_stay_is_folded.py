"""What a set of happenings amounts to, looked at where one more minute or one more word would change it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.discharge.domain.spell import Heard, join
from services.discharge.domain.timeline import Standing, fold

MORNING = datetime(2026, 9, 8, 8, tzinfo=UTC)
PAS, FHIR = "hl7:ZTA/PAS", "fhir:ZTA"


def after(**passed) -> str:
    """So long after eight in the morning, as it is kept."""
    return (MORNING + timedelta(**passed)).isoformat(timespec="microseconds")


def said(kind: str, hours: float = 0, source: str = PAS, *, sent: str = "", **details):
    at = after(hours=hours)
    return (at, kind, source, details, sent or at, sent or at)


def stands(*happenings) -> Standing:
    return fold(Heard(tuple(happenings)))


def discharged(hours: float = 2, source: str = PAS, **details):
    return said("discharged", hours, source, **{"discharged_at": after(hours=hours)} | details)


def test_a_discharge_after_a_cancelled_one_is_the_second():
    first = stands(discharged(2))
    second = stands(discharged(2), said("discharge-cancelled", 3), discharged(5))

    assert first.discharge is not None
    assert second.discharge is not None
    assert (first.discharge.number, second.discharge.number) == (1, 2)


def test_the_ward_is_where_somebody_was_last_said_to_be():
    stay = stands(said("admitted", ward="W1"), said("moved", 1, ward="W7"))

    assert stay.ward == "W7"
    assert stands(said("admitted", ward="W1"), said("updated", 1, ward="W9")).ward == "W1"


def test_a_move_that_did_not_happen_leaves_them_where_they_were():
    moved = (said("admitted", ward="W1"), said("moved", 1, ward="W7"))

    assert stands(*moved, said("move-cancelled", 2)).ward == "W1"
    assert stands(moved[0], said("move-cancelled", 2)).ward == "W1", "they came from nowhere else"
    assert stands(said("move-cancelled", 2)).ward == ""


def test_leave_begins_from_a_bed_and_ends_in_one():
    gone = stands(said("admitted"), said("on-leave", 1))
    back = stands(said("admitted"), said("on-leave", 1), said("back-from-leave", 9))

    assert (gone.state, back.state) == ("on-leave", "open")
    assert stands(discharged(2), said("on-leave", 3)).state == "discharged"
    assert stands(discharged(2), said("back-from-leave", 3)).state == "discharged"


def test_a_stay_begins_once_and_goes_on_from_there():
    assert stands(said("registered")).state == "open"
    assert stands(discharged(2), said("registered", 3)).state == "discharged"
    assert stands(said("voided"), said("admitted", 1)).state == "open"


@pytest.mark.parametrize(("seconds", "asked"), [(3600, ()), (3601, ("discharge-times-differ",))])
def test_two_times_an_hour_apart_are_one_and_more_is_a_question(seconds, asked):
    stay = stands(discharged(2), discharged(2 + seconds / 3600, FHIR))

    assert stay.questions == asked
    assert stay.discharge is not None
    assert ("conflict:discharged-at" in stay.discharge.content["flags"]) == bool(asked)


@pytest.mark.parametrize(("seconds", "asked"), [(3600, ()), (3601, ("cancelled-elsewhere",))])
def test_another_source_may_lag_an_hour_behind_before_it_is_asked_about(seconds, asked):
    late = said("in-progress", 2 + seconds / 3600, FHIR)

    assert stands(discharged(2), late).questions == asked


def test_who_lagged_and_then_ended_it_too_is_not_asked_about():
    lagging = (discharged(2), said("in-progress", 4, FHIR))

    assert stands(*lagging).questions == ("cancelled-elsewhere",)
    assert stands(*lagging, discharged(2.5, FHIR, sent=after(hours=5))).questions == ()


def test_a_cancellation_by_somebody_who_never_said_it_is_a_question():
    own = stands(discharged(2), said("discharge-cancelled", 3))
    anothers = stands(discharged(2), said("discharge-cancelled", 3, FHIR))

    assert (own.state, own.questions) == ("open", ())
    assert (anothers.state, anothers.questions) == ("open", ("cancelled-elsewhere",))


def test_an_update_counts_while_a_discharge_stands_and_a_ward_alone_says_nothing_of_it():
    own = {"discharged_at": after(hours=1)}
    stands_corrected = stands(discharged(2, FHIR), said("updated", 3, **own))
    before = stands(said("admitted"), said("updated", 1, **own), discharged(2, FHIR))
    ward_only = stands(
        discharged(2, FHIR), said("updated", 3, ward="W9"), said("discharge-cancelled", 4)
    )

    assert stands_corrected.discharge is not None
    assert stands_corrected.discharge.content["discharged_at"] == after(hours=1)
    assert before.discharge is not None
    assert before.discharge.content["discharged_at"] == after(hours=2)
    assert ward_only.questions == ("cancelled-elsewhere",), "who only named a ward ended nothing"


def test_a_plan_is_the_latest_and_may_be_given_up():
    planned = said("discharge-planned", 1, expected_discharge_at=after(hours=30))

    assert stands(said("admitted"), planned).expected_discharge_at == after(hours=30)
    unclear = stands(said("admitted"), planned, said("discharge-planned", 2))
    assert unclear.expected_discharge_at == after(hours=30)
    given_up = stands(said("admitted"), planned, said("discharge-plan-cancelled", 2))
    assert given_up.expected_discharge_at is None


def test_sources_that_give_different_ways_to_leave_are_flagged_and_the_latest_word_counts():
    same = stands(discharged(2, method="1"), discharged(2, FHIR, method="1"))
    other = stands(discharged(2, method="1"), discharged(2.5, FHIR, method="2"))

    assert same.discharge is not None
    assert (same.discharge.content["method"], same.discharge.content["flags"]) == ("1", [])
    assert other.discharge is not None
    assert other.discharge.content["method"] == "2"
    assert other.discharge.content["flags"] == ["conflict:discharge-method"]


def test_of_each_score_the_latest_word_counts():
    frail, less = [["frailty", 6.0], ["pain", 2.0]], [["frailty", 4.0]]
    details = {
        PAS: {"indicators": (frail, after(), after())},
        FHIR: {"indicators": (less, after(hours=1), after(hours=1))},
    }
    for order in (details, dict(reversed(details.items()))):
        stay = fold(Heard((discharged(2),), order))

        assert stay.discharge is not None
        assert stay.discharge.content["indicators"] == [("frailty", 4.0), ("pain", 2.0)]


def test_an_update_that_says_the_same_again_is_one_and_any_other_happening_is_two():
    def together(kind: str):
        first, again = said(kind, 1, ward="W7"), said(kind, 3, ward="W7")
        return join(Heard((first,)), Heard((again,))).happenings

    [update] = together("updated")
    assert (update[0], update[4], update[5]) == (after(hours=3), after(hours=1), after(hours=3))
    assert [entry[0] for entry in together("moved")] == [after(hours=1), after(hours=3)]


def test_of_a_sender_in_a_loop_the_beginning_and_the_end_are_kept():
    loop = tuple(said("moved", hours, ward="W7") for hours in range(501))

    assert len(join(Heard(loop[:500]), Heard()).happenings) == 500
    kept = join(Heard(loop), Heard()).happenings
    assert len(kept) == 500
    assert (kept[0], kept[249], kept[250], kept[-1]) == (loop[0], loop[249], loop[251], loop[500])
