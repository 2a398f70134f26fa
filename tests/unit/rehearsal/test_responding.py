"""A practice's answer in a story is one that the product reads as any other."""

from datetime import UTC, datetime

import pytest

from services.discharge.domain.reply import Reply
from services.discharge.inbound.arrival import Arrival
from services.discharge.inbound.itk3.message import read_itk3
from services.rehearsal.errors import StoryError
from services.rehearsal.responding import Sent, response_to

AT = datetime(2026, 9, 8, 14, 5, tzinfo=UTC)
SENT = Sent("7d0f3a11-2b64-4c2f-8f0e-1f5a6b7c8d01", "ZTA")


def read_back(code: int) -> Reply:
    body = response_to(SENT, code, "Z90001", AT)
    _, reading = read_itk3(body, Arrival(AT, "http"))
    assert reading.fault is None
    assert reading.reply is not None
    return reading.reply


@pytest.mark.parametrize("code", [20013, 20009, 30001, 30002, 30003, 30004])
def test_it_says_which_message_it_answers_with_what_code_and_who_answers(code: int) -> None:
    assert read_back(code) == Reply(SENT.message, str(code), "Z90001", AT)


def test_a_code_that_nobody_knows_is_a_fault_of_the_story() -> None:
    with pytest.raises(StoryError, match="no response code"):
        response_to(SENT, 30009, "Z90001", AT)
