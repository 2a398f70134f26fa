"""When a message to another system is tried again, which addresses it may go to, and how it is signed."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.referral.domain.webhook_errors import TargetRefused
from services.referral.domain.webhooks import GAPS, PATIENCE, is_public, judge
from services.referral.outbound.webhook_sender import signed
from services.referral.usecases.deliver_webhooks import body_of
from services.referral.usecases.subscribe import check_target
from services.referral.usecases.webhook_records import TOLD, Due, secret_of

NOW = datetime(2026, 12, 24, 12, tzinfo=UTC)
ID = UUID("0193c9a0-0000-7000-8000-000000000001")


@pytest.mark.parametrize("answer", ["200", "202", "204"])
def test_what_is_answered_well_is_delivered(answer: str) -> None:
    assert judge(answer, 1, None, NOW, 0.5).state == "delivered"


@pytest.mark.parametrize("answer", ["500", "404", "301", "timeout", "unreachable", "inside"])
def test_anything_else_is_tried_again_later_and_later(answer: str) -> None:
    gaps = [judge(answer, attempt, None, NOW, 0.5).next_in for attempt in range(1, 10)]

    assert gaps == [timedelta(seconds=gap) for gap in GAPS]
    assert judge(answer, 10, None, NOW, 0.5).state == "given-up"


def test_attempts_are_spread_so_that_a_receiver_that_comes_back_is_not_flooded() -> None:
    sooner, later = (judge("500", 3, None, NOW, chance).next_in for chance in (0.0, 1.0))

    assert (sooner, later) == (timedelta(seconds=1440), timedelta(seconds=2160))


def test_a_receiver_that_is_gone_or_fails_for_days_is_left_alone() -> None:
    assert judge("410", 1, None, NOW, 0).disable == "gone"
    assert judge("410", 1, None, NOW, 0).state == "given-up"
    assert judge("500", 9, NOW - PATIENCE, NOW, 0).disable == "failing"
    assert judge("500", 9, NOW - PATIENCE + timedelta(seconds=1), NOW, 0).disable == ""


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
    ],
)
def test_no_message_goes_inside(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "64:ff9b::5db8:d822"])
def test_messages_go_to_the_open_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "ftp://example.com",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://intranet/",
        "https://db.internal/",
        "https://example.com:99999/",
        "https://[broken/",
        "https://example.com/a b",
        "https://example.com/\0",
    ],
)
def test_a_live_site_refuses_targets_that_are_inside_or_open_to_listeners(url: str) -> None:
    with pytest.raises(TargetRefused):
        check_target(url, anywhere=False)


def test_a_demonstration_may_talk_to_itself() -> None:
    check_target("http://127.0.0.1:8000/hook", anywhere=True)
    check_target("https://hooks.example.com/baton?tenant=4", anywhere=False)
    with pytest.raises(TargetRefused):
        check_target("file:///etc/passwd", anywhere=True)


def test_the_signature_is_the_one_that_the_standard_publishes() -> None:
    # The example of the Standard Webhooks specification.
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        datetime.fromtimestamp(1614265330, UTC),
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert headers["webhook-timestamp"] == "1614265330"


def test_each_subscription_has_a_secret_of_its_own_that_is_made_again_from_the_sites() -> None:
    secret = secret_of(b"site", ID, b"salt")

    assert secret == secret_of(b"site", ID, b"salt")
    assert secret.startswith("whsec_")
    assert secret not in {
        secret_of(b"other site", ID, b"salt"),
        secret_of(b"site", ID, b"more"),
        secret_of(b"site", UUID(int=7), b"salt"),
    }


def test_after_a_change_of_secret_both_verify_and_no_other() -> None:
    new, old, foreign = (secret_of(b"site", ID, salt) for salt in (b"new", b"old", b"foreign"))
    headers = signed(str(ID), b"{}", [new, old], datetime.now(UTC))

    for secret in (new, old):
        assert Webhook(secret).verify(b"{}", headers) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook(foreign).verify(b"{}", headers)


def test_a_message_says_what_happened_to_what_only_where_asked_for() -> None:
    def due(payload: str, kind: str = "task.changed") -> Due:
        return Due(
            delivery_id=ID,
            subscription_id=ID,
            lease=ID,
            url="https://hooks.example.com",
            payload=payload,  # type: ignore[arg-type]
            type=kind,
            occurred_at=NOW,
            subject=ID,
            resource=f"/fhir/Task/{ID}",
            attempts=1,
            failing_since=None,
            salts=[b""],
            now=NOW,
        )

    start = b'{"type":"task.changed","timestamp":"2026-12-24T12:00:00+00:00","data":'
    assert body_of(due("ping")) == start + b"{}}"
    assert f'"resource":"/fhir/Task/{ID}"'.encode() in body_of(due("reference"))
    assert body_of(due("reference", "webhook.test")).endswith(b'"data":{}}')


def test_everything_that_happens_to_a_handover_can_be_told() -> None:
    assert {"handover.opened", "offer.accepted", "task.changed", "task.escalated"} <= set(TOLD)
    assert not {kind for kind in TOLD if kind.startswith(("patient.", "spell.", "alert."))}
