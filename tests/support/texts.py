"""Every text inside what was read."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any


def texts_in(value: Any) -> Iterator[str]:
    """Names and values, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from texts_in(name)
            yield from texts_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts_in(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(getattr(value, field.name))
