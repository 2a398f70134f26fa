"""Order within a batch: what is said of one stay is taken one after the other."""

from collections.abc import Iterable, Sequence

from services.chassis.consumer import Received


def rounds(heard: Iterable[Received]) -> list[Sequence[Received]]:
    """Rounds that can each be handled kind by kind, because no stream is in one of them twice."""
    taken: dict[str, int] = {}
    together: list[list[Received]] = []
    for one in heard:
        turn = taken.get(one.envelope.stream, 0)
        taken[one.envelope.stream] = turn + 1
        if turn == len(together):
            together.append([])
        together[turn].append(one)
    return list(together)
