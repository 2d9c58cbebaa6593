import os
import socket
import subprocess
import sys

import psutil

from health_warehouse.processes import has_ended, listens_at, wait_for_end


def test_zombie_has_ended() -> None:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    zombie = psutil.Process(pid)
    assert wait_for_end([zombie], 30) == []
    assert zombie.status() == psutil.STATUS_ZOMBIE
    os.waitpid(pid, 0)
    assert has_ended(zombie)


def test_what_lives_on_is_returned() -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as child:
        living = psutil.Process(child.pid)
        assert wait_for_end([living], 0.1) == [living]
        child.kill()
        assert wait_for_end([living], 30) == []


def test_a_process_listens_until_it_has_ended() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens_at(psutil.Process(), port)
    assert not listens_at(psutil.Process(), port)
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        ended = psutil.Process(child.pid)
    assert not listens_at(ended, port)
