"""A PostgreSQL server that lives as long as a test run: own folder, unix socket only, no fsync."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

FAST_AND_UNSAFE = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "jit": "off",
}


def programs() -> Path:
    """The folder of the newest PostgreSQL of this machine."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if not folders:
        raise RuntimeError("There is no PostgreSQL here: apt-get install postgresql")
    return folders[-1].parent


class Cluster:
    def __init__(self, **options: str):
        self.options = {**FAST_AND_UNSAFE, **options}
        self.folder = Path(tempfile.mkdtemp(prefix="kesher-pg-"))
        self.server: subprocess.Popen | None = None
        self.as_somebody: dict = {"cwd": self.folder}
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            user = _unprivileged()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.as_somebody |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        self.folder.chmod(0o755)

    def start(self) -> None:
        data = self.folder / "data"
        subprocess.run(
            [programs() / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
             "--locale=C.UTF-8", "-N"],
            check=True, stdout=subprocess.DEVNULL, env=self._environment(), **self.as_somebody,
        )  # fmt: skip
        self.serve()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE kesher")

    def serve(self) -> None:
        """Start the server on what is in its folder, and wait until it answers."""
        options = {**self.options, "unix_socket_directories": str(self.folder)}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("w") as log:
            self.server = subprocess.Popen(
                [programs() / "postgres", "-D", self.folder / "data", *words],
                stdout=log, stderr=log, env=self._environment(), **self.as_somebody,
            )  # fmt: skip
        for _ in range(400):
            try:
                psycopg.connect(self.url("postgres")).close()
                return
            except psycopg.OperationalError:
                if self.server.poll() is not None:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.025)
        raise RuntimeError("PostgreSQL did not answer within 10 seconds.")

    def stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)  # "fast": drops the connections
            self.server.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def _environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("No account of this machine may run PostgreSQL.")
