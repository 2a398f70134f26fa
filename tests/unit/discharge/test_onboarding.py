import json
from datetime import UTC, datetime

import pytest

from services.discharge.inbound.onboarding.__main__ import main
from services.discharge.inbound.onboarding.check import check
from services.discharge.inbound.onboarding.files import split
from services.discharge.inbound.onboarding.look import mask
from services.discharge.inbound.profiles.load import usual_profiles
from tests.support.hospital import an_adt

NOW = datetime(2026, 9, 9, 12, 0, tzinfo=UTC)
SECRETS = ("SHAW", "PETER", "9995000245", "HILL ROAD", "960277", "19740311", "SP-77120", "L55")


def looked_at(tmp_path, *messages, show_values=False, profiles=None):
    for number, message in enumerate(messages):
        (tmp_path / f"{number:02}.hl7").write_bytes(message)
    return check([tmp_path], profiles or usual_profiles(), NOW, show_values=show_values)


def fields_of(message):
    return {field["field"]: (field["place"], field["value"]) for field in message["fields"]}


def test_every_field_is_shown_with_its_place_and_the_shape_of_its_value(tmp_path):
    (message,) = looked_at(tmp_path, an_adt())["messages"]

    fields = fields_of(message)
    assert fields["visit_number"] == ("PV1-19", "XX-99999")
    assert fields["discharged_at"] == ("PV1-45", "99999999999999")
    assert fields["method"] == ("PV1-36", "1")
    assert (message["happening"], message["profile"]) == ("discharged", "default")


def test_nothing_of_a_patient_is_shown_unless_it_is_asked_for(tmp_path):
    messages = (
        an_adt(),
        an_adt("A40"),
        an_adt(method="SHAW"),
        an_adt(type="ADT^SHAW"),
        b"MSH|^~\\&",
    )

    masked = json.dumps(looked_at(tmp_path, *messages))
    shown = json.dumps(looked_at(tmp_path, *messages, show_values=True))

    assert not [secret for secret in SECRETS if secret in masked]
    assert "SP-77120" in shown
    assert "HILL ROAD" in shown


def test_a_value_that_the_profile_translates_is_shown_both_ways(tmp_path):
    message = an_adt(application="PATADMIN", sender="ZTF", destination="CLIN", method="HOME")

    (seen,) = looked_at(tmp_path, message, show_values=True)["messages"]

    method = next(field for field in seen["fields"] if field["field"] == "method")
    assert (method["place"], method["value"], method["read_as"]) == ("PV1-37", "CLIN", "1")
    assert seen["profile"] == "fellside-hospital"


def test_the_report_says_what_was_ignored_unknown_and_refused(tmp_path):
    report = looked_at(
        tmp_path,
        an_adt("A03", "ZUK|1|Z90001", "NK1|1|SHAW^ANN"),
        an_adt("A03", "NK1|1|SHAW^ANN", "PV2||||SURGERY", method="X"),
        an_adt("A17"),
        an_adt("A40"),
        show_values=True,
    )["report"]

    assert (report["messages"], report["accepted"]) == (4, 2)
    assert report["events"] == {"A03": 2, "A17": 1, "A40": 1}
    assert report["ignored_segments"] == {"NK1": 2, "ZUK": 1}
    assert report["ignored_fields"] == {"PV2-4": 1}
    assert report["unknown_codes"] == [{"place": "PV1-36", "value": "X", "count": 1}]
    assert [(each["code"], each["place"]) for each in report["refused"]] == [
        ("AR", "MSH-9"),
        ("AE", "MRG"),
    ]
    assert report["flags"]["local-segment:ZUK"] == 1


def test_what_is_not_read_and_looks_familiar_is_pointed_out(tmp_path):
    message = an_adt("A03", "ZUK|1|OAKS^Z90001", "NK1|1|||9995000245", numbers="L55^^^ZTA^MR")
    message = message.replace(b"PID|1||", b"PID|1|999 500 0245|").replace(b"Z90001", b"A81001")

    report = looked_at(tmp_path, message)["report"]

    assert report["looks_like"] == [
        {"place": "PID-2", "what": "an NHS number", "count": 1},
        {"place": "ZUK-2.2", "what": "a practice code", "count": 1},
    ]


def test_files_that_hold_no_messages_are_named_and_passed_over(tmp_path):
    (tmp_path / "notes.md").write_text("# MSH is the header")

    found = looked_at(tmp_path, an_adt())

    assert len(found["messages"]) == 1
    assert [path.endswith("notes.md") for path in found["report"]["skipped_files"]] == [True]


@pytest.mark.parametrize("between", [b"", b"\r\n", b"\x1c\r\x0b", b"\n\n"])
def test_many_messages_of_one_file_are_told_apart(between):
    one, two = an_adt(control_id="M1"), an_adt(control_id="M2")

    assert split(b"\x0b" + one + between + two + b"\x1c\r") == [one.strip(), two.strip()]


def test_a_name_that_begins_like_a_header_begins_no_message():
    message = an_adt("A03", "MSHX|1", name="X\\.br\\MSH")

    assert split(message) == [message.strip()]


def test_a_mask_keeps_the_shape_alone():
    assert mask("Łukasz 07700^X-1") == "Xxxxxx 99999^X-9"


def test_one_profile_can_be_tried_on_everything(tmp_path, capsysbinary):
    (tmp_path / "one.hl7").write_bytes(an_adt())

    assert main([str(tmp_path / "one.hl7"), "--profile", "moorland-trust"]) == 0

    found = json.loads(capsysbinary.readouterr().out)
    assert found["report"]["profiles"] == {"moorland-trust": 1}


def test_a_profile_can_be_tried_before_it_is_installed(tmp_path, capsysbinary):
    (tmp_path / "one.hl7").write_bytes(an_adt("A03", "ZZZ|300"))
    (tmp_path / "mine.yaml").write_text("id: mine\nname: Mine\nfields: {specialty: [ZZZ-1]}\n")

    assert main([str(tmp_path / "one.hl7"), "--profile", str(tmp_path / "mine.yaml")]) == 0

    (message,) = json.loads(capsysbinary.readouterr().out)["messages"]
    assert fields_of(message)["specialty"][0] == "ZZZ-1"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--profile", "nobody"], "there is no such profile or file, only default"),
        (["--sources", "/nowhere/at/all"], "there is no such folder"),
    ],
)
def test_what_cannot_be_checked_is_said_in_a_sentence(tmp_path, capsys, arguments, said):
    (tmp_path / "one.hl7").write_bytes(an_adt())

    assert main([str(tmp_path / "one.hl7"), *arguments]) == 2
    assert said in capsys.readouterr().err
