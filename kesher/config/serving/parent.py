"""The parent of all: loads Kesher once, so that what it forks shares the memory, and minds them."""

import contextlib
import logging
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from django.utils import translation
from granian import Granian
from granian.constants import Interfaces

from kesher.config.environment import Address, said
from kesher.config.garbage import sweep_rarely
from kesher.config.serving.death import PARENT, end_with_parent

log = logging.getLogger(__name__)
WORKER = (sys.executable, "-m", "kesher.config.command_line", "worker")
CALM_SECONDS = 60
LONGEST_PAUSE = 30
PATIENCE_SECONDS = 20


def serve(address: Address, *, tell: Callable[[str], object], with_worker: bool = True) -> None:
    """Serve until told to stop, or until whoever started this under KESHER_PARENT is gone."""
    end_with_parent()
    preload()
    os.environ[PARENT] = str(os.getpid())
    minder = Minder(WORKER) if with_worker else None
    if minder:
        minder.start()
    threading.Thread(target=welcome, args=(address, tell), daemon=True).start()
    try:
        web_server(address).serve()
    finally:
        if minder:
            minder.stop()


def preload() -> None:
    """Load what every page needs before forking, and let go of every database connection."""
    import encodings.idna  # noqa: F401, PLC0415 - `welcome` needs it while web processes fork

    from kesher.config.serving import app  # noqa: F401, PLC0415 - loads Django's application

    get_resolver().reverse_dict  # noqa: B018 - imports every view
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Save")
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    sweep_rarely()


def web_server(address: Address) -> Granian:
    options = {}
    if address.certificate:
        options = {
            "ssl_cert": Path(address.certificate),
            "ssl_key": Path(address.key),
            "ssl_protocol_min": "tls1.2",
        }
    return Granian(
        "kesher.config.serving.app:application",
        address=address.listen,
        port=address.port,
        interface=Interfaces.ASGI,
        workers=web_processes(),
        websockets=False,
        # An open live stream counts as a request under way.
        backpressure=2000,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        log_level="warning",
        **options,
    )


def web_processes() -> int:
    return int(said("KESHER_WEB") or min(2, os.cpu_count() or 1))


class Minder(threading.Thread):
    """Keeps one process running: starts it again when it dies, more slowly each time."""

    def __init__(self, command: tuple[str, ...]):
        super().__init__(name="minder", daemon=True)
        self.command = command
        self.stopping = threading.Event()
        # Without it a process begun while another thread says stop would be nobody's.
        self.beginning = threading.Lock()
        self.process: subprocess.Popen | None = None

    def run(self) -> None:
        pause = 0.5
        while True:
            began = time.monotonic()
            with self.beginning:
                if self.stopping.is_set():
                    return
                # close_fds=False: spawned in one call of the system. Otherwise Popen waits for the
                # end of a pipe, which a web process forked at that moment would hold open for ever.
                self.process = subprocess.Popen(self.command, close_fds=False)
            code = self.process.wait()
            if self.stopping.is_set():
                return
            pause = (
                0.5 if time.monotonic() - began > CALM_SECONDS else min(pause * 2, LONGEST_PAUSE)
            )
            log.error("The worker ended with %s; another one begins in %s s.", code, pause)
            self.stopping.wait(pause)

    def stop(self) -> None:
        with self.beginning:
            self.stopping.set()
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def welcome(address: Address, tell: Callable[[str], object]) -> None:
    """Say where Kesher is once it answers; an open port alone proves nothing."""
    host = "localhost" if address.listen in {"0.0.0.0", "127.0.0.1"} else address.listen  # noqa: S104
    for _ in range(600):
        try:
            if is_well(host, address):
                tell(f"Kesher is ready at {address.url}")
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.1)


def is_well(host: str, address: Address) -> bool:
    connection = HTTPConnection(host, address.port, timeout=5)
    if address.certificate:
        trusting = ssl._create_unverified_context()  # noqa: S323 - only asks itself how it is
        connection = HTTPSConnection(host, address.port, timeout=5, context=trusting)
    with contextlib.closing(connection):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
