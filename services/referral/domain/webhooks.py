"""When a message to another system is tried again, when no more, and which addresses it may go to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final, Literal

GAPS: Final = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds from one attempt to the next, as Standard Webhooks recommends: ten attempts over about three days."""
PATIENCE: Final = timedelta(days=3)
"""After failing for so long without one success, a subscription is switched off."""
GONE: Final = "410"

_JITTER: Final = 0.2
_TRANSLATED: Final = IPv6Network("64:ff9b::/96")
"""IPv4 addresses as a gateway between the two protocols writes them."""

State = Literal["waiting", "delivered", "given-up"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a message, and of its subscription, after an attempt."""

    state: State
    next_in: timedelta | None
    """From now to the next attempt; None: there is none."""
    disable: str
    """Why the subscription is switched off; empty: it is not."""


def judge(
    answer: str, attempts: int, failing_since: datetime | None, now: datetime, chance: float
) -> Verdict:
    """After `attempts` attempts, the last of which was answered so. `chance` from 0 to 1 spreads the next ones."""
    if len(answer) == 3 and answer.startswith("2"):
        return Verdict("delivered", None, "")
    if answer == GONE:
        return Verdict("given-up", None, "gone")
    disable = "failing" if failing_since is not None and now - failing_since >= PATIENCE else ""
    if attempts > len(GAPS):
        return Verdict("given-up", None, disable)
    gap = GAPS[attempts - 1] * (1 - _JITTER + 2 * _JITTER * chance)
    return Verdict("waiting", timedelta(seconds=gap), disable)


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet: neither this machine's, nor a neighbour's, nor a cloud's own."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour
        if found in _TRANSLATED:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            found = inner
    return found.is_global and not found.is_multicast
