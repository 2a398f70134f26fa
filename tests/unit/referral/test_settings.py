"""What referral lets itself be told."""

import pytest

from services.chassis.settings import SettingsError
from services.referral.config import ReferralSettings

GIVEN = {
    "database_url": "postgresql:///nowhere",
    "kafka_bootstrap": "localhost:1",
    "kafka_security": "SSL",
    "http_port": 8002,
    "site_secret": "a site secret that is long enough to be live",
    "session_secret": "a session secret that is long enough to be live",
}


def test_a_demonstration_may_bring_deadlines_nearer():
    settings = ReferralSettings(environment="demo", demo_deadline_divisor=1440, **GIVEN)

    assert settings.demo_deadline_divisor == 1440


def test_a_live_service_keeps_its_deadlines():
    assert ReferralSettings(environment="live", **GIVEN).demo_deadline_divisor == 1
    with pytest.raises(SettingsError, match="BATON_DEMO_DEADLINE_DIVISOR"):
        ReferralSettings(environment="live", demo_deadline_divisor=2, **GIVEN)


@pytest.mark.parametrize("divisor", [0, -1, 1.5])
def test_a_divisor_is_a_whole_number_from_one(divisor):
    with pytest.raises(SettingsError):
        ReferralSettings(environment="demo", demo_deadline_divisor=divisor, **GIVEN)
