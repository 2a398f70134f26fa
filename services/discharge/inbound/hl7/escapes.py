r"""Escape sequences of HL7 v2, undone after splitting and never before (C4)."""

import re
from functools import lru_cache

from services.discharge.inbound.clean import without_controls


class Escapes:
    """Undoes the escapes of messages with given separators and character set."""

    def __init__(self, separators: tuple[str, ...], codec: str) -> None:
        field, component, repetition, escape, subcomponent = separators
        self._escape = escape
        self._codec = codec
        self._means = {
            "F": field,
            "S": component,
            "T": subcomponent,
            "R": repetition,
            "E": escape,
            ".br": "\n",
            "H": "",
            "N": "",
        }
        mark = re.escape(escape)
        self._sequence = re.compile(f"{mark}([^{mark}]{{1,200}}){mark}", re.DOTALL)

    def undo(self, text: str) -> str:
        """The text as meant: unknown sequences stay as they are, control characters go, and space around it."""
        if self._escape in text:
            text = self._sequence.sub(self._one, text)
        return without_controls(text).strip()

    def _one(self, found: re.Match[str]) -> str:
        name = found[1]
        if name in self._means:
            return self._means[name]
        if name[0] == "X":
            try:
                return bytes.fromhex(name[1:]).decode(self._codec)
            except ValueError:
                return found[0]
        return found[0]


@lru_cache(maxsize=64)
def escapes(separators: tuple[str, ...], codec: str) -> Escapes:
    """The same object for the same separators: most messages have the usual ones."""
    return Escapes(separators, codec)
