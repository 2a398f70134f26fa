import pytest

from services.notify.domain.alert import Channel, State
from services.notify.domain.plan import Standing
from services.notify.domain.taking_back import after_taking_back, why_take_back
from tests.unit.notify.builders import a_person

OPEN, COMPLETED, WITHDRAWN = Standing.OPEN, Standing.COMPLETED, Standing.WITHDRAWN
MAIL, LETTER = Channel.EMAIL, Channel.LETTER


@pytest.mark.parametrize(
    ("person", "standing", "channel", "reason"),
    [
        ({}, OPEN, LETTER, None),
        ({}, COMPLETED, LETTER, None),
        ({}, WITHDRAWN, LETTER, "handover-withdrawn"),
        ({}, WITHDRAWN, MAIL, "handover-withdrawn"),
        ({"deceased": True}, OPEN, LETTER, "deceased"),
        ({"deceased": True}, WITHDRAWN, LETTER, "deceased"),
        ({"deceased": True}, COMPLETED, LETTER, None),
        ({"deceased": True}, OPEN, MAIL, None),
        ({"deceased": True}, WITHDRAWN, MAIL, None),
        ({"restricted": True}, OPEN, LETTER, "restricted"),
        ({"restricted": True}, OPEN, MAIL, None),
        ({"restricted": True}, COMPLETED, LETTER, None),
        ({"restricted": True}, WITHDRAWN, MAIL, "handover-withdrawn"),
    ],
)
def test_a_message_that_has_left_is_taken_back_when_it_does_harm(person, standing, channel, reason):
    assert why_take_back(a_person(**person), standing, channel) == reason


def test_what_went_to_somebody_who_is_not_known_any_more_is_judged_by_the_handover():
    assert why_take_back(None, WITHDRAWN, MAIL) == "handover-withdrawn"
    assert why_take_back(None, OPEN, LETTER) is None


def test_whoever_should_have_been_told_otherwise_becomes_a_persons_task_and_others_do_not():
    assert after_taking_back("restricted") == (State.WITHHELD, True)
    assert after_taking_back("deceased") == (State.REVOKED, False)
    assert after_taking_back("handover-withdrawn") == (State.REVOKED, False)
