import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.discharge.inbound.hl7.framing import Cut, Frame, MllpFramer, Overflow, frame

LIMIT = 60

bodies = st.binary(max_size=LIMIT).map(
    lambda body: body.replace(b"\x0b", b".").replace(b"\x1c", b".")
)
noise = st.binary(max_size=20).map(lambda body: body.replace(b"\x0b", b"."))
anything = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.sampled_from(
            [b"\x0b", b"\x1c", b"\r", b"\x1c\r", b"\x0bMSH", b"\x0bMSH|^~\\&|", b"x" * 70]
        ),
    ),
    max_size=20,
).map(b"".join)


def feed(data, cuts):
    framer = MllpFramer(LIMIT)
    found = []
    start = 0
    for cut in sorted({min(cut, len(data)) for cut in cuts} | {len(data)}):
        found += framer.feed(data[start:cut])
        start = cut
    return found, framer.in_frame


@given(anything, st.lists(st.integers(0, 900), max_size=30))
def test_however_the_bytes_are_cut_the_same_comes_out(data, cuts):
    assert feed(data, cuts) == feed(data, []) == feed(data, range(len(data)))


@given(st.lists(st.tuples(noise, bodies, st.booleans()), max_size=6))
def test_every_message_comes_out_whole_and_in_order_whatever_lies_between(parts):
    stream = b"".join(
        between + b"\x0b" + body + (b"\x1c\r" if with_return else b"\x1c")
        for between, body, with_return in parts
    )

    found, in_frame = feed(stream, [])

    assert found == [Frame(body) for _, body, _ in parts]
    assert not in_frame


def test_two_messages_in_one_chunk_are_two_messages():
    assert MllpFramer().feed(frame(b"one") + frame(b"two")) == [Frame(b"one"), Frame(b"two")]


def test_an_oversized_message_is_told_once_and_the_next_one_is_read():
    framer = MllpFramer(LIMIT)

    found = framer.feed(b"\x0bMSH|" + b"x" * 500)
    found += framer.feed(b"y" * 5000)
    assert framer.in_frame
    found += framer.feed(b"\x1c\r" + frame(b"next"))

    assert [type(each) for each in found] == [Overflow, Frame]
    assert found[0].head.startswith(b"MSH|xxx")
    assert found[1] == Frame(b"next")


@pytest.mark.parametrize("size", [LIMIT - 1, LIMIT])
def test_a_message_of_exactly_the_limit_goes_through(size):
    assert MllpFramer(LIMIT).feed(frame(b"x" * size)) == [Frame(b"x" * size)]


def test_a_message_that_broke_off_does_not_swallow_the_next_one():
    found = MllpFramer().feed(b"\x0bMSH|^~\\&|half" + frame(b"MSH|^~\\&|whole"))

    assert found == [Cut(), Frame(b"MSH|^~\\&|whole")]


def test_a_vertical_tab_inside_a_text_does_not_end_a_message():
    body = b"MSH|^~\\&|\rNTE|1||first line\x0bsecond line"

    assert MllpFramer().feed(frame(body)) == [Frame(body)]
