import json
from datetime import UTC, datetime

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from hypothesis import given
from hypothesis import strategies as st

from services.discharge.domain.message import Outcome
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.fhir.capability import capability_statement
from services.discharge.inbound.fhir.message import read_fhir
from services.discharge.inbound.fhir.responses import respond
from services.discharge.inbound.hl7.message import read_hl7
from tests.support.hospital import a_notification, a_sample, an_adt, as_json

NOW = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
ARRIVAL = Arrival(NOW, "http", "hospital")


def read(document):
    return read_fhir(document if isinstance(document, bytes) else as_json(document), ARRIVAL)


def statement(document):
    incoming, _ = read(document)
    assert incoming.answer.code == "AA", incoming.answer
    return incoming.statement


def answer(document):
    incoming, reading = read(document)
    outcome = Outcome(incoming.message_id, incoming.received_at, incoming.answer)
    status, body = respond(incoming, reading, outcome)
    return status, json.loads(body)


def issues(document):
    status, body = answer(document)
    outcome = body if status != 200 else body["entry"][1]["resource"]
    return status, outcome["issue"]


def changed(path, value, **given):
    """The usual Bundle with one element changed; None removes it."""
    document = a_notification(**given)
    *steps, last = path
    part = document
    for step in steps:
        part = part[step]
    if value is None:
        del part[last]
    else:
        part[last] = value
    return document


HEADER, ENCOUNTER, PATIENT = (("entry", number, "resource") for number in range(3))


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


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1,2",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
        b"1e999",
        b"\xff\xfe",
        b"<Bundle/>",
    ],
    ids=[
        "empty",
        "cut",
        "cut list",
        "deep list",
        "deep object",
        "huge number",
        "infinite",
        "bytes",
        "xml",
    ],
)
def test_what_is_not_json_gets_an_outcome_that_says_so(body):
    status, found = issues(body)

    assert status == 400
    assert found[0]["code"] == "structure"


@pytest.mark.parametrize(
    "document",
    [[], "Bundle", None, 7, {}, {"resourceType": "Patient"}, {"resourceType": ["Bundle"]}],
)
def test_json_that_is_no_bundle_is_refused(document):
    assert issues(document)[0] == 400


@pytest.mark.parametrize(
    ("document", "expression", "code"),
    [
        (changed(("type",), "collection"), "Bundle.type", "value"),
        (changed(("type",), None), "Bundle.type", "required"),
        (changed((*ENCOUNTER, "status"), "gone"), "Bundle.entry[1].resource.status", "value"),
        (changed((*ENCOUNTER, "class"), None), "Bundle.entry[1].resource.class", "required"),
        (
            changed((*ENCOUNTER, "period", "end"), "8 September"),
            "Bundle.entry[1].resource.period.end",
            "value",
        ),
        (changed((*PATIENT, "birthDate"), "soon"), "Bundle.entry[2].resource.birthDate", "value"),
        (
            changed((*PATIENT, "name", 0, "given"), "Peter"),
            "Bundle.entry[2].resource.name[0].given",
            "value",
        ),
        (
            changed((*HEADER, "eventCoding", "code"), "notification-transfer"),
            "Bundle.entry[0].resource.eventCoding",
            "not-supported",
        ),
        (changed((*HEADER, "focus"), []), "Bundle.entry[0].resource.focus", "required"),
        (
            changed((*ENCOUNTER, "subject", "reference"), "urn:uuid:nobody"),
            "Bundle.entry[0].resource.focus[0].subject",
            "required",
        ),
        (
            changed((*ENCOUNTER, "status"), "entered-in-error"),
            "Bundle.entry[0].resource.focus[0].status",
            "business-rule",
        ),
        (
            a_notification(status="in-progress"),
            "Bundle.entry[0].resource.focus[0].status",
            "business-rule",
        ),
    ],
)
def test_a_message_at_fault_is_told_which_element(document, expression, code):
    status, body = answer(document)

    assert status == 200
    assert body["entry"][0]["resource"]["response"]["code"] == "fatal-error"
    (issue,) = body["entry"][1]["resource"]["issue"]
    assert issue["expression"] == [expression]
    assert issue["code"] == code
    assert expression in issue["diagnostics"]


def test_without_a_readable_header_the_answer_is_an_outcome():
    status, found = issues(changed((*HEADER, "eventCoding"), None))

    assert status == 422
    assert found[0]["expression"] == ["Bundle.entry[0].resource.eventCoding"]


def test_every_fault_is_named_at_once():
    document = changed((*PATIENT, "birthDate"), "soon")
    document["entry"][1]["resource"]["status"] = "gone"

    assert len(issues(document)[1]) == 2


def test_no_answer_repeats_what_was_sent():
    document = changed((*PATIENT, "birthDate"), "SECRET-BIRTHDAY")
    document["entry"][2]["resource"]["name"][0]["family"] = ["SECRET-NAME"]

    status, body = answer(document)

    assert status == 200
    assert "SECRET" not in json.dumps(body)


def test_an_answer_is_a_valid_message_and_names_what_it_answers():
    status, body = answer(a_notification())

    assert status == 200
    message = Bundle.model_validate(body)
    assert message.entry[0].resource.response.code == "ok"
    assert (
        message.entry[0].resource.response.identifier
        == a_notification()["entry"][0]["resource"]["id"]
    )


def test_a_refusal_is_a_valid_message_with_its_outcome_inside():
    _, body = answer(a_notification(status="in-progress"))

    message = Bundle.model_validate(body)
    header, outcome = (entry.resource for entry in message.entry)
    assert header.response.details.reference == message.entry[1].fullUrl
    assert outcome.issue[0].severity == "error"


def test_resources_that_nobody_asked_for_do_no_harm():
    more = [{"resourceType": "Spaceship", "crew": [{"name": 1}]}, {"resourceType": 7}, {}]

    assert statement(a_notification(more=more)).flags == ()


def test_more_entries_than_anybody_needs_are_refused_cheaply():
    document = a_notification()
    document["entry"] += [{"resource": {}}] * 10_000

    assert issues(document)[1][0]["code"] == "too-costly"


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
        (
            a_notification(encounter={"status": "in-progress"}),
            "status-mismatch:Encounter.status",
        ),
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


def test_what_this_service_says_of_itself_is_valid_and_true():
    said = capability_statement("0.1.0")

    CapabilityStatement.model_validate(said)
    assert [each["definition"] for each in said["messaging"][0]["supportedMessage"]] == [
        "http://hl7.org/fhir/us/davinci-alerts/MessageDefinition/message-admit",
        "http://hl7.org/fhir/us/davinci-alerts/MessageDefinition/message-discharge",
    ]


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False)
    | st.text(max_size=8)
    | st.integers(-9, 9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
places = st.sampled_from(
    [
        (*part, key)
        for part in (HEADER, ENCOUNTER, PATIENT)
        for key in ("id", "resourceType", "identifier", "extension", "status", "class", "subject",
                    "period", "focus", "eventCoding", "source", "name", "telecom", "birthDate",
                    "address", "meta", "generalPractitioner", "deceasedBoolean", "hospitalization")
    ]
)  # fmt: skip


@given(places, json_values)
def test_whatever_stands_in_an_element_there_is_an_answer(path, value):
    document = a_notification()
    document["entry"][path[1]]["resource"][path[3]] = value

    status, body = answer(document)

    assert status in {200, 400, 422}
    assert body["resourceType"] in {"Bundle", "OperationOutcome"}
