from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from services.chassis.outbox import Letter
from services.chassis.postbag import Postbag
from tests.unit.schemas.test_envelope import AN_ENVELOPE


def a_letter(stream: str, sequence: int) -> Letter:
    return Letter(replace(AN_ENVELOPE, stream=stream, sequence=sequence), "care.spells.v1", b"{}")


def told(letters: list[Letter]) -> list[tuple[str, int]]:
    return [(letter.envelope.stream, letter.envelope.sequence) for letter in letters]


def test_a_letter_goes_at_once_after_its_elder() -> None:
    bag = Postbag()
    bag.must_read_back = False

    bag.put([a_letter("a", 1), a_letter("b", 1), a_letter("a", 2)])

    assert told(bag.take(10)) == [("a", 1), ("b", 1), ("a", 2)]
    assert not bag.must_read_back


def test_a_letter_whose_elder_is_elsewhere_waits_for_the_outbox() -> None:
    bag = Postbag()
    bag.must_read_back = False

    bag.put([a_letter("a", 2)])

    assert told(bag.take(10)) == []
    assert bag.must_read_back


def test_a_letter_that_was_read_back_is_not_sent_again() -> None:
    bag = Postbag()
    bag.put([a_letter("a", 1), a_letter("a", 2)])

    bag.admit([a_letter("a", 1), a_letter("a", 2)])

    assert told(bag.take(10)) == []


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_whatever_order_the_commits_are_told_in_each_stream_leaves_in_order(
    streams: list[str], chance
) -> None:
    letters, count = [], dict.fromkeys("ab", 0)
    for stream in streams:
        count[stream] += 1
        letters.append(a_letter(stream, count[stream]))
    written = list(letters)
    chance.shuffle(letters)
    bag, sent, published = Postbag(), [], set()
    bag.must_read_back = False

    for letter in letters:
        bag.put([letter])
        sent += told(bag.take(5))
        published = set(sent)
    if bag.must_read_back:
        sent += told(bag.admit([x for x in written if told([x])[0] not in published]))

    for stream in "ab":
        assert [n for s, n in sent if s == stream] == list(range(1, count[stream] + 1))
