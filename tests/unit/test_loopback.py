import os
import socket

from health_warehouse import loopback


def test_listener_is_named_and_its_port_is_not_free() -> None:
    with socket.socket() as listener:
        listener.bind((loopback.ADDRESS, 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert not loopback.is_free(port)
        assert f"({os.getpid()})" in loopback.holder(port)
        assert loopback.next_free_port(port) > port


def test_free_port_is_free() -> None:
    assert loopback.is_free(loopback.free_port())


def test_address_of_every_interface_counts_too() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        assert not loopback.is_free(listener.getsockname()[1])
