"""Accessible needs: which channels and what print meet all of them (rule P21, DAPB1605)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.notify.domain.alert import Channel
from services.notify.domain.site import Need, Policy


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a message to this person must be like."""

    channels: tuple[Channel, ...]
    """Usable ones, best first; empty when a need is met by none."""
    points: int
    unknown: bool
    """A code that the policy does not know: nobody can promise that it is met."""


def read_needs(codes: Iterable[str], policy: Policy) -> Wanted:
    """Combine the needs: every one must be met by the same message."""
    found = [_find(code, policy.needs) for code in codes]
    channels = set(policy.channels)
    points = policy.usual_points
    for need in found:
        if need is None:
            continue
        channels &= need.channels if need.channels is not None else channels
        points = max(points, need.points)
    usable = tuple(channel for channel in policy.channels if channel in channels)
    return Wanted(usable, points, unknown=None in found)


def _find(code: str, needs: Mapping[str, Need]) -> Need | None:
    return needs.get(code.strip().lower())
