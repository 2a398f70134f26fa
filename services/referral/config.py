"""Settings of referral."""

from pathlib import Path

from services.chassis.settings import ServiceSettings, demo_only


class ReferralSettings(ServiceSettings):
    """What referral needs to know beside what every service does."""

    demo_deadline_divisor: int = demo_only(1, ge=1, le=1_000_000)
    """Brings every deadline nearer to its anchor by this factor, so that a demonstration sees silence escalate."""

    pathways_folder: Path | None = None
    """A folder of the place whose rules add to those that come with Baton, replace them or switch them off."""
