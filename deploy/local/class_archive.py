"""Kafka's classes, kept as Java wants them in memory: a broker then starts in half the time."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

from deploy.local.processes import PartDidNotStart


def use(libs: Path) -> list[str]:
    """Give the options that use the archive; Java itself passes over one that does not fit."""
    archive = _archive(libs)
    return [f"-XX:SharedArchiveFile={archive}", "-Xlog:disable"] if archive.exists() else []


def make_once(libs: Path, trial_run: Callable[[list[str]], None]) -> None:
    """Keep what a trial run of a broker has loaded.

    Only speed is at stake, so a folder that cannot be written, or a trial run that fails, is no
    reason to go without Kafka.
    """
    if _archive(libs).exists() or not os.access(libs, os.W_OK):
        return
    fresh = libs / f".classes-{os.getpid()}.jsa"
    with contextlib.suppress(PartDidNotStart):
        trial_run([f"-XX:ArchiveClassesAtExit={fresh}", "-Xlog:disable"])
    if fresh.exists():
        fresh.replace(_archive(libs))


def _archive(libs: Path) -> Path:
    return libs / ".classes.jsa"
