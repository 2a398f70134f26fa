"""A small stand-in that speaks Kafka's protocol, from the `noida-db` wheel: no Java needed.

It keeps its log when it is stopped, loses what was acknowledged when it is killed, and answers
an empty fetch at once, so idle consumers must pace themselves.
"""

from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from deploy.local.broker import RESTART, TRANSACTIONS
from deploy.local.ports import Port, is_listening
from deploy.local.processes import Child, start_child

WHEEL = "noida-db"


class DevBroker:
    capabilities = frozenset({RESTART, TRANSACTIONS})

    def __init__(self, port: int | None = None) -> None:
        self._port = Port(port)
        self._server: Child | None = None

    @property
    def bootstrap(self) -> str:
        return str(self._port)

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def describe(self) -> str:
        return f"dev broker ({WHEEL} {version(WHEEL)}, a stand-in without durability)"

    def start(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        port = self._port.claim()
        # The program itself: the wheel's console script would leave it running behind us.
        self._server = start_child(
            "dev broker",
            [
                _program(), "start", "--only", "kafka",
                "--kafka-port", str(port), "--data-dir", data_dir,
            ],
            log=data_dir / "dev-broker.log",
            cwd=data_dir,
        )  # fmt: skip
        self._server.wait_until(lambda: is_listening(port), timeout=20)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop(grace=30)
            self._server = None

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server = None


def _program() -> Path:
    spec = find_spec("noida_db")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the wheel {WHEEL} is not installed")
    program = Path(spec.submodule_search_locations[0]) / "noida-db"
    if not program.stat().st_mode & 0o111:
        program.chmod(0o755)
    return program
