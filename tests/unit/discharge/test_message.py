from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.discharge.domain.message import (
    ACCEPTED,
    Answer,
    Incoming,
    Known,
    Sender,
    clashes,
    earlier,
)
from services.discharge.inbound.contacts import contact_point

AT = datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
REFUSED = Answer("AE", 101, "MSH-10", "MSH-10 is required")


def incoming(digest=b"one", control_id="M1001"):
    return Incoming(
        message_id=UUID(int=1),
        received_at=AT,
        sender=Sender("hl7v2", "ZTA", "PAS", control_id),
        arrived_by="mllp",
        handed_in_by="",
        event="A03",
        body=digest,
        digest=digest,
        answer=ACCEPTED,
        statement=None,
        flags=(),
        read_seconds=0.0,
    )


def known(digest=b"one", answer=ACCEPTED):
    return Known(UUID(int=2), AT, digest, answer)


def test_the_same_message_is_recognised():
    assert earlier(incoming(), [known(b"two"), known()]) == known()
    assert earlier(incoming(), [known(b"two")]) is None


def test_another_message_with_a_taken_control_id_clashes():
    assert clashes(incoming(b"two"), [known()])


def test_a_message_that_was_sent_back_may_be_mended_and_sent_again():
    assert not clashes(incoming(b"two"), [known(answer=REFUSED)])


def test_messages_without_a_control_id_never_clash():
    assert not clashes(incoming(b"two", control_id=""), [known()])


@pytest.mark.parametrize(
    ("sent", "point"),
    [
        ("01632 960277", {"kind": "phone", "value": "01632 960277"}),
        ("(01632) 960-277", {"kind": "phone", "value": "(01632) 960-277"}),
        ("+44 7700 900123", {"kind": "mobile", "value": "+44 7700 900123"}),
        ("peter@example.net", {"kind": "email", "value": "peter@example.net"}),
        ("Not Recorded", None),
        ("", None),
        ("000", None),
        ("peter@example.net\nBcc: all@example.net", None),
        ("peter@", None),
        ("a@b@example.net", None),
        ("<peter@example.net>", None),
        ("07700 900123 (ask for Ann)", None),
    ],
)
def test_only_what_can_be_dialled_or_written_to_is_a_contact(sent, point):
    assert contact_point(sent) == point


def test_a_sender_may_say_that_a_number_is_a_mobile():
    assert contact_point("01632 960277", mobile=True)["kind"] == "mobile"
