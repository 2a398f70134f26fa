"""Apache Kafka itself: one KRaft node on the machine's Java, without a container."""

import base64
import os
import string
import subprocess
import tempfile
import uuid
from pathlib import Path

from deploy.local import class_archive
from deploy.local.broker import EVERYTHING
from deploy.local.java import java_command, java_version
from deploy.local.kafka_jars import RECIPE, get_jars, kafka_version
from deploy.local.ports import Port, is_listening
from deploy.local.processes import Child, PartDidNotStart, start_child

READY_WITHIN = 60.0


class ApacheKafka:
    """One node; the same object can be ended and started again on the same log and port."""

    capabilities = EVERYTHING

    def __init__(self, port: int | None = None) -> None:
        self._port = Port(port)
        self._controller_port = Port()
        self._server: Child | None = None

    @property
    def bootstrap(self) -> str:
        return str(self._port)

    @property
    def pid(self) -> int | None:
        return self._server.pid if self._server else None

    def describe(self) -> str:
        return f"Apache Kafka {kafka_version()} (KRaft, Maven jars, Java {java_version()})"

    def start(self, data_dir: Path) -> None:
        libs = get_jars()
        class_archive.make_once(libs, lambda options: _trial_run(libs, options))
        self.run_with(data_dir, libs, class_archive.use(libs))

    def run_with(self, data_dir: Path, libs: Path, options: list[str]) -> None:
        """Start with options of the Java machine, on jars that are here."""
        data_dir.mkdir(parents=True, exist_ok=True)
        config = self._write_config(data_dir)
        if not (data_dir / "log" / "meta.properties").exists():
            _format(config, libs)
        self._server = start_child(
            "Apache Kafka",
            _kafka(libs, *options, "-XX:+ExitOnOutOfMemoryError", "kafka.Kafka", config),
            log=data_dir / "kafka.log",
            env=_environment(),
        )
        # The node opens this port last, once it may serve.
        self._server.wait_until(lambda: is_listening(self._port.number), READY_WITHIN)

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop(grace=30)
            self._server = None

    def kill(self) -> None:
        if self._server is not None:
            self._server.kill()
            self._server = None

    def _write_config(self, data_dir: Path) -> Path:
        broker = self._port.claim()
        while self._controller_port.claim() == broker:
            self._controller_port = Port()
        template = string.Template((RECIPE / "server.properties").read_text())
        config = data_dir / "server.properties"
        config.write_text(
            template.substitute(
                LOG_DIR=data_dir / "log",
                BROKER_PORT=broker,
                CONTROLLER_PORT=self._controller_port.number,
            )
        )
        return config


def _format(config: Path, libs: Path) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    tool = ("kafka.tools.StorageTool", "format", "--standalone", f"--cluster-id={cluster}")
    command = [str(word) for word in _kafka(libs, *class_archive.use(libs), *tool, "-c", config)]
    done = subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)
    if done.returncode != 0:
        raise PartDidNotStart(f"Kafka could not prepare its log:\n{done.stdout}{done.stderr}")


def _kafka(libs: Path, *words: str | Path) -> list[str | Path]:
    logging = f"-Dlog4j2.configurationFile={RECIPE / 'log4j2.properties'}"
    return java_command("-cp", f"{libs}/*", logging, *words)


def _trial_run(libs: Path, options: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="baton-kafka-") as folder:
        broker = ApacheKafka()
        broker.run_with(Path(folder), libs, options)
        broker.stop()


def _environment() -> dict[str, str]:
    # Options meant for other Java programs on this machine stay out of the broker.
    return {k: v for k, v in os.environ.items() if k not in ("CLASSPATH", "JAVA_TOOL_OPTIONS")}
