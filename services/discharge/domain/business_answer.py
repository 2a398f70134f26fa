"""Whether the organisation that a document is for has the patient: the business acknowledgement (C7)."""

import re
from collections.abc import Mapping
from typing import Any

from services.discharge.domain.codes import UNPLACED_PRACTICES
from services.discharge.domain.document import Document
from services.discharge.domain.patient import AllSaid

KNOWN_HERE = 30001
NOT_KNOWN_HERE = 30002
NO_LONGER_HERE = 30003
KNOWN_DECEASED = 30004

_PRACTICE = re.compile(r"[A-Z][0-9]{5}\Z", re.ASCII)


def business_answer(document: Document, described: Mapping[str, Any], said: AllSaid) -> int | None:
    """The response code, out of where the patient is registered; None where that says nothing.

    Only a practice has registered patients: whether anybody else knows a patient is not for us to say.
    """
    recipient = document.recipient
    if not document.wants_answer or not _PRACTICE.match(recipient):
        return None
    practice = described.get("practice")
    if practice == recipient and practice not in UNPLACED_PRACTICES:
        return KNOWN_DECEASED if described.get("deceased") else KNOWN_HERE
    was_here = any(heard.get("practice", ("",))[0] == recipient for heard in said.values())
    return NO_LONGER_HERE if was_here and recipient not in UNPLACED_PRACTICES else NOT_KNOWN_HERE
