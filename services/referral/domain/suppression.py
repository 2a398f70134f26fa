"""Small numbers are not shown: few people in a cell may be known people (H20)."""

from collections.abc import Mapping

FEWEST = 5
"""The smallest number of people that a figure may be about, other than none (local default)."""


def hidden(counts: Mapping[str, int]) -> frozenset[str]:
    """The cells of one row or column that may not be shown beside their total.

    What is hidden could be worked out from the total if it were a single cell, or so few people that each cell must be
    one or two: the smallest of the others are hidden with it until that is not so.
    """
    small = {name for name, count in counts.items() if 0 < count < FEWEST}
    others = sorted((count, name) for name, count in counts.items() if count >= FEWEST)
    for _, name in others:
        if len(small) != 1 and (not small or sum(counts[one] for one in small) >= FEWEST):
            break
        small.add(name)
    return frozenset(small)


def may_show(count: int) -> bool:
    """Whether a figure about so many people may be shown at all."""
    return count == 0 or count >= FEWEST
