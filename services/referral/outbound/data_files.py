"""Data files: YAML in, checked models out, and errors that name the file and the field."""

import re
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from services.chassis.settings import SettingsError

DATA = Path(__file__).parent.parent / "data"

Model = TypeVar("Model")


class _Plain(yaml.CSafeLoader):
    """YAML in which only true and false are truth values: `off`, `no` and `on` are words."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Plain.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


class DataError(SettingsError):
    """A data file cannot be used; the text says which one, where in it, and why."""


class Entry(BaseModel):
    """Something in a data file. Unknown fields are refused: they are usually misspelt ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def parsed(path: Path) -> object:
    """What a file holds, whatever it is. Raises `DataError`."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), _Plain)  # noqa: S506 - a safe loader, in C
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path.name}: cannot be read as YAML ({type(error).__name__})") from error


def read(path: Path, shape: type[Model]) -> Model:
    """Read a file as `shape`. Raises `DataError`."""
    return checked(parsed(path), shape, path.name)


def checked(said: object, shape: type[Model], name: str) -> Model:
    """What somebody said as `shape`. Raises `DataError`, which calls it by `name`."""
    try:
        return TypeAdapter(shape).validate_python(said)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors(include_url=False)
        )
        raise DataError(f"{name}: {faults}") from None


def layers(name: str, folder: Path, local: Path | None) -> list[Path]:
    """The national file of this name, then that of the place where it has one."""
    own = [local / name] if local is not None and (local / name).is_file() else []
    return [folder / name, *own]
