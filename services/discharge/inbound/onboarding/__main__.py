"""Start a check: `python -m services.discharge.inbound.onboarding FILE...` prints JSON; `baton sources check` runs it."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import orjson

from services.discharge.inbound.onboarding.check import check
from services.discharge.inbound.profiles.load import ProfileError, read_profile, read_profiles
from services.discharge.inbound.profiles.profile import Profiles


def main(arguments: list[str] | None = None) -> int:
    """0 when the check was made, whatever it found; 2 with a sentence when it could not be."""
    parser = argparse.ArgumentParser(prog="sources check")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--profile", default="")
    parser.add_argument("--sources", type=Path)
    parser.add_argument("--show-values", action="store_true")
    given = parser.parse_args(arguments)
    try:
        profiles = _profiles(given.profile, given.sources)
        found = check(given.paths, profiles, datetime.now(UTC), show_values=given.show_values)
    except (ProfileError, OSError) as error:
        sys.stderr.write(f"{_sentence(error)}\n")
        return 2
    sys.stdout.buffer.write(orjson.dumps(found))
    return 0


def _profiles(wanted: str, folder: Path | None) -> Profiles:
    """By sender; or one for all messages, by its id or its file."""
    profiles = read_profiles(folder)
    if not wanted:
        return profiles
    profile = profiles.named(wanted)
    if profile is None and Path(wanted).is_file():
        profile = read_profile(Path(wanted))
    if profile is None:
        known = ", ".join(each.id for each in profiles.all)
        raise ProfileError(Path(wanted), "", f"there is no such profile or file, only {known}")
    return profiles.only(profile)


def _sentence(error: ProfileError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename} cannot be read"
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
