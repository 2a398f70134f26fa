import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.processes import PartDidNotStart, start_child
from tests.support.eventually import eventually_now

PARENT = """
import sys, time
from pathlib import Path
from deploy.local.processes import start_child
print(start_child("child", ["sleep", "600"], log=Path(sys.argv[1])).pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that we died")
def test_a_child_does_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.kill()
    parent.communicate()

    eventually_now(lambda: not Path(f"/proc/{child}").exists(), what="the child has ended")


def test_a_child_that_ends_too_soon_is_shown_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such folder')"]
    child = start_child("part", command, log=tmp_path / "log")

    with pytest.raises(PartDidNotStart, match="part ended with 1:\nno such folder"):
        child.wait_until(lambda: False, timeout=10)


def test_a_child_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    child = start_child("part", ["sleep", "600"], log=tmp_path / "log")

    with pytest.raises(PartDidNotStart, match=r"part was not ready after 0\.1 s"):
        child.wait_until(lambda: False, timeout=0.1)

    assert not child.is_running


def test_a_child_that_will_not_end_is_made_to(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    child = start_child("part", [sys.executable, "-c", deaf], log=tmp_path / "log")
    child.wait_until(lambda: "deaf" in child.log.read_text(), timeout=10)

    assert child.stop(grace=0.1) == -signal.SIGKILL


def test_a_child_logs_to_its_file_and_gets_only_the_environment_it_is_given(
    tmp_path: Path,
) -> None:
    child = start_child("part", ["/usr/bin/env"], log=tmp_path / "log", env={"ONE": "1"})

    assert child.process.wait(10) == 0
    assert child.log.read_text().split() == ["ONE=1"]
    assert os.environ.get("ONE") is None
