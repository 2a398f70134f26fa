from datetime import UTC, datetime

import pytest

from services.chassis import process
from services.discharge.app import build
from services.discharge.config import DischargeSettings
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.message import read_hl7
from services.discharge.inbound.profiles.fields import FIELDS, MAPPED, NAMES
from services.discharge.inbound.profiles.load import ProfileError, read_profiles, usual_profiles
from services.discharge.inbound.profiles.profile import Expected, read_place
from tests.support.hospital import an_adt

NOW = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
MINIMAL = "id: hospital\nname: A hospital\n"


def read(message, profiles=None):
    incoming, _ = read_hl7(message, Arrival(NOW, "mllp"), frozenset(), profiles)
    assert incoming.answer.code == "AA", incoming.answer
    return incoming.statement


def a_folder(tmp_path, *texts):
    for number, text in enumerate(texts):
        (tmp_path / f"profile-{number}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def with_profile(tmp_path, text):
    return read_profiles(a_folder(tmp_path, MINIMAL + "senders: [{organisation: ZTA}]\n" + text))


def fault(tmp_path, *texts):
    with pytest.raises(ProfileError) as error:
        read_profiles(a_folder(tmp_path, *texts))
    return str(error.value)


def test_the_profiles_that_come_with_baton_can_be_used():
    found = [profile.id for profile in usual_profiles().all]

    assert found == ["default", "fellside-hospital", "moorland-trust"]


def test_the_default_says_where_every_field_lives():
    assert set(usual_profiles().all[0].places) == set(NAMES) == set(FIELDS)


def test_a_hospital_that_swaps_and_moves_things_is_read_as_meant():
    message = an_adt(
        "A03",
        "ZUK|1|Z90001||NSTS01|SP-1",
        application="PATADMIN",
        sender="ZTF",
        numbers="F100^^^FSH^MR",
        verified="",
        practice="",
        sex="2",
        method="HOME",
        destination="CLIN",
    ).replace(b"PID|1||", b"PID|1|999 500 0245|")

    said = read(message)

    assert said.person.nhs_number == "9995000245"
    assert said.person.local_numbers == (("ZTF", "F100"),)
    assert said.person.words["practice"] == "Z90001"
    assert said.person.words["nhs_number_verification"] == "01"
    assert said.person.words["sex"] == "female"
    assert (said.stay.method, said.stay.destination) == ("1", "19")
    assert said.stay.visit_number == "SP-1"
    assert said.flags == ()
    assert said.source == "ZTF/PATADMIN"


def test_the_next_place_counts_where_the_first_is_empty():
    said = read(an_adt(application="PATADMIN", sender="ZTF", method="HOME", destination="CLIN"))

    assert said.stay.visit_number == "SP-77120"


def test_a_hospital_on_utc_whose_name_is_no_code():
    message = an_adt(
        application="EPR",
        sender="MOORLAND",
        phones="01632 960277^PRN^PH|07700 900123",
        practice="Z90002^^^^^^^^^Z90001",
        specialty="PSYCH",
    ).replace(b"W7^B2", b"NORTH^W7")

    said = read(message)

    assert said.stay.provider == "ZTM"
    assert said.stay.discharged_at == datetime(2026, 9, 8, 11, 20, tzinfo=UTC)
    assert said.stay.ward == "W7"
    assert said.stay.specialty == "710"
    assert said.person.words["practice"] == "Z90001"
    assert {"kind": "mobile", "value": "07700 900123"} in said.person.words["contact_points"]


def test_a_profile_is_chosen_by_both_names_then_by_the_hospital_then_by_default():
    profiles = usual_profiles()

    assert profiles.of("ZTF", "patadmin").id == "fellside-hospital"
    assert profiles.of("ZTF", "OTHER").id == "default"
    assert profiles.of("ZTF01", "ANY").id == "fellside-hospital"
    assert profiles.of("ZTA", "PAS").id == "default"


def test_a_profile_says_how_much_to_expect():
    expected = usual_profiles().named("fellside-hospital").expected

    assert expected == Expected(messages_per_hour=120, quiet_after_minutes=30)
    assert usual_profiles().named("default").expected is None


@pytest.mark.parametrize(
    ("given", "ward", "counts"),
    [("I", "SDEC", "EMER"), ("i", "sdec", "EMER"), ("O", "FRAILTY", "IMP"), ("I", "W7", "IMP")],
)
def test_a_class_rule_overrides_the_class_that_was_sent(tmp_path, given, ward, counts):
    profiles = with_profile(
        tmp_path,
        "class_rules:\n- {sent: I, ward: SDEC, counts_as: EMER}\n- {ward: FRAILTY, counts_as: IMP}",
    )
    message = an_adt(**{"class": given}).replace(b"|W7^", f"|{ward}^".encode())

    assert read(message, profiles).stay.encounter_class == counts


def test_a_code_that_the_map_does_not_know_is_read_as_it_is(tmp_path):
    profiles = with_profile(tmp_path, "codes: {method: {X: '1'}}")

    assert read(an_adt(method="x"), profiles).stay.method == "1"
    assert read(an_adt(method="2"), profiles).stay.method == "2"
    assert "unknown-code:PV1-36" in read(an_adt(method="Y"), profiles).flags


def test_a_local_segment_that_a_profile_names_is_not_strange(tmp_path):
    profiles = with_profile(tmp_path, "fields: {specialty: [ZZZ-1]}")

    said = read(an_adt("A03", "ZZZ|400", "ZYY|1"), profiles)

    assert said.stay.specialty == "400"
    assert "local-segment:ZZZ" not in said.flags
    assert "local-segment:ZYY" in said.flags


def test_a_field_that_lives_nowhere_is_not_read(tmp_path):
    assert (
        read(an_adt(), with_profile(tmp_path, "fields: {visit_number: []}")).stay.visit_number == ""
    )


def test_a_profile_of_the_site_takes_the_place_of_ours(tmp_path):
    text = "id: moorland-trust\nname: Ours\nsenders: [{organisation: ZTQ}]\n"

    profiles = read_profiles(a_folder(tmp_path, text))

    assert profiles.named("moorland-trust").name == "Ours"
    assert profiles.of("MOORLAND", "EPR").id == "default"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "fields: {method: [PV1.36]}",
            "fields.method.0: a place is written like PV1-36, or ZUK-2.1",
        ),
        ("fields: {method: PV1-36}", "fields.method: "),
        ("fields: {methods: [PV1-36]}", "fields.methods: "),
        ("time_zone: Europe/Londn", "time_zone: there is no such time zone"),
        ("colour: blue", "colour: there is nothing of this name"),
        ("senders: [{application: PAS}]", "senders.0.organisation: this is missing"),
        ("codes: {phones: {A: B}}", "phones is no code: it cannot be translated"),
        ("class_rules: [{counts_as: IMP}]", "class_rules.0: a class rule names what was sent"),
        ("class_rules: [{sent: I, counts_as: X}]", "class_rules.0.counts_as: "),
        ("expected: {messages_per_hour: 0, quiet_after_minutes: 5}", "expected.messages_per_hour"),
        ("acknowledge: never", "acknowledge: "),
    ],
)
def test_a_fault_in_a_profile_names_the_file_the_place_and_what_is_wrong(tmp_path, text, said):
    message = fault(tmp_path, MINIMAL + text)

    assert message.startswith("profile-0.yaml: ")
    assert said.replace("like PV1-36", "like PV1-45") in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "valid"),
        ("- 1", "valid"),
        ("id: [", "this is not YAML"),
        ("id: hospital", "name: this is missing"),
        ("id: Hospital A\nname: x", "id: "),
        ("a: &a [*a]", ""),
        ("!!python/object/apply:os.system ['true']", "this is not YAML"),
    ],
)
def test_a_file_that_is_no_profile_is_refused_with_its_name(tmp_path, text, said):
    message = fault(tmp_path, text)

    assert message.startswith("profile-0.yaml: ")
    assert said in message


def test_two_profiles_do_not_speak_of_one_sender(tmp_path):
    one = MINIMAL + "senders: [{organisation: ZTQ, application: PAS}]"
    other = one.replace("id: hospital", "id: other").replace("ZTQ", "ztq").replace("PAS", "pas")

    assert "senders.0: profile-0.yaml speaks of the same sender" in fault(tmp_path, one, other)


def test_two_files_with_one_id_are_refused(tmp_path):
    assert "id: profile-0.yaml has the same id" in fault(tmp_path, MINIMAL, MINIMAL)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ProfileError, match="there is no such folder"):
        read_profiles(tmp_path / "nowhere")


def test_a_default_of_the_site_names_every_field_too(tmp_path):
    message = fault(tmp_path, "id: default\nname: Ours\nfields: {numbers: [PID-3]}")

    assert "the default names every field" in message


@pytest.mark.parametrize(
    "text", ["PV1", "PV1-0", "pv1-1", "PV1-1.0", "PV1-1000", "P1-1", "PV1-1\n"]
)
def test_a_place_that_cannot_be(text):
    with pytest.raises(ValueError, match="a place is written like"):
        read_place(text)


def test_only_codes_and_texts_can_be_translated():
    assert "numbers" not in MAPPED
    assert "discharged_at" not in MAPPED
    assert "method" in MAPPED


def test_a_fault_in_a_profile_ends_the_start_with_its_sentence(tmp_path, monkeypatch):
    a_folder(tmp_path, MINIMAL + "colour: blue")
    dsn = "postgresql://nobody@127.0.0.1:1/none"
    settings = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": dsn,
        "KAFKA_BOOTSTRAP": "127.0.0.1:1",
        "SITE_SECRET": "for these tests only, and for nothing else",
        "SESSION_SECRET": "for these tests only, and for nothing else",
        "HTTP_PORT": "0",
        "SOURCES_FOLDER": str(tmp_path),
    }
    env = {f"BATON_{name}": value for name, value in settings.items()}

    async def serve(service, settings, build):
        build(settings, None)

    monkeypatch.setattr("sys.argv", ["services.discharge"])
    monkeypatch.setattr(process, "_serve", serve)
    monkeypatch.setattr(process.telemetry, "configure", lambda service: None)
    monkeypatch.setattr(process.log, "configure", lambda service, level: None)
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit) as end:
        process.main("discharge", DischargeSettings, build)

    assert end.value.code == "discharge: profile-0.yaml: colour: there is nothing of this name"
