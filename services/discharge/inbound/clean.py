"""Text from outside, made fit to be stored and shown: no control characters, no endless lines."""

from services.discharge.inbound.limits import LONGEST_TEXT

# Control characters, and those that turn the direction of what follows them; a tab is a gap between words.
_CONTROL: dict[int, str | None] = {
    **dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)]),
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)]),
    9: " ",
}


def without_controls(text: str) -> str:
    """The text without control characters; line breaks stay."""
    return text if text.isprintable() else text.translate(_CONTROL)


def short(text: str) -> str:
    """The text, cut where nobody would write that much."""
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT]


def clean(text: str) -> str:
    """The text as it may be stored."""
    return short(without_controls(text).strip())
