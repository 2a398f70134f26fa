"""Apache Kafka's jars, fetched once by Maven: `python -m deploy.local.kafka_jars`."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RECIPE = REPOSITORY / "deploy" / "kafka"


class JarsMissing(RuntimeError):
    """The jars are not here and could not be fetched."""


def libs_dir() -> Path:
    named = os.environ.get("BATON_KAFKA_LIBS")
    return Path(named) if named else REPOSITORY / "build" / "kafka" / "libs"


def have_jars() -> bool:
    return any(libs_dir().glob("kafka_2.13-*.jar"))


def can_get_jars() -> bool:
    return have_jars() or shutil.which("mvn") is not None


def get_jars() -> Path:
    """Give the folder with the jars, after asking Maven for them if it is not there yet."""
    libs = libs_dir()
    if have_jars():
        return libs
    libs.parent.mkdir(parents=True, exist_ok=True)
    # Fetched beside and renamed at the end, so that nobody ever starts on half of them.
    work = Path(tempfile.mkdtemp(prefix="libs-", dir=libs.parent))
    _ask_maven(work)
    work.chmod(0o755)
    try:
        work.rename(libs)
    except OSError:
        shutil.rmtree(work)
    return libs


def kafka_version() -> str:
    jar = next(libs_dir().glob("kafka_2.13-*.jar"), None)
    if jar is not None:
        return jar.stem.removeprefix("kafka_2.13-")
    found = re.search(r"<kafka.version>(.+)</kafka.version>", (RECIPE / "pom.xml").read_text())
    return found.group(1) if found else "4"


def _ask_maven(target: Path) -> None:
    command = [
        "mvn", "--batch-mode", "--quiet", f"--file={RECIPE / 'pom.xml'}",
        "dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={target}",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as missing:
        raise JarsMissing("Apache Kafka's jars need Maven (mvn) once") from missing
    if done.returncode != 0:
        raise JarsMissing(f"Maven could not fetch Apache Kafka:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    print(f"Apache Kafka {kafka_version()} is in {get_jars()}")
