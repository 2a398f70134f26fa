"""Settings of the three services for a rehearsal: nothing listens, nothing is sent, everybody has a token."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr

from services.chassis.access import EVERY_TEAM, Role
from services.discharge.config import DischargeSettings
from services.notify.config import NotifySettings
from services.referral.config import ReferralSettings
from services.referral.domain.directory import Directory
from services.referral.outbound.demo_people_file import read_demo_people

SITE_SECRET = "site secret of a rehearsal"  # noqa: S105  (its patients are made up)
NOWHERE = "http://nowhere.invalid"


def token_of(who: str) -> str:
    """What somebody shows at a door."""
    return f"token of {who}"


def tokens(directory: Directory) -> SecretStr:
    """One for every team, every made-up member of staff, and the systems outside."""
    listed = [_token(team, [Role.TEAM], [team], f"team.{team}") for team in directory.teams]
    listed += [
        _token(one.ref, list(one.roles), [one.team], one.ref) for one in read_demo_people(directory)
    ]
    listed += [
        _token("everybody", [Role.TEAM, Role.OPERATOR], [EVERY_TEAM], "everybody"),
        _token("nation", [Role.NATIONAL], [], "nation"),
        _token("hospital", [Role.HOSPITAL], [], "hospital"),
    ]
    return SecretStr(orjson.dumps(listed).decode())


def discharge_settings(known: SecretStr) -> DischargeSettings:
    """Discharge, with a national record that is asked elsewhere."""
    return DischargeSettings(**_common(known), pds_url=NOWHERE)


def referral_settings(known: SecretStr) -> ReferralSettings:
    """Referral."""
    return ReferralSettings(**_common(known))


def notify_settings(known: SecretStr, settling_minutes: int | None) -> NotifySettings:
    """Notify; its ways out are ours."""
    return NotifySettings(
        **_common(known),
        smtp_host="nowhere.invalid",
        mail_from="baton@nowhere.invalid",
        letter_folder=Path("nowhere"),
        public_url=NOWHERE,
        staff_url=NOWHERE,
        delivery="off",
        settling_seconds=None if settling_minutes is None else settling_minutes * 60,
    )


def _common(known: SecretStr) -> dict[str, Any]:
    return {
        "environment": "test",
        "database_url": "postgresql:///nowhere",
        "kafka_bootstrap": "nowhere.invalid:9092",
        "http_port": 0,
        "site_secret": SITE_SECRET,
        "session_secret": "nobody signs in",
        "api_tokens": known.get_secret_value(),
    }


def _token(who: str, roles: list[Role], teams: list[str], ref: str) -> dict[str, Any]:
    return {
        "sha256": hashlib.sha256(token_of(who).encode()).hexdigest(),
        "ref": ref,
        "roles": roles,
        "teams": teams,
    }
