from datetime import timedelta

from services.notify.domain.attempt import GiveUp, Refused, Taken, TryAgain, TryLater, follow
from tests.unit.notify.builders import NOW, a_site

POLICY = a_site().policy


def test_a_message_that_was_taken_is_sent():
    assert follow(Taken(), 1, NOW, POLICY) == Taken()


def test_a_refusal_is_final_at_the_first_attempt():
    assert follow(Refused("refused-by-provider"), 1, NOW, POLICY) == GiveUp("refused-by-provider")


def test_trouble_is_tried_again_ever_more_slowly_and_then_handed_to_a_person():
    trouble = TryLater("mail-server-not-reachable")

    steps = [follow(trouble, attempt, NOW, POLICY) for attempt in range(1, 7)]

    assert steps == [
        *(
            TryAgain(NOW + timedelta(seconds=wait), "mail-server-not-reachable")
            for wait in (10, 60, 300, 900, 3600)
        ),
        GiveUp("mail-server-not-reachable"),
    ]
