"""The whole of `kesher serve`: one parent, its children, and how they end."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
import requests
from django.urls import reverse

from kesher.config.serving.parent import Minder
from tests.running import KESHER, ROOT, free_port

pytestmark = pytest.mark.once


def eventually(question, seconds=30.0):
    """The answer, once it is true; the last answer when it never is."""
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture
def server(shared_server):
    """The server of this file; what one test has ended begins anew for the next."""
    if not shared_server.answers():
        shared_server.start()
    return shared_server


def test_serves_in_few_processes_and_little_memory(server):
    requests.get(server.url + reverse("account_login"), timeout=10).raise_for_status()
    server.worker()
    pids = server.processes()
    assert len(pids) <= 4
    shares = [
        int(line.split()[1])
        for pid in pids
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        if line.startswith("Pss:")
    ]
    assert sum(shares) / 1024 < 300, shares


def test_begins_another_worker_when_one_is_killed(server):
    first = server.worker()
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: _worker_other_than(server, first)), server.log
    assert server.answers()


def _worker_other_than(server, pid):
    try:
        return server.worker() != pid
    except AssertionError:
        return False


def test_a_process_begun_while_stopping_is_stopped_too():
    for _ in range(50):
        minder = Minder(("/bin/sleep", "60"))
        minder.start()
        minder.stop()
        minder.join(5)
        assert not minder.is_alive()
        assert minder.process is None or minder.process.poll() is not None


def test_a_process_begun_while_others_fork_is_known():
    """A fork holds every pipe of its moment open; waiting for one of them would never end."""
    forked, minders = [], [Minder(("/bin/sleep", "60")) for _ in range(50)]
    try:
        for minder in minders:
            minder.start()
            pid = os.fork()
            if not pid:
                signal.pause()
            forked.append(pid)
        assert eventually(lambda: all(minder.process for minder in minders), seconds=5)
    finally:
        for pid in forked:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        for minder in minders:
            minder.stop()


def test_children_end_with_a_killed_parent_and_leave_the_port_free(server):
    pids = server.processes()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(10)
    assert eventually(lambda: not any(is_running(pid) for pid in pids))
    server.start()


def test_ends_with_whoever_started_it_on_condition(place):
    port = free_port()
    starter = subprocess.Popen(
        ["bash", "-c", f"KESHER_PARENT=$$ {KESHER} serve & echo $!; wait"],
        env={**place.variables(), "PORT": str(port)}, cwd=ROOT, text=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    server = int(starter.stdout.readline())
    assert eventually(lambda: "ready" in starter.stdout.readline())
    starter.kill()
    starter.wait(10)
    assert eventually(lambda: not is_running(server))


@pytest.mark.parametrize("name", ["account_login", "account_reset_password"])
def test_a_page_is_private_and_forbids_what_it_does_not_need(server, name):
    headers = requests.get(server.url + reverse(name), timeout=10).headers
    assert "no-store" in headers["Cache-Control"].split(", ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    rules = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def test_sign_out_makes_the_browser_forget(server):
    browser = requests.Session()
    browser.cookies.update(server.session_of("owner@clinic.test"))
    page = browser.get(server.url + reverse("account_logout"), timeout=10)
    token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    answer = browser.post(
        page.url, data={"csrfmiddlewaretoken": token}, headers={"Referer": page.url},
        allow_redirects=False, timeout=10,
    )  # fmt: skip
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    live = requests.get(f"{server.url}/live", cookies=browser.cookies, timeout=10)
    assert live.status_code == 401


def test_stops_of_itself_and_entirely(server):
    pids = server.processes()
    server.stop()
    left = {pid: Path(f"/proc/{pid}/stat").read_text() for pid in pids if is_running(pid)}
    assert not left, f"{left}\n{server.log}"
