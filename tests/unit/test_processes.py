import os
import subprocess
import sys

import psutil

from health_warehouse.processes import has_ended, wait_for_end


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
