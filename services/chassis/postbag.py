"""Letters handed over in memory right after their commit, published only while each stream's order is certain."""

from collections import OrderedDict
from collections.abc import Iterable

from services.chassis.outbox import Letter

_REMEMBERED_STREAMS = 50_000


class Postbag:
    """Which letters may go now, and which must be read back from the outbox first.

    A letter follows its elder: it goes when it is the first of its stream or the one after the last that this
    process published. Anything else waits for the outbox, which knows the order of all writers.
    """

    def __init__(self) -> None:
        self._last: OrderedDict[str, int] = OrderedDict()
        self._letters: list[Letter] = []
        self.must_read_back = True
        """True at the start and whenever an elder is missing here."""

    def put(self, letters: Iterable[Letter]) -> None:
        """Hand over letters whose transaction has committed."""
        self._letters.extend(letters)

    def forget(self) -> None:
        """Drop everything; the outbox still has it."""
        self._letters.clear()
        self._last.clear()
        self.must_read_back = True

    @property
    def empty(self) -> bool:
        """Whether nothing waits here."""
        return not self._letters

    def take(self, limit: int) -> list[Letter]:
        """The letters that may go now, in order."""
        taken, self._letters = self._letters[:limit], self._letters[limit:]
        return [letter for letter in taken if self._may_go(letter)]

    def admit(self, letters: Iterable[Letter]) -> list[Letter]:
        """Letters read back from the outbox: they come in order, so each may go."""
        admitted = []
        for letter in letters:
            envelope = letter.envelope
            if envelope.sequence > self._last.get(envelope.stream, 0):
                self._remember(envelope.stream, envelope.sequence)
            admitted.append(letter)
        return admitted

    def _may_go(self, letter: Letter) -> bool:
        stream, sequence = letter.envelope.stream, letter.envelope.sequence
        last = self._last.get(stream, 0)
        if sequence <= last:
            return False
        if sequence != last + 1:
            self.must_read_back = True
            return False
        self._remember(stream, sequence)
        return True

    def _remember(self, stream: str, sequence: int) -> None:
        self._last[stream] = sequence
        self._last.move_to_end(stream)
        if len(self._last) > _REMEMBERED_STREAMS:
            self._last.popitem(last=False)
