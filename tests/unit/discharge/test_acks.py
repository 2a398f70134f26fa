from datetime import UTC, datetime
from uuid import UUID

import hl7
import pytest

from services.discharge.domain.message import ACCEPTED, CLASH, Answer
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.hl7.acks import acknowledge
from services.discharge.inbound.hl7.message import read_head, read_hl7
from tests.support.hospital import an_adt

AT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
ID = UUID("01a200b3-cabd-7322-bf0e-354f94479b51")
WRONG = Answer("AE", 101, "MSH-10", "MSH-10 is required")


def ack(answer=ACCEPTED, message=None, **given):
    _, header = read_hl7(message or an_adt(**given), Arrival(AT, "mllp"), frozenset())
    return acknowledge(header, answer, ID, AT).decode(header.codec)


def segments(text):
    return {line.split("|")[0]: line.split("|") for line in text.strip("\r").split("\r")}


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("2.2", "ACK"),
        ("2.3", "ACK^A03"),
        ("2.3.1", "ACK^A03^ACK"),
        ("2.4", "ACK^A03^ACK"),
        ("2.5", "ACK^A03^ACK"),
        ("2.5.1", "ACK^A03^ACK"),
    ],
)
def test_an_acknowledgement_turns_the_addresses_round_and_speaks_the_same_version(version, kind):
    text = ack(version=version)

    said = segments(text)
    assert said["MSH"][2:6] == ["BATON", "ZTA", "PAS", "ZTA"]
    assert said["MSH"][6] == "20260908102000+0000"
    assert said["MSH"][8:12] == [kind, "7322bf0e354f94479b51", "P", version]
    assert said["MSA"] == ["MSA", "AA", "M1001"]
    assert "ERR" not in said
    assert str(hl7.parse(text).segment("MSA")(1)) == "AA"


@pytest.mark.parametrize("version", ["2.2", "2.3", "2.3.1", "2.4"])
def test_up_to_version_2_4_the_error_stands_in_err_1(version):
    said = segments(ack(WRONG, version=version))

    assert said["MSA"][1:4] == ["AE", "M1001", "MSH-10 is required"]
    assert said["ERR"] == ["ERR", "MSH^1^10^101&Required field missing&HL70357"]


@pytest.mark.parametrize("version", ["2.5", "2.5.1"])
def test_from_version_2_5_the_error_has_fields_of_its_own(version):
    said = segments(ack(WRONG, version=version))

    assert said["ERR"][1:5] == ["", "MSH^1^10", "101^Required field missing^HL70357", "E"]
    assert said["ERR"][8] == "MSH-10 is required"


def test_an_error_without_a_place_names_none():
    assert segments(ack(CLASH))["ERR"] == ["ERR", "^^^205&Duplicate key identifier&HL70357"]
    assert segments(ack(CLASH, version="2.5"))["ERR"][2] == ""


def test_a_missing_segment_is_named_without_a_field():
    said = segments(ack(Answer("AE", 100, "PID", "PID is required")))

    assert said["ERR"][1].startswith("PID^1^^100&")


def test_an_acknowledgement_uses_the_sender_separators_and_characters():
    message = an_adt(control_id="M-é", charset="8859/1", coding="iso8859-1")
    message = message.replace(b"|", b"$").replace(b"^~\\&", b":?!*")

    text = ack(WRONG, message)

    assert text.startswith("MSH$:?!*$BATON$ZTA$PAS$ZTA$")
    assert "MSA$AE$M-é$MSH-10 is required$$$101:Required field missing:HL70357\r" in text
    assert "ERR$MSH:1:10:101*Required field missing*HL70357\r" in text


def test_a_separator_that_our_own_words_contain_does_not_split_them():
    message = an_adt().replace(b"^", b"-")

    assert "MSA|AE|M1001|MSH 10 is required|" in ack(WRONG, message)


@pytest.mark.parametrize("nothing", [b"", b"MSH", b"\xff\xfe\x00", b"GET / HTTP/1.1", b"PID|1"])
def test_even_garbage_gets_an_answer(nothing):
    incoming, header = read_hl7(nothing, Arrival(AT, "mllp"), frozenset())

    said = segments(acknowledge(header, incoming.answer, ID, AT).decode())

    assert said["MSA"][1:3] == ["AR", ""]
    assert "100" in said["ERR"][1]


def test_the_control_id_goes_back_as_it_came():
    assert "MSA|AA|A\\T\\B\\X41\\\r" in ack(control_id="A\\T\\B\\X41\\")


def test_nothing_that_a_message_says_of_a_patient_comes_back():
    message = an_adt(
        numbers="9990000000^^^NHS^NH", name="SECRETNAME^GIVEN", visit="SP-SECRET", version="2.9"
    )
    incoming, header = read_hl7(message, Arrival(AT, "mllp"), frozenset())

    said = acknowledge(header, incoming.answer, ID, AT)

    for secret in (b"SECRETNAME", b"9990000000", b"SP-SECRET", b"HILL ROAD"):
        assert secret not in said


def test_a_version_or_event_of_a_strange_form_is_not_repeated():
    text = ack(version="2.4<script>", type="ADT^A03\\F\\EVIL")

    assert "script" not in text
    assert "EVIL" not in text


def test_a_message_cut_off_after_its_header_still_has_a_control_id():
    assert read_head(an_adt()[:200]).control_id == "M1001"
    assert read_head(b"\xff" * 200).control_id == ""


@pytest.mark.parametrize("control", [b"\x0b", b"\x1c", b"\x00"])
def test_nothing_that_goes_back_breaks_the_frame_of_the_answer(control):
    message = an_adt(application="PAS", charset="").replace(b"|PAS|", b"|P" + control + b"AS|")
    message = message.replace(b"M1001", b"M10" + control + b"01")

    _, header = read_hl7(message, Arrival(AT, "http"), frozenset())

    assert control not in acknowledge(header, ACCEPTED, ID, AT)
