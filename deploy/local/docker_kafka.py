"""Apache Kafka in a container, where a Docker engine answers and testcontainers is installed."""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from deploy.local.broker import EVERYTHING
from deploy.local.kafka_jars import kafka_version
from deploy.local.ports import LOOPBACK, Port, wait_until_listening
from deploy.local.processes import PartDidNotStart

READY_WITHIN = 120.0

_ENGINE = Path("/var/run/docker.sock")


def docker_answers() -> bool:
    if find_spec("docker") is None or find_spec("testcontainers") is None:
        return False
    # Asking the client alone would leave a socket open when there is no engine behind it.
    if "DOCKER_HOST" not in os.environ and not _ENGINE.is_socket():
        return False
    import docker

    try:
        client = docker.from_env(timeout=2)
    except docker.errors.DockerException:
        return False
    try:
        return bool(client.ping())
    except (docker.errors.DockerException, OSError):
        return False
    finally:
        client.close()


class DockerKafka:
    capabilities = EVERYTHING

    def __init__(self, port: int | None = None) -> None:
        self._port = Port(port)
        self._container: Any = None

    @property
    def bootstrap(self) -> str:
        return str(self._port)

    def describe(self) -> str:
        return f"Apache Kafka {kafka_version()} (container)"

    def start(self, data_dir: Path) -> None:  # noqa: ARG002 (a broker like the others)
        """Start the container; it keeps its log inside, and a second start finds it there."""
        if self._container is None:
            self._container = _container(self._port.claim())
            self._container.start()
        else:
            self._container.get_wrapped_container().start()
        if not wait_until_listening(self._port.number, READY_WITHIN):
            raise PartDidNotStart(f"{self.describe()} does not listen on {self.bootstrap}")

    def stop(self) -> None:
        if self._container is not None:
            self._container.get_wrapped_container().stop()

    def kill(self) -> None:
        if self._container is not None:
            self._container.get_wrapped_container().kill()


def _container(port: int) -> Any:
    from testcontainers.core.container import DockerContainer

    # Clients are sent to the address that the broker names, so both sides use one fixed port.
    container = DockerContainer(f"apache/kafka:{kafka_version()}").with_bind_ports(port, port)
    settings = {
        "NODE_ID": "1",
        "PROCESS_ROLES": "broker,controller",
        "LISTENERS": f"PLAINTEXT://0.0.0.0:{port},CONTROLLER://localhost:9094",
        "ADVERTISED_LISTENERS": f"PLAINTEXT://{LOOPBACK}:{port}",
        "LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
        "CONTROLLER_QUORUM_VOTERS": "1@localhost:9094",
        "AUTO_CREATE_TOPICS_ENABLE": "false",
        "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
        "OFFSETS_TOPIC_NUM_PARTITIONS": "1",
        "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
        "TRANSACTION_STATE_LOG_MIN_ISR": "1",
        "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
    }
    for name, value in settings.items():
        container.with_env(f"KAFKA_{name}", value)
    return container
