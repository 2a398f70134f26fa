from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.document import DocumentReceived, DocumentSection
from services.discharge.domain.message import Incoming
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.itk3.message import read_itk3
from services.discharge.inbound.itk3.xml import MOST_BYTES
from tests.support.documents import MESSAGE, PLAN, REFERENCE, SAMPLE, a_document, changed

ARRIVAL = Arrival(datetime(2026, 9, 8, 14, 5, tzinfo=UTC), "http", "fellside")


def read(body: bytes) -> Incoming:
    return read_itk3(body, ARRIVAL)[0]


def error(body: bytes) -> int:
    incoming = read(body)
    assert incoming.statement is None
    assert incoming.document is None
    assert incoming.answer.code != "AA"
    return incoming.answer.error


def sample(old: str = "", new: str = "") -> bytes:
    body = SAMPLE.read_bytes()
    return changed(body, old, new) if old else body


def test_a_summary_says_who_left_when_and_how() -> None:
    statement = read(sample()).statement

    assert statement is not None
    assert statement.happening == "discharged"
    assert statement.happened_at == datetime(2026, 9, 8, 10, 20, tzinfo=UTC)
    assert statement.person.nhs_number == "9995000105"
    assert statement.person.words["nhs_number_verification"] == "01"
    assert statement.person.words["practice"] == "Z90001"
    assert statement.stay is not None
    assert statement.stay.provider == "ZTA"
    assert statement.stay.visit_number == "SP-88013"
    assert (statement.stay.method, statement.stay.destination) == ("1", "19")
    assert statement.flags == ()


def test_a_summary_keeps_its_headings_and_counts_its_attachments() -> None:
    incoming = read(sample())
    document = incoming.document

    assert document is not None
    assert incoming.sender.control_id == MESSAGE
    assert document.reference == REFERENCE
    assert (document.sender, document.recipient, document.for_action) == ("ZTA", "Z90001", True)
    assert document.wants_answer
    by_code = {section.code: section for section in document.sections}
    assert by_code["887201000000105"].title == "Plan and requested actions"
    assert by_code["887201000000105"].text.startswith("GP to repeat U&E in 1 week.")
    assert [(each.media_type, each.size) for each in document.attachments] == [
        ("application/pdf", 38)
    ]


def test_a_table_reads_row_by_row_and_a_list_point_by_point() -> None:
    document = read(sample()).document

    assert document is not None
    text = {section.code: section.text for section in document.sections}
    assert (
        "Medicine | Dose | Change\nAmlodipine | 5 mg once a day | continued\n"
        in text["933361000000108"]
    )
    assert text["887161000000102"].startswith("- Fall with soft tissue injury")


def test_markup_scripts_and_control_characters_do_not_reach_the_reader() -> None:
    plan = "<b>Ring</b> <script>alert(1)</script>&lt;b&gt; \u202eeht\u202c patient"

    document = read(sample(PLAN, plan)).document

    assert document is not None
    text = next(s.text for s in document.sections if s.code == "887201000000105")
    assert text.startswith("Ring <b> eht patient")
    assert "alert" not in text


def test_a_copy_for_information_starts_nothing() -> None:
    incoming = read(a_document(recipient_type="FI"))

    assert incoming.statement is not None
    assert incoming.document is not None
    assert incoming.statement.happening == "updated"
    assert incoming.document.for_action is False


def test_without_the_number_of_the_spell_it_is_about_the_person_alone() -> None:
    incoming = read(sample('<value value="SP-88013"/>', ""))

    assert incoming.statement is not None
    assert incoming.statement.happening == "described"
    assert incoming.statement.stay is None
    assert "visit-number-missing:Encounter" in incoming.flags


def test_without_the_time_of_discharge_it_does_not_discharge() -> None:
    incoming = read(sample('<end value="2026-09-08T11:20:00+01:00"/>', ""))

    assert incoming.statement is not None
    assert incoming.statement.happening == "updated"
    assert "time-missing:Encounter.period.end" in incoming.flags


def test_an_unknown_practice_is_accepted_and_flagged() -> None:
    incoming = read(sample('value="Z90001"', 'value="V81999"'))

    assert incoming.answer.code == "AA"
    assert "practice-missing:Patient.generalPractitioner" in incoming.flags
    assert "recipient-missing:MessageHeader.receiver" in incoming.flags


@pytest.mark.parametrize(("status", "kept"), [("08", "08"), ("01", None)])
def test_a_newborn_without_a_number_yet_says_why_and_nobody_verifies_a_number_that_is_missing(
    status: str, kept: str | None
) -> None:
    nameless = changed(sample(), '<value value="9995000105"/>', "")

    statement = read(changed(nameless, '<code value="01"/>', f'<code value="{status}"/>')).statement

    assert statement is not None
    assert statement.person.nhs_number is None
    assert statement.person.words.get("nhs_number_verification") == kept


def test_two_nhs_numbers_are_one_too_many() -> None:
    number = '<value value="9995000105"/>'
    another = '<system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="9995000245"/>'

    incoming = read(sample(number, f"{number}</identifier><identifier>{another}"))

    assert incoming.statement is not None
    assert incoming.statement.person.nhs_number == "9995000105"
    assert "conflict:Patient.identifier" in incoming.flags


def test_a_heading_that_nobody_knows_is_kept_and_flagged() -> None:
    incoming = read(sample("887161000000102", "123456789"))

    assert incoming.document is not None
    assert "123456789" in {section.code for section in incoming.document.sections}
    assert "unknown-code:Composition.section" in incoming.flags
    assert "heading-missing:Composition.section" in incoming.flags


def test_a_death_in_hospital_is_read_as_a_death() -> None:
    incoming = read(sample('<code value="19"/>', '<code value="79"/>'))

    assert incoming.statement is not None
    assert incoming.statement.deceased
    assert incoming.statement.person.words["deceased"] is True


def test_a_text_too_long_for_an_event_is_cut_and_says_so() -> None:
    incoming = read(sample(PLAN, "word " * 10_000))

    assert incoming.document is not None
    assert sum(len(section.text) for section in incoming.document.sections) < 200_000
    assert "text-cut:Composition.section" in incoming.flags
    text = next(s.text for s in incoming.document.sections if s.code == "887201000000105")
    assert text.endswith("[The rest of this text is in the original document.]")


@pytest.mark.parametrize("letter", ["\U0001f600", "\\", "\n", "ł"])
def test_the_longest_document_fits_into_an_event(letter: str) -> None:
    sections = "".join(
        f'<section><title value="{number}"/><text><div xmlns="http://www.w3.org/1999/xhtml">'
        f"<p>{(letter + 'a') * 12_000}</p></div></text></section>"
        for number in range(60)
    )
    title = '<title value="Discharge summary"/>'

    document = read(sample(title, title + sections)).document

    assert document is not None
    said = DocumentReceived(
        patient_key="0" * 32,
        document_id=uuid4(),
        sender="ZTA",
        for_action=True,
        code=document.code,
        authored_at=document.authored_at,
        received_at=document.authored_at,
        sections=tuple(
            DocumentSection(code=each.code, title=each.title, text=each.text)
            for each in document.sections
        ),
    )
    assert len(said.to_bytes()) < 900_000


BOMBS = {
    "a doctype": b'<!DOCTYPE a SYSTEM "http://x/y.dtd"><Bundle xmlns="http://hl7.org/fhir"/>',
    "billion laughs": (
        b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
        b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><l>&c;</l>'
    ),
    "an outside entity": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Bundle>&x;</Bundle>'
    ),
    "an entity nobody declared": b'<Bundle xmlns="http://hl7.org/fhir">&x;</Bundle>',
    "half a message": SAMPLE.read_bytes()[:9000],
    "nothing": b"",
    "no XML": b"MSH|^~\\&|",
    "JSON": b'{"resourceType":"Bundle"}',
    "no namespace": SAMPLE.read_bytes().replace(b' xmlns="http://hl7.org/fhir"', b""),
    "another namespace": SAMPLE.read_bytes().replace(b"hl7.org/fhir", b"hl7.org/other", 1),
    "an encoding nobody knows": b'<?xml version="1.0" encoding="klingon"?><Bundle/>',
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_what_is_no_message_is_unreadable(bomb: bytes) -> None:
    assert error(bomb) == 10009


GIANTS = {
    "six megabytes": b"<Bundle>" + b" " * 6_000_000 + b"</Bundle>",
    "a million elements": b"<Bundle>" + b"<a/>" * 1_000_000 + b"</Bundle>",
    "a deep well": b"<a>" * 500_000,
    "half a million attributes": (
        b"<Bundle " + b" ".join(b'a%d=""' % number for number in range(400_000)) + b"/>"
    ),
    "a few too many attributes": (
        b"<Bundle " + b" ".join(b'a%d=""' % number for number in range(60)) + b"/>"
    ),
}


@pytest.mark.parametrize("giant", GIANTS.values(), ids=GIANTS.keys())
def test_what_is_too_large_is_told_so(giant: bytes) -> None:
    assert error(giant) == 20015


def test_a_message_may_be_as_large_as_the_standard_says() -> None:
    body = SAMPLE.read_bytes()
    room = MOST_BYTES - len(body)
    full = body.replace(b'<content value="', b'<content value="' + b"A" * room)

    assert len(full) == MOST_BYTES
    assert read(full).answer.code == "AA"
    assert error(full + b" ") == 20015


HEADER_FAULTS = {
    "no handling": ("Extension-ITK-MessageHandling-2", "Extension-Other", 10001),
    "no infrastructure flag": ('url="InfAckRequested"', 'url="Other"', 10002),
    "no business flag": ('url="BusAckRequested"', 'url="Other"', 10003),
    "no definition": ('url="MessageDefinition"', 'url="Other"', 10004),
    "a long reference": ("FELLSIDE/2026/88013/1", "x" * 256, 10007),
    "another recipient type": ('<code value="FA"/>', '<code value="XX"/>', 10010),
    "no header": ("MessageHeader>", "Parameters>", 20006),
    "no message": ('<type value="message"/>', '<type value="batch"/>', 20006),
    "no document": ('<type value="document"/>', '<type value="collection"/>', 20009),
    "no composition": ("Composition>", "Basic>", 20009),
    "no patient": ("Patient>", "Person>", 20009),
    "replaces nothing": (
        '<title value="Discharge summary"/>',
        '<relatesTo><code value="replaces"/></relatesTo>',
        20014,
    ),
}


@pytest.mark.parametrize(("old", "new", "code"), HEADER_FAULTS.values(), ids=HEADER_FAULTS.keys())
def test_a_fault_has_the_code_of_its_place(old: str, new: str, code: int) -> None:
    assert error(sample(old, new)) == code


def test_a_sender_who_may_not_speak_is_told_so() -> None:
    incoming, _ = read_itk3(sample(), ARRIVAL, frozenset({"ZTB"}))

    assert incoming.answer.error == 20012


def test_a_document_that_replaces_itself_is_refused() -> None:
    assert error(a_document("D1", replaces="D1")) == 20014


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_trouble(body: bytes) -> None:
    incoming = read(body)
    assert incoming.answer.code != "AA"


@given(
    st.integers(0, len(SAMPLE.read_bytes()) - 1),
    st.integers(0, 400),
    st.binary(max_size=40),
)
def test_any_damage_is_read_without_trouble(at: int, gone: int, put: bytes) -> None:
    body = SAMPLE.read_bytes()
    incoming = read(body[:at] + put + body[at + gone :])
    assert (incoming.statement is None) == (incoming.answer.code != "AA")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_value_is_read_without_trouble(value: str) -> None:
    said = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    body = SAMPLE.read_bytes().decode()
    for old in ("1948-03-02", "9995000105", "SP-88013", "2026-09-08T11:20:00+01:00", "IMP", "ZTA"):
        read(body.replace(f'value="{old}"', f'value="{said}"').encode())


def test_the_same_bytes_are_the_same_message() -> None:
    one, other = read(sample()), read(sample())

    assert replace(one, message_id=other.message_id, read_seconds=0) == replace(
        other, read_seconds=0
    )
