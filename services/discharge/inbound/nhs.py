"""NHS numbers: the check digit (C5)."""

from functools import lru_cache

from nhs_number.validate import is_valid


@lru_cache(maxsize=4096)
def is_valid_nhs_number(digits: str) -> bool:
    """Whether ten digits pass their check. It does not say that they are the right person's."""
    return len(digits) == 10 and digits.isascii() and bool(is_valid(digits))
