"""What a practice's system sends back about a document: the ITK3 response with its code, as it would come in."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.ids import new_id
from services.discharge.domain.message import Answer, Outcome
from services.discharge.inbound.itk3 import codes, responses
from services.discharge.inbound.itk3.handling import Handling
from services.rehearsal.errors import StoryError

_OF_THE_PATIENT = range(30_000, 40_000)


@dataclass(frozen=True, slots=True)
class Sent:
    """A document that came in before, as far as an answer must name it."""

    message: str
    """The id that its sender gave the message."""
    sender: str
    """ODS code."""


def response_to(sent: Sent, code: int, by: str, at: datetime) -> bytes:
    """From the organisation with the ODS code `by`. Raises `StoryError` for a code that nobody knows."""
    if code not in codes.MEANINGS:
        raise StoryError(f"{code} is no response code of ITK3")
    handling = Handling(sent.message, sent.sender, by, "")
    business = code if code in _OF_THE_PATIENT else None
    wrong = code != codes.SUCCESS and business is None
    answer = Answer("AR", code) if wrong else Answer("AA")
    *_, (_, body) = responses.responses(handling, Outcome(new_id(), at, answer), business)
    return body


def meaning_of(code: int) -> str:
    """What it says, in the words of ITK3."""
    return f"{code} {codes.MEANINGS[code]}"
