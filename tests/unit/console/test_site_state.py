"""What is known of the site that runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.console.errors import ConsoleError
from services.console.site import identity, state
from services.console.site.lock import only_one
from services.console.site.plan import USUAL, choose_ports


def test_the_home_is_where_the_user_says_else_where_the_system_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    monkeypatch.setenv("BATON_HOME", "/somewhere")
    assert state.home() == Path("/somewhere")

    monkeypatch.delenv("BATON_HOME")
    assert state.home() == Path("/run/user/7/baton")

    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setenv("HOME", "/home/u")
    assert state.home() == Path("/home/u/.local/state/baton")


def test_only_the_user_can_read_the_keys_of_the_site(tmp_path: Path) -> None:
    state.write(state.SiteState(ready=True, runner="1@1", token="secret"), tmp_path / "home")

    assert (tmp_path / "home" / "site.json").stat().st_mode & 0o077 == 0
    known = state.read(tmp_path / "home")
    assert known is not None
    assert known.token == "secret"


def test_without_a_site_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="nothing runs here"):
        state.running(tmp_path)


def test_a_folder_holds_one_site(tmp_path: Path) -> None:
    with (
        only_one(tmp_path),
        pytest.raises(ConsoleError, match="runs here already"),
        only_one(tmp_path),
    ):
        pass

    with only_one(tmp_path):
        pass


def test_an_id_that_came_back_is_another_process() -> None:
    assert identity.still_there(identity.name_of(os.getpid())) == os.getpid()
    assert identity.still_there(f"{os.getpid()}@12345") is None
    assert identity.still_there("999999@") is None


def test_only_the_named_process_is_ended() -> None:
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    name = identity.name_of(sleeper.pid)

    identity.end(f"{sleeper.pid}@1")
    assert sleeper.poll() is None

    identity.end(name)
    assert sleeper.wait(5) != 0


def test_every_part_gets_a_port_of_its_own() -> None:
    for ports in (choose_ports(), choose_ports(usual=False)):
        assert ports.keys() == USUAL.keys()
        assert len(set(ports.values())) == len(USUAL)
