"""Bytes of a message into text: what MSH-18 declares, else UTF-8, else what UK systems mostly mean (C4)."""

from types import MappingProxyType

_CODECS = MappingProxyType(
    {
        "ASCII": "ascii",
        "8859/1": "iso8859-1",
        "8859/15": "iso8859-15",
        "UNICODE UTF-8": "utf-8",
        "UTF-8": "utf-8",
        "UTF8": "utf-8",
    }
)


def decode(body: bytes, declared: str) -> tuple[str, str, tuple[str, ...]]:
    """Returns the text, the codec that read it, and flags. Never fails."""
    codec = _CODECS.get(declared.strip().upper())
    if codec:
        try:
            return body.decode(codec), codec, ()
        except UnicodeDecodeError:
            text, guessed = _guess(body)
            return text, guessed, ("charset-wrong:MSH-18",)
    text, guessed = _guess(body)
    flags = ("unknown-code:MSH-18",) if declared.strip() else ()
    return text, guessed, flags if guessed == "utf-8" else (*flags, "charset-assumed:MSH-18")


def _guess(body: bytes) -> tuple[str, str]:
    for codec in ("utf-8", "cp1252"):
        try:
            return body.decode(codec), codec
        except UnicodeDecodeError:
            continue
    return body.decode("iso8859-1"), "iso8859-1"
