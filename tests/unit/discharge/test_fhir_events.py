from datetime import UTC, datetime
from typing import Any

import pytest
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.messagedefinition import MessageDefinition

from services.discharge.inbound.fhir.capability import capability_statement
from services.discharge.inbound.fhir.happenings import HAPPENINGS
from tests.support.bundles import HEADER, answer, changed, statement
from tests.support.hospital import a_notification

ADMIT, TRANSFER, DISCHARGE = (f"notification-{word}" for word in ("admit", "transfer", "discharge"))
STARTED = datetime(2026, 9, 4, 7, 45, tzinfo=UTC)
ENDED = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
SENT = datetime(2026, 9, 8, 10, 20, 7, tzinfo=UTC)
END = {"end": "2026-09-08T11:20:00+01:00"}
START = {"start": "2026-09-04T08:45:00+01:00"}
MISMATCH = "status-mismatch:Encounter.status"


def said(event: str, status: str, *, ends: bool = False, **encounter: Any):
    period = START | (END if ends else {})
    return statement(
        a_notification(event, encounter={"status": status, "period": period} | encounter)
    )


@pytest.mark.parametrize(
    ("event", "status", "ends", "happening", "at", "doubtful"),
    [
        (ADMIT, "in-progress", False, "admitted", STARTED, False),
        (ADMIT, "arrived", False, "admitted", STARTED, False),
        (ADMIT, "triaged", False, "admitted", STARTED, False),
        (ADMIT, "unknown", False, "admitted", STARTED, True),
        (ADMIT, "in-progress", True, "admitted", STARTED, True),
        (ADMIT, "finished", True, "discharged", ENDED, False),
        (ADMIT, "finished", False, "updated", SENT, True),
        (TRANSFER, "in-progress", False, "moved", SENT, False),
        (TRANSFER, "arrived", False, "moved", SENT, False),
        (TRANSFER, "in-progress", True, "moved", SENT, True),
        (TRANSFER, "finished", True, "discharged", ENDED, False),
        (TRANSFER, "finished", False, "updated", SENT, True),
        (DISCHARGE, "finished", True, "discharged", ENDED, False),
        (DISCHARGE, "finished", False, "discharged", SENT, False),
        (DISCHARGE, "in-progress", True, "discharged", ENDED, True),
        (DISCHARGE, "unknown", False, "discharged", SENT, True),
        (DISCHARGE, "in-progress", False, "in-progress", SENT, True),
        (DISCHARGE, "arrived", False, "in-progress", SENT, True),
        *(
            (event, status, ends, happening, SENT, False)
            for event in (ADMIT, TRANSFER, DISCHARGE)
            for ends in (False, True)
            for status, happening in (
                ("planned", "planned"),
                ("onleave", "on-leave"),
                ("cancelled", "admission-cancelled"),
                ("entered-in-error", "voided"),
            )
        ),
    ],
)
def test_event_and_status_together_say_what_happened(event, status, ends, happening, at, doubtful):
    found = said(event, status, ends=ends)

    assert (found.happening, found.happened_at, found.said_at) == (happening, at, SENT)
    assert (MISMATCH in found.flags) == doubtful
    assert (found.stay.discharged_at is not None) == (happening == "discharged")


@pytest.mark.parametrize(
    ("code", "kind", "happening"),
    [
        ("IMP", "IMP", "admitted"),
        ("ACUTE", "IMP", "admitted"),
        ("NONAC", "IMP", "admitted"),
        ("SS", "IMP", "admitted"),
        ("OBSENC", "IMP", "admitted"),
        ("EMER", "EMER", "registered"),
        ("AMB", "AMB", "registered"),
        ("VR", "AMB", "registered"),
        ("PRENC", "IMP", "planned"),
        ("imp", "IMP", "admitted"),
    ],
)
def test_only_an_inpatient_is_admitted(code, kind, happening):
    found = said(ADMIT, "in-progress", **{"class": {"code": code}})

    assert (found.happening, found.stay.encounter_class) == (happening, kind)
    assert found.flags == ()


def test_a_visit_that_is_only_planned_has_not_begun():
    assert said(ADMIT, "planned").stay.admitted_at is None


def test_an_admission_resent_later_holds_as_of_its_start_and_was_said_later():
    document = a_notification(ADMIT)
    document["timestamp"] = "2026-09-09T09:00:00+01:00"

    found = statement(document)

    assert found.happened_at == STARTED
    assert found.said_at == datetime(2026, 9, 9, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "at", "flags"),
    [
        ({"start": "2026-09-04"}, SENT, {"time-date-only:Encounter.period.start"}),
        ({"start": "2026-09"}, SENT, {"time-date-only:Encounter.period.start"}),
        (
            {"start": "2026-02-31T08:00:00Z"},
            SENT,
            {"time-unreadable:Encounter.period.start"},
        ),
        ({}, SENT, set()),
        (
            {"start": "2027-03-04T08:45:00Z"},
            datetime(2027, 3, 4, 8, 45, tzinfo=UTC),
            {"time-in-future:Encounter.period.start"},
        ),
    ],
)
def test_a_day_is_no_time_and_never_midnight(period, at, flags):
    found = said(ADMIT, "in-progress", period=period)

    assert found.happened_at == at
    assert set(found.flags) == flags
    if "T" not in period.get("start", ""):
        assert found.stay.admitted_at is None


@pytest.mark.parametrize(
    ("timestamp", "flag"),
    [
        (None, "time-missing:Bundle.timestamp"),
        ("2026-13-41T00:00:00Z", "time-unreadable:Bundle.timestamp"),
        ("2926-09-08T11:20:07Z", "time-in-future:Bundle.timestamp"),
    ],
)
def test_a_message_that_does_not_say_when_it_was_sent_was_sent_now(timestamp, flag):
    found = statement(changed(("timestamp",), timestamp))

    assert found.said_at == datetime(2026, 9, 9, 12, tzinfo=UTC)
    assert found.happened_at == ENDED
    assert found.flags == (flag,)


def place(status="", ward="W7", start=None) -> dict[str, Any]:
    known = {"status": status} if status else {}
    began = {"period": {"start": start}} if start else {}
    return {"location": {"reference": f"Location/{ward}"}} | known | began


def location(ward: str, kind: str = "wa", part_of: str = "", **given: Any) -> dict[str, Any]:
    above = {"partOf": {"reference": f"Location/{part_of}"}} if part_of else {}
    return {
        "resourceType": "Location",
        "id": ward,
        "identifier": [{"value": ward}],
        "name": f"Ward {ward}",
        "physicalType": {"coding": [{"code": kind}]},
    } | above | given  # fmt: skip


@pytest.mark.parametrize(
    ("places", "ward"),
    [
        ([place("completed", "W7"), place("active", "W9")], "W9"),
        ([place("active", "W9"), place("completed", "W7")], "W9"),
        ([place("completed", "W7"), place("completed", "W9")], "W9"),
        (
            [
                place("completed", "W9", "2026-09-07T08:00:00Z"),
                place("completed", "W7", "2026-09-05T08:00:00Z"),
            ],
            "W9",
        ),
        ([place(ward="W7"), place(ward="W9")], "W9"),
        ([place("active", "W7"), place("planned", "W9"), place("reserved", "W9")], "W7"),
        ([place("planned", "W9")], ""),
        ([], ""),
    ],
)
def test_the_ward_is_where_the_patient_is_or_was_last(places, ward):
    document = a_notification(
        TRANSFER, encounter={"location": places}, more=[location("W7"), location("W9")]
    )

    assert statement(document).stay.ward == ward


def test_a_move_happened_when_the_new_place_began():
    document = a_notification(
        TRANSFER,
        encounter={"location": [place("active", "W9", "2026-09-06T14:00:00+01:00")]},
        more=[location("W9")],
    )

    assert statement(document).happened_at == datetime(2026, 9, 6, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "ward"),
    [
        ({"reference": "Location/B4"}, "W7"),
        ({"reference": "Location/lounge"}, "Discharge lounge"),
        ({"display": "Ward 7"}, "Ward 7"),
        ({"identifier": {"value": "W7"}, "display": "Ward 7"}, "W7"),
        ({"reference": "Location/ring"}, "ring"),
    ],
)
def test_a_bed_leads_to_its_ward_and_a_place_without_a_code_goes_by_its_name(place, ward):
    more = [
        location("B4", "bd", "bay"),
        location("bay", "ro", "W7"),
        location("W7"),
        {"resourceType": "Location", "id": "lounge", "name": "Discharge lounge"},
        location("ring", "ro", "ring"),
    ]
    document = a_notification(encounter={"location": [{"location": place}]}, more=more)

    assert statement(document).stay.ward == ward


def test_the_hospital_provider_spell_is_the_visit_number():
    numbers = [
        {"system": "urn:example:episode", "value": "EP-1"},
        {"system": "urn:example:visit", "value": "VI-1"},
        {"system": "https://fellside.example.net/id/Hospital-Provider-Spell", "value": "SP-1"},
    ]
    typed = {"type": {"coding": [{"code": "VN"}]}, "value": "VN-1"}
    old = {"system": "urn:spell", "use": "old", "value": "SP-0"}

    def number(identifiers):
        return statement(a_notification(encounter={"identifier": identifiers})).stay.visit_number

    assert number([old, *numbers]) == "SP-1"
    assert number(numbers[:2]) == "VI-1"
    assert number(numbers[:1]) == "EP-1"
    assert number([numbers[0], typed]) == "VN-1"


def test_of_several_codings_the_one_that_is_ours_is_read():
    nhs = "https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeDestinationEngland"
    specialty = "https://fhir.nhs.uk/CodeSystem/NHSDataModelAndDictionary-main-specialty"
    found = said(
        DISCHARGE,
        "finished",
        ends=True,
        serviceType={"coding": [{"code": "394582007"}, {"system": specialty, "code": "300"}]},
        hospitalization={
            "dischargeDisposition": {"coding": [{"code": "home"}, {"system": nhs, "code": "19"}]}
        },
    )

    assert (found.stay.destination, found.stay.specialty) == ("19", "300")
    assert found.flags == ()


def test_what_is_wrong_or_about_somebody_else_is_not_read():
    snomed = "http://snomed.info/sct"

    def condition(code, **more):
        coding = {"coding": [{"system": snomed, "code": code}]}
        return {"resourceType": "Condition", "code": coding} | more

    def score(value, **more):
        frailty = {"coding": [{"system": snomed, "code": "763264000"}]}
        return {"resourceType": "Observation", "code": frailty, "valueInteger": value} | more

    wrong = {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}
    baby = {"subject": {"reference": "Patient/baby"}}
    more = [
        {"resourceType": "Patient", "id": "baby"},
        condition("1", **wrong),
        condition("2", **baby),
        condition("3"),
        score(9, status="entered-in-error"),
        score(8, status="final", **baby),
        score(6, status="final", subject={"reference": "urn:uuid:patient"}),
    ]

    stay = statement(a_notification(more=more)).stay

    assert stay.diagnoses == ((snomed, "3"),)
    assert stay.indicators == (("763264000", 6.0),)


@pytest.mark.parametrize(
    ("number", "name"), [(0, "sender"), (0, "responsible"), (2, "managingOrganization")]
)
def test_the_hospital_is_named_by_the_stay_else_by_whoever_sends_or_cares(number, name):
    document = a_notification()
    del document["entry"][1]["resource"]["serviceProvider"]
    del document["entry"][0]["resource"]["sender"]
    document["entry"][number]["resource"][name] = {"reference": "urn:uuid:organisation"}

    assert statement(document).stay.provider == "ZTA"


def test_what_a_resource_contains_is_found_unless_two_have_one_name():
    lounge = {"resourceType": "Location", "id": "here", "name": "Discharge lounge"}
    there = {
        "contained": [lounge],
        "location": [{"location": {"reference": "#here"}}],
    }
    other = {"resourceType": "Organization", "contained": [lounge]}

    assert statement(a_notification(encounter=there)).stay.ward == "Discharge lounge"
    assert statement(a_notification(encounter=there, more=[other])).stay.ward == ""


def test_whoever_left_before_they_came_is_flagged():
    assert statement(a_notification(end="2026-09-03T10:00:00Z")).flags == (
        "time-before-admission:Encounter.period.end",
    )


def test_a_stay_of_no_hospital_is_flagged():
    document = a_notification(provider="not a code")

    assert "provider-missing:Encounter.serviceProvider" in statement(document).flags


@pytest.mark.parametrize("event", HAPPENINGS)
def test_what_this_service_says_it_takes_it_takes_and_the_other_way_round(event):
    said = capability_statement("0.1.0")

    CapabilityStatement.model_validate(said)
    contained = {each["id"]: MessageDefinition.model_validate(each) for each in said["contained"]}
    (messaging,) = said["messaging"]
    assert [each["definition"] for each in messaging["supportedMessage"]] == [
        f"#{name}" for name in contained
    ]
    assert set(contained) == set(HAPPENINGS)
    coding = contained[event].eventCoding
    document = changed((*HEADER, "eventCoding"), {"system": coding.system, "code": coding.code})
    assert answer(document)[0] == 200


def test_the_operation_that_is_named_is_the_one_of_the_standard():
    (operation,) = capability_statement("0.1.0")["rest"][0]["operation"]

    assert operation["name"] == "process-message"
    assert operation["definition"] == (
        "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message"
    )


def test_the_version_told_is_the_version_that_runs():
    said = capability_statement("9.8.7")

    assert said["software"]["version"] == "9.8.7"
    assert said["fhirVersion"] == "4.0.1"
