"""Telephone numbers and e-mail addresses out of what people typed (C2)."""

import re

_PHONE = re.compile(r"\+?[\d ()./-]{7,25}\Z", re.ASCII)
_MAIL = re.compile(
    r"[^\s@<>\"'(),:;\\\[\]]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,180})\.[A-Za-z]{2,24}\Z"
)
_UK_MOBILE = ("07", "+447", "00447", "+44(0)7")


def contact_point(text: str, *, mobile: bool = False) -> dict[str, str] | None:
    """One way to reach a person; None for what is neither, for example "Not Recorded"."""
    text = text.strip()
    if "@" in text:
        return {"kind": "email", "value": text} if _MAIL.match(text) else None
    if not _PHONE.match(text) or sum(each.isdigit() for each in text) < 7:
        return None
    close = text.replace(" ", "")
    known_mobile = close.startswith(_UK_MOBILE)
    return {"kind": "mobile" if mobile or known_mobile else "phone", "value": text}
