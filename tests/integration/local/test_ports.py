import socket

import pytest

from deploy.local import ports
from deploy.local.ports import LOOPBACK, OURS, Port, free_port, free_ports


@pytest.fixture
def taken():
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_a_preferred_port_that_is_free_is_taken() -> None:
    (port,) = free_ports(1)

    assert free_port(port) == port


def test_a_port_in_use_is_left_alone(taken: int) -> None:
    assert free_port(taken) in OURS


def test_several_ports_are_all_different() -> None:
    assert len(set(free_ports(200))) == 200


def test_a_server_keeps_its_port_and_says_so_when_somebody_took_it(monkeypatch) -> None:
    monkeypatch.setattr(ports, "PATIENCE", 0.1)
    port = Port()
    number = port.claim()

    assert port.claim() == number
    with (
        socket.create_server((LOOPBACK, number)),
        pytest.raises(OSError, match="somebody else listens"),
    ):
        port.claim()
