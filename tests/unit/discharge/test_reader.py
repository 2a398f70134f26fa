import string
import time
from contextlib import suppress

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discharge.inbound.hl7.reader import Unreadable, read_message
from tests.support.hospital import an_adt

plain = st.text(
    alphabet=string.ascii_letters + string.digits + " .'-ëŁ", min_size=1, max_size=12
).map(str.strip)
component = st.one_of(st.just(""), plain)
repetition = st.lists(component, min_size=1, max_size=5).map("^".join)
field = st.lists(repetition, min_size=1, max_size=3).map("~".join)
segment = st.tuples(
    st.sampled_from(["PID", "PV1", "PD1", "EVN", "ZPI", "DG1", "OBX"]),
    st.lists(field, min_size=1, max_size=8),
).map(lambda parts: "|".join([parts[0], *parts[1]]))
messages = st.lists(segment, max_size=8)


def read(*segments, head="MSH|^~\\&|PAS|ZTA"):
    return read_message("\r".join([head, *segments]).encode())


@given(messages)
def test_own_reader_and_the_common_library_read_the_same_fields(segments):
    text = "\r".join(["MSH|^~\\&|PAS|ZTA|||20260908112040||ADT^A03|M1|P|2.4", *segments]) + "\r"

    ours, oracle = read_message(text.encode()), hl7.parse(text)

    assert [segment[0] for segment in ours.segments] == [str(each[0]) for each in oracle]
    for mine, theirs in zip(ours.segments, oracle, strict=True):
        for number in range(1, len(theirs)):
            assert mine[number] == str(theirs[number])
            if mine[0] == "MSH" and number < 3:
                continue
            repetitions = [each for each in mine[number].split("~") if each]
            assert ours.repetitions(mine, number) == [each.split("^") for each in repetitions]
            for place in range(1, 6):
                try:
                    expected = theirs.extract_field(field_num=number, component_num=place)
                except (LookupError, IndexError):
                    expected = ""
                assert ours.value(mine, number, place) == str(expected or "").strip()


@given(st.binary(max_size=300))
def test_whatever_the_bytes_reading_ends_in_a_message_or_in_a_reason(body):
    for data in (body, b"MSH" + body, b"MSH|^~\\&|" + body):
        with suppress(Unreadable):
            assert read_message(data).segments[0][0] == "MSH"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_segments_may_end_as_the_sender_likes(end):
    message = read_message(end.join(["MSH|^~\\&|PAS", "PID|1", "PV1|1"]).encode())

    assert [segment[0] for segment in message.segments] == ["MSH", "PID", "PV1"]


def test_separators_are_those_that_the_message_names():
    message = read_message(b"MSH$:?!*$PAS$ZTA\rPID$1$$A:B?C:D!F!$x!S!y")
    pid = message.first("PID")

    assert message.repetitions(pid, 3) == [["A", "B"], ["C", "D!F!"]]
    assert message.component(["C", "D!F!"], 2) == "D$"
    assert message.value(pid, 4) == "x:y"


def test_a_short_list_of_separators_is_filled_up_with_the_usual_ones():
    message = read_message(b"MSH|^~|PAS\rPID|1||A^B")

    assert message.separators == tuple("|^~\\&")


@pytest.mark.parametrize(
    "head", [b"MSH", b"MSHA^~\\&A", b"MSH||PAS", b"MSH|^^\\&|PAS", b"MSH|^~\\|PAS|&", b"MSH|\r"]
)
def test_separators_that_make_no_sense_are_refused_at_once(head):
    try:
        separators = read_message(head).separators
    except Unreadable:
        return
    assert len(set(separators)) == 5


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (r"O\T\Neill", "O&Neill"),
        (r"A\S\B\F\C\R\D\E\E", "A^B|C~D\\E"),
        (r"line one\.br\line two", "line one\nline two"),
        (r"\H\bold\N\ again", "bold again"),
        (r"\X5A6F65CC88\ ", "Zoe\u0308"),
        (r"\XZZ\ and \Q9\ stay", r"\XZZ\ and \Q9\ stay"),
        ("one \\ alone", "one \\ alone"),
        (r"\X00\\X0D\end", "end"),
        ("left\u202eright", "leftright"),
    ],
)
def test_escapes_are_undone_after_splitting_and_unknown_ones_are_kept(sent, meant):
    message = read(f"PID|1||||{sent}")

    assert message.value(message.first("PID"), 5) == meant.strip()


@pytest.mark.parametrize(
    ("charset", "coding", "flags"),
    [
        ("UNICODE UTF-8", "utf-8", ()),
        ("8859/1", "iso8859-1", ()),
        ("8859/15", "iso8859-15", ()),
        ("", "utf-8", ()),
        ("", "cp1252", ("charset-assumed:MSH-18",)),
        ("ASCII", "utf-8", ("charset-wrong:MSH-18",)),
        ("UNICODE UTF-8", "cp1252", ("charset-wrong:MSH-18",)),
        ("ISO IR87", "utf-8", ("unknown-code:MSH-18",)),
    ],
)
def test_names_survive_every_character_set_in_use(charset, coding, flags):
    message = read_message(an_adt(name="O'NEILL^ZOË", charset=charset, coding=coding))

    assert message.value(message.first("PID"), 5, 1) == "O'NEILL"
    assert message.value(message.first("PID"), 5, 2) == "ZOË"
    assert message.flags == flags


def test_a_name_from_the_far_side_of_the_alphabet_survives():
    message = read_message(an_adt(name="WIŚNIEWSKI^ŁUKASZ", charset=""))

    assert message.value(message.first("PID"), 5, 2) == "ŁUKASZ"


def test_bytes_that_no_character_set_knows_are_read_all_the_same():
    message = read_message(b"MSH|^~\\&|PAS\rPID|1||||\x81\x8d\xff")

    assert message.value(message.first("PID"), 5) == "ÿ"


def test_a_byte_order_mark_before_the_message_does_no_harm():
    assert read_message(b"\xef\xbb\xbf" + an_adt()).first("PID")


@pytest.mark.parametrize(
    "bomb",
    [
        "PID|1||" + "^" * 20_000,
        "PID|1||" + "&" * 20_000,
        "PID|1||" + "~" * 20_000,
        "PID" + "|" * 200_000,
        "\r".join(["NTE|1"] * 10_000),
        "PID|1||" + "\\T\\" * 20_000,
    ],
    ids=["components", "subcomponents", "repetitions", "fields", "segments", "escapes"],
)
def test_a_bomb_is_refused_before_it_costs_anything(bomb):
    started = time.thread_time()

    with pytest.raises(Unreadable) as refusal:
        read(bomb)

    assert refusal.value.error == 104
    assert time.thread_time() - started < 0.05
