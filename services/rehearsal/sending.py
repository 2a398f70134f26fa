"""A message that a story sends: a file beside it, or its text written out in it."""

import re
from pathlib import Path

from services.rehearsal.errors import StoryError
from services.rehearsal.story import Step

_LONGEST_NAME = 200


def message_of(step: Step, folder: Path) -> bytes:
    """The bytes as they are sent; lines of HL7 v2 end as HL7 wants them. Raises `StoryError`."""
    text = step.send or ""
    if not _is_a_name(text):
        return _as_sent(text)
    try:
        return _as_sent((folder / text).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise StoryError(f"there is no readable message {text!r} beside the story") from None


def label_of(step: Step) -> str:
    """What the timeline calls it: nothing of what it says."""
    text = step.send or ""
    if _is_a_name(text):
        return Path(text).name
    found = re.search(r"^MSH(?:\|[^|\r\n]*){7}\|([A-Z0-9^]{3,15})\|", text.strip())
    return f"A message {found[1]}" if found else "A message"


def _is_a_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and "\n" not in text.strip() and "|" not in text


def _as_sent(text: str) -> bytes:
    if text.lstrip().startswith("MSH|"):
        return "\r".join([*text.strip().splitlines(), ""]).encode()
    return text.encode()
