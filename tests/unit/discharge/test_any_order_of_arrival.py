"""Promise 5: state is a fold over facts ordered by when they happened, not by when they came."""

import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.discharge.domain.statement import Statement
from tests.support.stays import EDNA, Hospital, formerly, said

EXAMPLES = int(os.environ.get("HYPOTHESIS_EXAMPLES", "1000"))
"""More of them: `HYPOTHESIS_EXAMPLES=10000 make unit`."""

HAPPENINGS = (
    "admitted", "registered", "planned", "moved", "move-cancelled", "on-leave", "back-from-leave",
    "discharge-planned", "discharge-plan-cancelled", "discharged", "discharged", "discharged", "updated",
    "in-progress", "discharge-cancelled", "discharge-cancelled", "admission-cancelled", "voided",
)  # fmt: skip


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    """Anything a hospital may say of one stay, from one of three systems, sent when it happened or later."""
    happening = draw(st.sampled_from(HAPPENINGS))
    hours = draw(st.integers(0, 6))
    given: dict[str, Any] = {
        "source": draw(st.sampled_from(["ZTA/PAS", "ZTA/WARD", "fhir:ZTA"])),
        "sent": hours + draw(st.integers(0, 3)),
        "ward": draw(st.sampled_from(["", "W1", "W2"])),
        "words": draw(st.sampled_from([{}, {"practice": "Z90001"}, {"practice": "Z90002"}])),
    }
    if happening in {"discharged", "updated"}:
        given["method"] = draw(st.sampled_from(["1", "2", "4"]))
        given["destination"] = draw(st.sampled_from(["", "19", "54"]))
        given["diagnoses"] = draw(st.sampled_from([(), (("SCT", "708038006"),)]))
    if happening == "updated" and draw(st.booleans()):
        given["discharged_at"] = said("discharged", draw(st.integers(0, 6))).happened_at
    return said(happening, hours, **given)


orders = st.lists(statements(), min_size=1, max_size=7).flatmap(
    lambda told: st.tuples(
        st.permutations(told),
        st.permutations(told).flatmap(
            lambda order: st.lists(st.sampled_from(order), max_size=3).map(
                lambda again: [*order, *again]
            )
        ),
    )
)


def outcome(hospital: Hospital) -> list[tuple[object, ...]]:
    """What stands in the end, less the names that chance gave."""
    return sorted(
        (told.patient_key, told.admitted, repr(told.discharge), told.questions)
        for told in hospital.told().values()
        if told.admitted or told.discharge or told.questions
    )


@settings(max_examples=EXAMPLES)
@given(orders)
def test_the_same_messages_in_any_order_and_any_number_end_in_the_same_state(orders):
    first, second = (Hospital().hear(*order) for order in orders)

    assert outcome(first) == outcome(second)
    assert sum(1 for told in first.told().values() if told.discharge) <= 1


PEOPLE = (
    said("discharged", 1, local=(("ZTA", "L55"),), visit_number="SP-5"),
    said("discharged", 2, local=(("ZTA", "L91"),), nhs=None, visit_number="SP-9", born="1956-01-01",
         words={"restricted": True}),
    said("described", 3, words={"restricted": False, "nhs_number_verification": "01"}),
    said("described", 9, words={"nhs_number_verification": "01"}),
    said("merged", 5, formerly=formerly("L91")),
    said("parted", 7, formerly=formerly("L91")),
    said("described", 4, local=(("ZTA", "L91"),), nhs=None, words={"needs": ["large-print"]}),
)  # fmt: skip


@settings(max_examples=EXAMPLES // 2)
@given(
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=7, unique_by=id).flatmap(
        lambda told: st.tuples(st.permutations(told), st.permutations(told))
    )
)
def test_merging_and_parting_records_ends_the_same_in_any_order(orders):
    first, second = (Hospital().hear(*order) for order in orders)

    assert outcome(first) == outcome(second)
    assert known(first) == known(second)


def known(hospital: Hospital) -> dict[str, Any]:
    """What is known of everybody, less when it was said."""
    return {
        key: event.model_dump(exclude={"described_at", "identifiers"})
        for key, event in hospital.described().items()
    }


def test_a_late_message_for_a_retired_number_reaches_the_survivor():
    hospital = Hospital().hear(PEOPLE[0], PEOPLE[4], PEOPLE[1])

    assert {told.patient_key for told in hospital.told().values()} == {f"nhs:{EDNA}"}
    assert hospital.described()[f"nhs:{EDNA}"].restricted
    assert hospital.described()[f"nhs:{EDNA}"].identity_held
