"""Messages out of files as integration engineers have them: one or many, framed or not."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

_FRAME = re.compile(rb"[\x0b\x1c]")
_BEGINS = re.compile(rb"(?:\A|(?<=[\r\n]))[ \t]*(?=MSH[^A-Za-z0-9\r\n])")
_HEAD = 256


def messages_in(paths: Sequence[Path]) -> Iterator[tuple[Path, int, bytes]]:
    """File, number within it from 1, and message, in order. A file that is named is read whatever it holds."""
    for path in paths:
        files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        for file in files:
            if path.is_dir() and not _holds_messages(file):
                continue
            for number, message in enumerate(split(file.read_bytes()), 1):
                yield file, number, message


def skipped_in(paths: Sequence[Path]) -> list[Path]:
    """Files of the folders that hold no HL7 v2."""
    found = (one for path in paths if path.is_dir() for one in sorted(path.rglob("*")))
    return [one for one in found if one.is_file() and not _holds_messages(one)]


def split(content: bytes) -> list[bytes]:
    """Each message of a file, which begins where a line begins with MSH."""
    plain = _FRAME.sub(b"\r", content).strip()
    begins = [found.end() for found in _BEGINS.finditer(plain)]
    if not begins:
        return [plain]
    return [plain[a:b].strip() for a, b in zip(begins, [*begins[1:], len(plain)], strict=True)]


def _holds_messages(file: Path) -> bool:
    with file.open("rb") as opened:
        return bool(_BEGINS.search(_FRAME.sub(b"\r", opened.read(_HEAD))))
