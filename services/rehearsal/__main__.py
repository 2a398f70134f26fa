"""`python -m services.rehearsal STORY...`: what `baton rehearse` runs, on a PostgreSQL of its own that is thrown away."""

import argparse
import sys
import tempfile
from pathlib import Path

import orjson
import uvloop

from deploy.local.postgres import LocalPostgres
from services.chassis import log
from services.rehearsal.as_html import as_html
from services.rehearsal.as_json import as_json
from services.rehearsal.as_text import as_text
from services.rehearsal.errors import StoryError
from services.rehearsal.ground import Ground
from services.rehearsal.rehearsing import rehearse
from services.rehearsal.story import Story, read_story
from services.rehearsal.timeline import Outcome


def main() -> None:
    """Exit 0: every story came true. 1: one did not. 2: it cannot be read, or not be played at all."""
    given = _arguments()
    log.configure("rehearsal", "ERROR")
    try:
        stories = [read_story(path) for path in given.stories]
        outcomes = _play(stories, given)
    except (StoryError, ValueError) as error:
        sys.exit(_say(str(error)))
    if given.json:
        sys.stdout.buffer.write(orjson.dumps([as_json(each) for each in outcomes]) + b"\n")
    else:
        for outcome in outcomes:
            sys.stdout.writelines(f"{line}\n" for line in as_text(outcome))
    if given.html:
        given.html.write_text(as_html(outcomes), encoding="utf-8")
    sys.exit(0 if all(each.came_true for each in outcomes) else 1)


def _play(stories: list[Story], given: argparse.Namespace) -> list[Outcome]:
    with tempfile.TemporaryDirectory(prefix="baton-rehearsal-") as folder:
        server = LocalPostgres(thrown_away=True)
        server.start(Path(folder) / "postgres")
        try:
            return uvloop.run(_play_all(stories, Ground(server), given))
        finally:
            server.destroy()


async def _play_all(
    stories: list[Story], ground: Ground, given: argparse.Namespace
) -> list[Outcome]:
    return [await rehearse(story, ground, rules=given.rules, seed=given.seed) for story in stories]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("baton rehearse")
    parser.add_argument("stories", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--html", type=Path)
    parser.add_argument("--rules", type=Path)
    parser.add_argument("--seed", type=int)
    return parser.parse_args()


def _say(fault: str) -> int:
    sys.stderr.write(f"{fault}\n")
    return 2


if __name__ == "__main__":
    main()
