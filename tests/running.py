"""A real Kesher of its own: `kesher serve` on a free port, with its own home and database."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import requests
from django.urls import reverse
from psycopg import sql

ROOT = Path(__file__).parents[1]
KESHER = Path(sys.executable).parent / "kesher"
READY_SECONDS = 30
STOP_SECONDS = (
    9  # in the tenth the parent kills what holds on; a stop of itself takes a tenth of one
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Place:
    """Where a Kesher lives: its home, and the address of its database."""

    home: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)
    beside: subprocess.Popen | None = None

    @property
    def database(self) -> str:
        """The name of its database: a file, or one on the server of this run."""
        way, _slashes, rest = self.database_url.partition("://")
        return rest.removeprefix("/") if way == "sqlite" else rest.split("?")[0].rsplit("/", 1)[1]

    def variables(self) -> dict[str, str]:
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("KESHER_", "PYTEST_"))}
        return {
            **ours,
            "KESHER_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "DJANGO_SETTINGS_MODULE": "kesher.config.settings",
            "PYTHONPATH": str(ROOT),
            # A run that is killed leaves no server behind.
            "KESHER_PARENT": str(os.getpid()),
            **self.environment,
        }

    def kesher(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        done = subprocess.run(
            [KESHER, *words], env=self.variables(), cwd=ROOT, text=True,
            capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def python(self, program: str) -> str:
        """Run a few lines beside Kesher, with its settings; what they print comes back."""
        if self.beside is None:
            self.beside = subprocess.Popen(
                [sys.executable, "-u", "-c", BESIDE], env=self.variables(), cwd=ROOT, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        self.beside.stdin.write(json.dumps(program) + "\n")
        self.beside.stdin.flush()
        line = self.beside.stdout.readline()
        assert line, "the process beside Kesher ended"
        answer = json.loads(line)
        assert not answer["error"], answer["error"]
        return answer["printed"].strip()

    def leave(self) -> None:
        if self.beside is not None:
            self.beside.stdin.close()
            self.beside.wait(10)
            self.beside.stdout.close()
            self.beside = None


# Loading Django takes a second, so one process stays and takes programs line by line.
BESIDE = """
import contextlib, io, json, sys, traceback
import kesher.config, django
django.setup()
for line in sys.stdin:
    printed, error = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {"__name__": "beside"})
    except BaseException:
        error = traceback.format_exc()
    print(json.dumps({"printed": printed.getvalue(), "error": error}))
"""


@dataclass
class Server:
    """`kesher serve`, and what a visitor needs to know of it."""

    place: Place
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    scheme: str = "http"
    verify: str | bool = True

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"

    @property
    def log(self) -> str:
        return self.place.home.joinpath("serve.log").read_text()

    def start(self, *words: str) -> float:
        """Serve; return after how many seconds the first page came."""
        began = time.monotonic()
        with self.place.home.joinpath("serve.log").open("a") as log:
            self.process = subprocess.Popen(
                [KESHER, "serve", *words], env={**self.place.variables(), "PORT": str(self.port)},
                cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        while not self.answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() - began < READY_SECONDS, self.log
            time.sleep(0.02)
        return time.monotonic() - began

    def answers(self) -> bool:
        try:
            return (
                requests.get(f"{self.url}/healthz", timeout=5, verify=self.verify).status_code
                == 200
            )
        except requests.ConnectionError:
            return False

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise

    def processes(self) -> list[int]:
        """The parent and all that it started."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [
            self.process.pid,
            *(int(pid) for file in children for pid in file.read_text().split()),
        ]

    def worker(self) -> int:
        """The process that does the work put aside."""
        for pid in self.processes():
            if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
                return pid
        raise AssertionError("no worker runs")

    def session_of(self, email: str, password: str = "a good password") -> dict[str, str]:
        """The cookies of a member, signed in once through the sign-in page."""
        if email not in self.sessions:
            self.sessions[email] = sign_in(self.url, email, password, self.verify)
        return self.sessions[email]


def sign_in(url: str, email: str, password: str, verify: str | bool = True) -> dict[str, str]:
    browser = requests.Session()
    browser.verify = verify
    browser.trust_env = False  # a REQUESTS_CA_BUNDLE would override verify
    address = url + reverse("account_login")
    page = browser.get(address, timeout=10)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text[:500]
    answer = browser.post(
        address,
        data={"csrfmiddlewaretoken": token[1], "login": email, "password": password},
        headers={"Referer": address}, timeout=10, allow_redirects=False,
    )  # fmt: skip
    assert answer.status_code == 302, f"{email} was not signed in: {answer.status_code}"
    return browser.cookies.get_dict()


# ---- databases


def sqlite_copy(template: Path, folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / "kesher.sqlite3"
    shutil.copy(template, copy)
    return f"sqlite:///{copy}"


class PostgresCopies:
    """Databases made after a template, on the server of this run."""

    def __init__(self, url: str):
        self.url = url

    def make(self, name: str, template: str = "template1") -> str:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
        return self.of(name)

    def drop(self, name: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def of(self, name: str) -> str:
        return re.sub(r"/[^/?]*\?", f"/{name}?", self.url, count=1)


CLINIC = """
from tests.people import open_clinic
from kesher.organization.models import Member
clinic = open_clinic()
for member in Member.objects.all():
    member.set_password("a good password")
    member.save(update_fields=["password"])
"""
CONTENTS = {"empty": "", "clinic": CLINIC}


class Places:
    """Hands out homes with a database ready to use. Each content is prepared once a run."""

    def __init__(self, folder: Path):
        self.folder = folder
        url = os.environ.get("DATABASE_URL", "")
        self.copies = PostgresCopies(url) if url.startswith("postgres") else None

    def make(self, content: str, home: Path, **environment: str) -> Place:
        template = self._prepared(content)
        home.mkdir(parents=True, exist_ok=True)
        if self.copies:
            url = self.copies.make(f"copy_{os.urandom(6).hex()}", template)
        else:
            url = sqlite_copy(Path(template), home)
        return Place(home, url, environment)

    def drop(self, place: Place) -> None:
        place.leave()
        if self.copies:
            self.copies.drop(place.database)

    def _prepared(self, content: str) -> str:
        """The template of this content: made by whoever of the run's processes comes first."""
        name = f"template_{content}"
        home = self.folder / name
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (home / "ready").exists():
                shutil.rmtree(home, ignore_errors=True)
                home.mkdir(parents=True)
                if self.copies:
                    self.copies.drop(name)
                file = home / "kesher.sqlite3"
                url = self.copies.make(name) if self.copies else f"sqlite:///{file}"
                place = Place(home, url)
                place.kesher("migrate", "--verbosity", "0")
                if CONTENTS[content]:
                    place.python(CONTENTS[content])
                    place.leave()
                (home / "ready").touch()
        return name if self.copies else str(home / "kesher.sqlite3")
