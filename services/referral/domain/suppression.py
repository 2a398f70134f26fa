"""Small numbers are not shown: few people in a cell may be known people (H20)."""

from collections.abc import Mapping

FEWEST = 5
"""The smallest number of people that a figure may be about, other than none (local default)."""


def hidden(counts: Mapping[str, int]) -> frozenset[str]:
    """The cells of one row or column that may not be shown beside their total.

    A single hidden cell could be worked out from the total, so the smallest of the others is hidden with it.
    """
    small = {name for name, count in counts.items() if 0 < count < FEWEST}
    if len(small) == 1:
        others = {name: count for name, count in counts.items() if count and name not in small}
        if others:
            small.add(min(others, key=lambda name: (others[name], name)))
    return frozenset(small)


def may_show(count: int) -> bool:
    """Whether a figure about so many people may be shown at all."""
    return count == 0 or count >= FEWEST
