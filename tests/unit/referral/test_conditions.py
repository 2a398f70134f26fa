"""Conditions say not only whether they hold, but what they saw where they do not."""

from uuid import UUID

import pytest

from services.referral.domain.combining import AllOf, AnyOf, Not
from services.referral.domain.conditions import (
    AgeAtLeast,
    AgeBelow,
    Alive,
    DiagnosisIn,
    IndicatorAtLeast,
    OneOf,
    PharmacyNamed,
)
from services.referral.domain.referral import Referral
from tests.unit.referral.builders import NOW, a_discharge

WARD = OneOf("encounter.class", frozenset({"IMP"}))
MENTAL = OneOf("specialty", frozenset({"710"}), "mental-health")
FRAIL = IndicatorAtLeast("763264000", 5)
GOUT = DiagnosisIn("gout", frozenset({"M10"}))
A_REFERRAL = Referral(
    referral_id=UUID(int=1),
    patient_key="0" * 32,
    kind="advice",
    priority="urgent",
    referrer="Z90001",
    service="podiatry-ZTA",
    clock_started_at=NOW,
    received_at=NOW,
)


@pytest.mark.parametrize(
    ("condition", "changes", "why"),
    [
        (WARD, {"encounter_class": "AMB"}, ("encounter.class is one of IMP (seen: AMB)",)),
        (MENTAL, {}, ("specialty is mental-health (seen: it was not sent)",)),
        (Alive(), {"said_deceased": True}, ("patient is alive (seen: died in hospital)",)),
        (PharmacyNamed(), {"pharmacy": None}, ("patient named a pharmacy (seen: none was sent)",)),
        (
            FRAIL,
            {"indicators": None},
            ("observation 763264000 is 5 or more (seen: it was not sent)",),
        ),
        (
            FRAIL,
            {"indicators": {"763264000": 3.0}},
            ("observation 763264000 is 5 or more (seen: 3)",),
        ),
        (GOUT, {"diagnoses": frozenset({"J46"})}, ("a diagnosis is in gout (seen: J46)",)),
        (GOUT, {}, ("a diagnosis is in gout (seen: no diagnosis was sent)",)),
        (AgeBelow(18), {"age": 40}, ("patient is younger than 18 (seen: 40)",)),
        (
            AgeBelow(18),
            {},
            (
                "patient is younger than 18 (seen: the age is not known, so it counts as an adult's)",
            ),
        ),
        (AgeAtLeast(65), {"age": 64}, ("patient is 65 or older (seen: 64)",)),
        (Not(WARD), {}, ("not (encounter.class is one of IMP) (seen: it is so)",)),
        (
            AnyOf((MENTAL, GOUT)),
            {"specialty": "300"},
            (
                (
                    "specialty is mental-health (seen: 300); nor "
                    "a diagnosis is in gout (seen: no diagnosis was sent)"
                ),
            ),
        ),
    ],
)
def test_what_was_seen_is_said(condition, changes, why):
    case = a_discharge(**changes)

    assert condition.why_not(case) == why
    assert not condition.holds(case)
    assert AllOf((condition,)).why_not(case) == why


@pytest.mark.parametrize(
    "condition",
    [
        WARD,
        Alive(),
        PharmacyNamed(),
        FRAIL,
        AgeAtLeast(18),
        Not(GOUT),
        AnyOf((GOUT, WARD)),
        AllOf(()),
    ],
)
def test_what_holds_has_no_reason_against_it(condition):
    assert condition.holds(a_discharge())
    assert condition.why_not(a_discharge()) == ()


def test_a_referral_has_no_discharge_and_the_other_way_round():
    advice = OneOf("referral.kind", frozenset({"advice"}))

    assert advice.holds(A_REFERRAL)
    assert advice.why_not(a_discharge()) == (
        "referral.kind is one of advice (seen: a case of this kind has none)",
    )
    for condition in (WARD, PharmacyNamed(), FRAIL, GOUT):
        assert not condition.holds(A_REFERRAL)


@pytest.mark.parametrize(("age", "adult"), [(None, True), (17, False), (18, True)])
def test_whose_age_is_not_known_counts_as_an_adult(age, adult):
    case = a_discharge(age=age)

    assert AgeAtLeast(18).holds(case) is adult
    assert AgeBelow(18).holds(case) is not adult
