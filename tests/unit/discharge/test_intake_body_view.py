"""What engineers see of a body, and what becomes of it when they mend it."""

from uuid import UUID

import pytest

from services.discharge.domain.errors import NotMendable
from services.discharge.domain.message import Answer, Incoming, Known, Sender, clashes, earlier
from services.discharge.inbound.body_view import body_view, differences, read_segments
from services.discharge.inbound.mending import LONGEST_TEXT, Mended, as_bytes, as_text
from tests.support.hospital import a_notification, an_adt, as_json

ID, OTHER = UUID(int=1), UUID(int=2)


def fields(body: bytes) -> dict[str, str]:
    return {row.place: row.value for each in read_segments(body) for row in each.fields}


def test_each_field_that_holds_something_is_named():
    segments = {segment.code: segment for segment in read_segments(an_adt("A03", "ZUK|1|X"))}

    name = next(row for row in segments["PID"].fields if row.place == "PID-5")
    assert (name.name, name.value) == ("Name", "SHAW^PETER^^^MR^^L")
    assert segments["PV1"].name == "Visit"
    assert segments["ZUK"].name == "The hospital’s own segment"
    assert "PID-4" not in fields(an_adt())


def test_escapes_are_undone():
    assert fields(an_adt(name="O\\T\\BRIEN^X"))["PID-5"] == "O&BRIEN^X"


@pytest.mark.parametrize("body", [b"", b"Dear colleague", b"MSH", b"\x00\xff", b"MSH|" * 90_000])
def test_what_cannot_be_read_is_shown_as_text(body: bytes):
    view = body_view("hl7v2", body)

    assert view.segments == () or view.text
    assert len(view.text) <= LONGEST_TEXT


def test_a_bundle_is_laid_out():
    assert '\n  "resourceType": "Bundle"' in body_view("fhir", as_json(a_notification())).text
    assert body_view("fhir", b"{broken").text == "{broken"


def test_what_is_too_long_is_cut_and_says_so():
    view = body_view("fhir", b"x" * (LONGEST_TEXT + 1))

    assert view.cut
    assert len(view.text) == LONGEST_TEXT


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_message_survives_its_way_through_a_form(ends: str):
    body = an_adt("A03", "NTE|1||ÄÖ")
    text, codec = as_text("hl7v2", body)

    assert as_bytes(Mended(ID, "hl7v2", text.replace("\n", ends), codec)) == body


@pytest.mark.parametrize("charset", ["8859/1", "UNICODE UTF-8"])
def test_the_character_set_survives_as_well(charset: str):
    coding = "iso8859-1" if charset == "8859/1" else "utf-8"
    body = an_adt(charset=charset, coding=coding, name="ZOË^X")

    assert as_bytes(Mended(ID, "hl7v2", *as_text("hl7v2", body))) == body


def test_a_character_that_cannot_be_written_is_refused_without_being_repeated():
    with pytest.raises(NotMendable) as refused:
        as_bytes(Mended(ID, "hl7v2", "MSH|Łucja", "iso8859-1"))

    assert "ucja" not in refused.value.sentence


def test_two_messages_are_compared_field_by_field():
    rows = differences(an_adt("A03"), an_adt("A13", left=""))

    differing = {row["place"] for row in rows if row["differs"]}
    assert {"MSH-9", "EVN-1", "PV1-45"} <= differing
    assert "PID-5" not in differing


def test_the_second_segment_of_a_name_is_compared_with_the_second():
    one = an_adt("A03", "NK1|1|ONE", "NK1|2|TWO")
    other = an_adt("A03", "NK1|1|ONE", "NK1|2|THREE")

    assert [row["place"] for row in differences(one, other) if row["differs"]] == ["NK1-2 (2)"]


def known(message_id: UUID, digest: bytes, code: str) -> Known:
    return Known(message_id, None, digest, Answer(code))  # type: ignore[arg-type]


def incoming(resubmits: UUID | None = None, control_id: str = "M1") -> Incoming:
    sender = Sender("hl7v2", "ZTA", "PAS", control_id)
    return Incoming(
        OTHER,
        None,
        sender,
        "http",
        "",
        "A03",
        b"",
        b"d",
        Answer("AA"),
        None,
        (),
        0.0,
        resubmits,  # type: ignore[arg-type]
    )


def test_what_a_person_takes_in_again_is_no_clash_and_no_resend():
    partner, itself = known(OTHER, b"x", "AA"), known(ID, b"d", "AE")

    assert clashes(incoming(), [partner])
    assert not clashes(incoming(resubmits=ID), [partner])
    assert earlier(incoming(), [itself]) is itself
    assert earlier(incoming(resubmits=ID), [itself]) is None


def test_a_resend_of_what_was_taken_in_after_all_is_accepted():
    refused, accepted = known(ID, b"d", "AE"), known(OTHER, b"d", "AA")

    assert earlier(incoming(), [refused, accepted]) is accepted
    assert earlier(incoming(resubmits=ID), [refused, accepted]) is accepted
