"""Reads the profiles of a site: those that come with Baton, and a folder of its own. A fault stops the start."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from services.chassis.settings import SettingsError
from services.discharge.inbound.profiles.fields import NAMES
from services.discharge.inbound.profiles.file import ProfileFile
from services.discharge.inbound.profiles.profile import DEFAULT, Profile, Profiles

SOURCES = Path(__file__).parents[2] / "data" / "sources"
_ENDINGS = frozenset({".yaml", ".yml"})
_SENTENCES = {
    "missing": "this is missing",
    "extra_forbidden": "there is nothing of this name",
}


class ProfileError(SettingsError):
    """A profile cannot be used. The text names the file, the place in it, and what is wrong."""

    def __init__(self, file: Path, place: str, why: str) -> None:
        super().__init__(": ".join(part for part in (file.name, place, why) if part))


@cache
def usual_profiles() -> Profiles:
    """Those that come with Baton."""
    return read_profiles()


def read_profiles(folder: Path | None = None) -> Profiles:
    """Every profile there is; one of the site's folder takes the place of ours with the same id.

    Raises `ProfileError`.
    """
    found = {file.id: (path, file) for path, file in _files(SOURCES)}
    if folder is not None:
        if not folder.is_dir():
            raise ProfileError(folder, "", "there is no such folder")
        own: dict[str, Path] = {}
        for path, file in _files(folder):
            if file.id in own:
                raise ProfileError(path, "id", f"{own[file.id].name} has the same id")
            own[file.id] = path
            found[file.id] = (path, file)
    default_path, default = found.pop(DEFAULT)
    for name in NAMES:
        if name not in default.fields:
            raise ProfileError(default_path, f"fields.{name}", "the default names every field")
    usual = default.compiled({})
    _claim_once(found.values())
    others = [file.compiled(usual.places) for _, file in found.values()]
    return Profiles([usual, *others])


def read_profile(path: Path) -> Profile:
    """One profile of its own file, for trying it out. Raises `ProfileError`."""
    return _file(path).compiled(usual_profiles().all[0].places)


def _files(folder: Path) -> Iterator[tuple[Path, ProfileFile]]:
    for path in sorted(folder.iterdir()):
        if path.suffix in _ENDINGS:
            yield path, _file(path)


def _file(path: Path) -> ProfileFile:
    try:
        return ProfileFile.model_validate(_load(path))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"] if part != "[key]")
        why = _SENTENCES.get(fault["type"], fault["msg"].removeprefix("Value error, "))
        raise ProfileError(path, where, why) from None


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError:
        raise ProfileError(path, "", "the file cannot be read") from None
    except UnicodeDecodeError:
        raise ProfileError(path, "", "the file is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ProfileError(path, f"line {line}", f"this is not YAML: {error.problem}") from None
    except (yaml.YAMLError, ValueError):
        raise ProfileError(path, "", "this is not YAML") from None


def _claim_once(files: Iterable[tuple[Path, ProfileFile]]) -> None:
    claimed: dict[tuple[str, str], Path] = {}
    for path, file in files:
        for number, sender in enumerate(file.senders):
            key = (sender.organisation, sender.application)
            if key in claimed:
                raise ProfileError(
                    path, f"senders.{number}", f"{claimed[key].name} speaks of the same sender"
                )
            claimed[key] = path
