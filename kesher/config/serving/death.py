"""A child does not outlive its parent."""

import ctypes
import os
import signal
import sys

from kesher.config.environment import said

PARENT = "KESHER_PARENT"


def end_with_parent() -> None:
    """Have the kernel end this process with its parent, so that nothing holds the port."""
    parent = said(PARENT)
    if not parent or sys.platform != "linux":
        return
    set_death_signal = 1
    ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)
    if os.getppid() != int(parent):
        os.kill(os.getpid(), signal.SIGTERM)
