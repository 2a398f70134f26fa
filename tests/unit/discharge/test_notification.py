from datetime import UTC, datetime

import pytest
from fhir.resources.R4B.bundle import Bundle

from services.discharge.inbound.hl7.message import read_hl7
from tests.support.bundles import ARRIVAL, statement
from tests.support.hospital import a_notification, a_sample, an_adt


def test_the_young_man_of_the_demo_is_read_in_full():
    said = statement(a_sample("asthma-34-discharge.json"))

    assert said.happening == "discharged"
    assert said.person.nhs_number == "9995000598"
    assert said.person.words["practice"] == "Z90002"
    assert said.person.words["contact_points"] == [
        {"kind": "email", "value": "tom@patients.example.net"}
    ]
    assert said.stay.diagnoses == (("http://snomed.info/sct", "708038006"),)
    assert (said.stay.method, said.stay.destination) == ("1", "19")
    assert said.flags == ()


def test_a_byte_order_mark_does_no_harm():
    body = a_sample("asthma-34-discharge.json")

    assert statement(b"\xef\xbb\xbf" + body) == statement(body)


@pytest.mark.parametrize(
    ("name", "happening", "ward", "sent"),
    [
        ("admit", "admitted", "AMU", datetime(2026, 9, 6, 21, 41, 30, tzinfo=UTC)),
        ("transfer", "moved", "W9", datetime(2026, 9, 7, 8, 32, 10, tzinfo=UTC)),
        ("still-here", "admitted", "W9", datetime(2026, 9, 8, 9, 9, tzinfo=UTC)),
    ],
)
def test_the_other_messages_of_his_stay_are_proper_bundles_about_it(name, happening, ward, sent):
    body = a_sample(f"asthma-34-{name}.json")
    Bundle.model_validate_json(body)

    said = statement(body)

    assert (said.happening, said.stay.ward, said.said_at) == (happening, ward, sent)
    assert said.stay.visit_number == "SP-90177"
    assert said.flags == ()


def test_the_same_stay_says_the_same_in_both_languages():
    fhir = statement(a_notification())
    v2 = read_hl7(an_adt(numbers="9995000245^^^NHS^NH"), ARRIVAL, frozenset())[0].statement

    assert fhir.happened_at == v2.happened_at
    assert fhir.stay.visit_number == v2.stay.visit_number
    for fact in (
        "provider",
        "encounter_class",
        "admitted_at",
        "discharged_at",
        "method",
        "destination",
    ):
        assert getattr(fhir.stay, fact) == getattr(v2.stay, fact)
    for word in ("birth_date", "sex", "practice", "nhs_number_verification", "contact_points"):
        assert fhir.person.words[word] == v2.person.words[word]


def test_own_models_and_the_common_library_read_the_same_bundle():
    body = a_sample("asthma-34-discharge.json")
    oracle = Bundle.model_validate_json(body)
    encounter, patient = oracle.entry[1].resource, oracle.entry[2].resource

    said = statement(body)

    assert said.stay.visit_number == encounter.identifier[0].value
    assert said.stay.admitted_at == encounter.period.start
    assert said.stay.discharged_at == encounter.period.end
    assert said.stay.destination == encounter.hospitalization.dischargeDisposition.coding[0].code
    assert said.stay.encounter_class == encounter.class_fhir.code
    assert said.person.nhs_number == patient.identifier[0].value
    assert said.person.birth_date == patient.birthDate.isoformat()
    assert said.person.words["name"]["family"] == patient.name[0].family
    assert said.person.words["sex"] == patient.gender
    assert said.person.words["address"]["postcode"] == patient.address[0].postalCode


def test_an_admission_is_read():
    said = statement(a_notification("notification-admit"))

    assert said.happening == "admitted"
    assert said.stay.admitted_at == datetime(2026, 9, 4, 7, 45, tzinfo=UTC)
    assert said.stay.discharged_at is None


def test_resources_that_nobody_asked_for_do_no_harm():
    more = [{"resourceType": "Spaceship", "crew": [{"name": 1}]}, {"resourceType": 7}, {}]

    assert statement(a_notification(more=more)).flags == ()


@pytest.mark.parametrize(
    ("document", "flag"),
    [
        (a_notification(number="9990000000"), "nhs-number-invalid:Patient.identifier"),
        (a_notification(number=""), "nhs-number-missing:Patient.identifier"),
        (a_notification(verified="77"), "unknown-code:Patient.identifier.extension"),
        (a_notification(method="9"), "unknown-code:Encounter.extension"),
        (a_notification(destination="999"), "unknown-code:Encounter.hospitalization"),
        (a_notification(end="2026-09-08"), "time-date-only:Encounter.period.end"),
        (a_notification(patient={"birthDate": "1974-03"}), "date-partial:Patient.birthDate"),
        (a_notification(patient={"birthDate": "1974-13-41"}), "date-unreadable:Patient.birthDate"),
        (a_notification(patient={"gender": "m"}), "unknown-code:Patient.gender"),
        (
            a_notification(patient={"generalPractitioner": []}),
            "practice-missing:Patient.generalPractitioner",
        ),
        (
            a_notification(patient={"telecom": [{"system": "phone", "value": "ask the wife"}]}),
            "unusable:Patient.telecom",
        ),
        (a_notification(encounter={"class": {"code": "XX"}}), "unknown-code:Encounter.class"),
        (a_notification(encounter={"identifier": []}), "visit-number-missing:Encounter.identifier"),
    ],
)
def test_what_cannot_be_used_is_flagged_and_never_refuses_a_discharge(document, flag):
    assert flag in statement(document).flags


def test_the_disposition_is_a_destination_and_never_a_method():
    stay = statement(a_notification(method="2", destination="54")).stay

    assert (stay.method, stay.destination) == ("2", "54")


@pytest.mark.parametrize(
    "document",
    [
        a_notification(method="4"),
        a_notification(destination="79"),
        a_notification(patient={"deceasedBoolean": True}),
        a_notification(patient={"deceasedDateTime": "2026-09-08T09:30:00+01:00"}),
        a_notification(patient={"deceasedDateTime": "2026-09"}),
    ],
)
def test_every_way_to_say_that_somebody_died_is_heard(document):
    assert statement(document).person.words["deceased"] is True


def test_a_message_marked_as_a_test_is_one():
    document = a_notification(number="5000000005")
    document["meta"] = {"tag": [{"code": "HTEST"}]}

    said = statement(document)

    assert said.test_patient
    assert said.realm == "test"


def test_a_restricted_record_is_restricted():
    label = {"security": [{"code": "R"}]}

    assert statement(a_notification(patient={"meta": label})).person.words["restricted"] is True


def test_pharmacy_language_and_needs_are_read_where_uk_core_puts_them():
    core = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
    ods = "https://fhir.nhs.uk/id/ods-organization-code"
    patient = {
        "extension": [
            {
                "url": core + "NominatedPharmacy",
                "valueReference": {"identifier": {"system": ods, "value": "FZZ01"}},
            },
            {
                "url": core + "NHSCommunication",
                "extension": [
                    {"url": "language", "valueCodeableConcept": {"coding": [{"code": "cy"}]}}
                ],
            },
        ]
    }
    need = {
        "resourceType": "Flag",
        "status": "active",
        "category": [{"coding": [{"code": "NRAF"}]}],
        "code": {"coding": [{"code": "requirescontactbyletter"}]},
    }
    alarm = need | {"category": [{"coding": [{"code": "safeguarding"}]}]}

    known = statement(a_notification(patient=patient, more=[need, alarm])).person.words

    assert known["pharmacy"] == "FZZ01"
    assert known["language"] == "cy"
    assert known["needs"] == ["requirescontactbyletter"]


def test_a_frailty_score_is_read():
    score = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "763264000"}]},
        "valueInteger": 7,
    }

    assert statement(a_notification(more=[score])).stay.indicators == (("763264000", 7.0),)
