"""What follows from an attempt: sent, tried again later, or handed to a person."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from services.notify.domain.site import Policy


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider took the message."""

    word: ClassVar[str] = "taken"
    reason: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class TryLater:
    """Trouble that may pass; the reason is coded and holds no address."""

    word: ClassVar[str] = "try-later"
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider will never take this message."""

    word: ClassVar[str] = "refused"
    reason: str


Outcome = Taken | TryLater | Refused


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Trouble that may pass: another attempt at `at` (UTC)."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """No further attempt: a person takes over, told by the coded reason."""

    reason: str


def follow(
    outcome: Outcome, attempts: int, now: datetime, policy: Policy
) -> Taken | TryAgain | GiveUp:
    """Decide after the attempt that was the `attempts`-th, counted from 1."""
    if isinstance(outcome, Taken):
        return outcome
    if isinstance(outcome, Refused):
        return GiveUp(outcome.reason)
    if attempts > len(policy.back_off):
        return GiveUp(outcome.reason)
    return TryAgain(now + policy.back_off[attempts - 1], outcome.reason)
