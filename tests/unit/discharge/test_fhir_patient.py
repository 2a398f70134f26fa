import pytest

from tests.support.bundles import CORE, coded, statement
from tests.support.hospital import ODS, a_notification

NHS = "https://fhir.nhs.uk/Id/nhs-number"
OVER = {"period": {"start": "2020-01-01", "end": "2021-12-31"}}


def words(**patient):
    return statement(a_notification(patient=patient)).person.words


def flags(**patient):
    return statement(a_notification(patient=patient)).flags


def extension(name, *parts):
    return {"url": CORE + name, "extension": list(parts)}


@pytest.mark.parametrize(
    "system",
    [
        "https://fhir.nhs.uk/Id/nhs-number",
        "https://fhir.nhs.uk/id/nhs-number",
        "HTTPS://FHIR.NHS.UK/ID/NHS-NUMBER",
        "urn:oid:2.16.840.1.113883.2.1.4.1",
    ],
)
def test_an_nhs_number_is_one_however_its_system_is_written(system):
    numbers = [{"system": system, "value": "999 500 0245"}]

    assert statement(a_notification(patient={"identifier": numbers})).person.nhs_number == (
        "9995000245"
    )


@pytest.mark.parametrize("system", [ODS, ODS.replace("/Id/", "/id/"), ODS.upper()])
def test_an_organisation_is_known_however_its_system_is_written(system):
    doctor = {"identifier": {"system": system, "value": "z90001"}}

    assert words(generalPractitioner=[doctor])["practice"] == "Z90001"


def test_a_number_that_is_old_or_over_is_not_read():
    numbers = [
        {"system": NHS, "value": "9995000105", "use": "old"},
        {"system": NHS, "value": "9995000172"} | OVER,
        {"system": NHS, "value": "9995000245"},
    ]

    person = statement(a_notification(patient={"identifier": numbers})).person

    assert person.nhs_number == "9995000245"
    assert person.local_numbers == ()


@pytest.mark.parametrize(("sent", "kept"), [("08", "08"), ("01", None)])
def test_a_newborn_without_a_number_yet_says_why_and_nobody_verifies_a_number_that_is_missing(
    sent, kept
):
    number = {"system": NHS, "extension": [coded(CORE + "NHSNumberVerificationStatus", sent)]}

    person = statement(a_notification(patient={"identifier": [number]})).person

    assert person.nhs_number is None
    assert person.words.get("nhs_number_verification") == kept


def test_two_nhs_numbers_are_one_too_many():
    numbers = [{"system": NHS, "value": number} for number in ("9995000245", "9995000105")]

    said = statement(a_notification(patient={"identifier": numbers}))

    assert said.person.nhs_number == "9995000245"
    assert "conflict:Patient.identifier" in said.flags


def test_a_hospitals_own_number_is_the_same_in_both_dialects():
    number = {
        "system": "https://fellside.example.net/id/mrn",
        "type": {"coding": [{"code": "MR"}]},
        "value": "L55",
        "assigner": {"identifier": {"system": ODS, "value": "ZTA"}},
    }
    another = {"system": "urn:example:badge", "value": "7"}

    person = statement(a_notification(patient={"identifier": [number, another]})).person

    assert person.local_numbers == (("ZTA", "L55"), ("urn:example:badge", "7"))


def test_the_name_is_the_official_one_else_the_usual():
    old = {"use": "old", "family": "Before"}
    maiden = {"use": "maiden", "family": "Maiden"}
    usual = {"use": "usual", "family": "Usual"}
    official = {"use": "official", "family": "Official"}

    def family(*names):
        return words(name=list(names)).get("name", {}).get("family")

    assert family(old, maiden, usual, official) == "Official"
    assert family(old, maiden, usual, official | OVER) == "Usual"
    assert family({"family": "Plain"}, old) == "Plain"
    assert family({"use": "nickname", "family": "Nick"}) == "Nick"
    assert family(old, maiden) is None


def test_nothing_in_a_list_is_not_the_first_of_it():
    name = {"family": "Shaw", "given": [None, "Peter"], "prefix": [None]}
    home = {"use": "home", "line": [None, "4 Hill Road"]}

    known = words(name=[name], address=[home])

    assert known["name"] == {"family": "Shaw", "given": "Peter", "prefix": ""}
    assert known["address"]["lines"] == ["4 Hill Road"]


def test_letters_go_home_and_not_where_somebody_once_was():
    home = {"use": "home", "line": ["4 Hill Road"], "city": "Fellside", "postalCode": "zz99 3vz"}
    old = {"use": "old", "line": ["Old"]}
    temporary = {"use": "temp", "line": ["Sister's"], "postalCode": "ZZ99 3WZ"}
    work = {"use": "work", "line": ["Works"]}

    assert words(address=[old, temporary, work, home])["address"] == {
        "lines": ["4 Hill Road", "Fellside"],
        "postcode": "ZZ99 3VZ",
    }
    assert "address" not in words(address=[old, temporary, work, home | OVER])


def test_who_leaves_for_a_temporary_address_is_written_to_there():
    temporary = {"use": "temp", "line": ["Sister's"], "postalCode": "ZZ99 3WZ"}
    home = {"use": "home", "line": ["4 Hill Road"], "postalCode": "ZZ99 3VZ"}

    said = statement(a_notification(destination="29", patient={"address": [home, temporary]}))
    later = a_notification(destination="29", patient={"address": [home, temporary | OVER]})

    assert said.person.words["address"]["postcode"] == "ZZ99 3WZ"
    assert "temporary:Patient.address" in said.flags
    assert statement(later).person.words["address"]["postcode"] == "ZZ99 3VZ"


def test_a_telephone_that_was_given_up_rings_at_a_strangers():
    phones = [
        {"system": "phone", "value": "07700 900111"} | OVER,
        {"system": "phone", "value": "07700 900112", "use": "old"},
        {"system": "sms", "value": "07700 900123", "use": "mobile"},
        {"system": "fax", "value": "01632 960277"},
    ]

    assert words(telecom=phones)["contact_points"] == [{"kind": "mobile", "value": "07700 900123"}]


def test_a_practice_that_was_left_is_not_the_practice():
    left, now = (
        {"identifier": {"system": ODS, "value": code} | period}
        for code, period in (("Z90001", OVER), ("Z90002", {}))
    )

    assert words(generalPractitioner=[left, now])["practice"] == "Z90002"
    assert "practice-missing:Patient.generalPractitioner" in flags(generalPractitioner=[left])


@pytest.mark.parametrize(
    ("code", "status", "deceased"),
    [("1", "informal", True), ("2", "formal", True), ("U", "removed", None), ("9", None, None)],
)
@pytest.mark.parametrize("nested", [True, False])
def test_what_the_national_record_says_of_a_death_is_heard(code, status, deceased, nested):
    part = coded("deathNotificationStatus", code)
    told = (
        extension("DeathNotificationStatus", part)
        if nested
        else part | {"url": CORE + "DeathNotificationStatus"}
    )

    found = statement(a_notification(patient={"extension": [told]}))

    assert found.person.words.get("death_status") == status
    assert found.person.words.get("deceased") is deceased
    assert ("death-taken-back:Patient.extension" in found.flags) == (code == "U")
    assert ("unknown-code:Patient.extension" in found.flags) == (code == "9")


@pytest.mark.parametrize(
    ("code", "restricted"),
    [
        ("U", False),
        ("N", False),
        ("L", True),
        ("M", True),
        ("R", True),
        ("V", True),
        ("REDACTED", True),
    ],
)
def test_anything_but_unrestricted_or_normal_is_restricted(code, restricted):
    assert words(meta={"security": [{"code": code}]})["restricted"] is restricted


def test_a_record_without_a_label_says_nothing_of_restrictions():
    assert "restricted" not in words()


def test_a_patient_marked_as_a_test_is_one_and_not_restricted_for_it():
    said = statement(a_notification(patient={"meta": {"security": [{"code": "HTEST"}]}}))

    assert said.realm == "test"
    assert said.person.words["restricted"] is False


@pytest.mark.parametrize(
    "patient",
    [
        {
            "extension": [
                extension(
                    "NHSCommunication",
                    coded("language", "cy"),
                    {"url": "interpreterRequired", "valueBoolean": True},
                )
            ]
        },
        {
            "communication": [
                {"language": {"coding": [{"code": "en"}]}},
                {
                    "language": {"coding": [{"code": "cy"}]},
                    "preferred": True,
                    "extension": [
                        {
                            "url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
                            "valueBoolean": True,
                        }
                    ],
                },
            ]
        },
    ],
    ids=["as it was", "as it is now"],
)
def test_the_language_and_the_interpreter_are_read_in_both_places(patient):
    known = words(**patient)

    assert known["language"] == "cy"
    assert known["needs"] == ["interpreterneeded"]


@pytest.mark.parametrize(
    ("parts", "needs"),
    [
        ([coded("PreferredContactMethod", "1")], ["requirescontactbyletter"]),
        ([coded("PreferredContactMethod", "4")], ["requirescontactbyemail"]),
        ([coded("PreferredContactMethod", "3")], ["requirescontactbytelephone"]),
        (
            [
                coded("PreferredWrittenCommunicationFormat", "11"),
                coded("PreferredContactMethod", "1"),
                {"url": "PreferredContactTimes", "valueString": "Not after 7pm"},
            ],
            [
                "requirescontactbyletter",
                "requireswritteninformationinatleast20pointsansseriffont",
            ],
        ),
        (
            [coded("PreferredWrittenCommunicationFormat", "12")],
            ["requiresinformationincontractedgrade2braille"],
        ),
        ([coded("PreferredContactMethod", "8")], None),
    ],
)
def test_how_a_patient_wants_to_be_told_is_a_need(parts, needs):
    assert words(extension=[extension("ContactPreference", *parts)]).get("needs") == needs


def test_a_preference_that_nobody_knows_is_flagged():
    asked = extension("ContactPreference", coded("PreferredContactMethod", "77"))

    assert "unknown-code:Patient.extension" in flags(extension=[asked])


def test_a_need_of_somebody_else_is_not_this_patients():
    need = {
        "resourceType": "Flag",
        "status": "active",
        "subject": {"reference": "Patient/baby"},
        "category": [{"coding": [{"code": "NRAF"}]}],
        "code": {"coding": [{"code": "requirescontactbyletter"}]},
    }
    baby = {"resourceType": "Patient", "id": "baby"}

    assert "needs" not in statement(a_notification(more=[need, baby])).person.words
