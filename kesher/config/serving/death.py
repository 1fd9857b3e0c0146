"""A child does not outlive its parent."""

import ctypes
import os
import signal
import sys

from kesher.config.environment import said

PARENT = "KESHER_PARENT"
SET_DEATH_SIGNAL = 1


def end_with_parent() -> None:
    """Have the kernel end this process with its parent, so that nothing holds the port.

    A gentler signal could come before anybody listens to it and be lost.
    """
    parent = said(PARENT)
    if not parent or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != int(parent):
        os._exit(1)
