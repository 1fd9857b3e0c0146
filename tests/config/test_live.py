"""The live stream: everybody hears of what he may see, at once, and of nothing else."""

import contextlib
import json
import socket
import threading
import time
from dataclasses import dataclass, field

import pytest
import requests

ANNOUNCE = """
from kesher.core.access import SYSTEM
from kesher.core.events import announce
from kesher.customers.events import CustomerChanged
from kesher.customers.models import Customer
for name in {names!r}:
    customer = Customer.objects.get(last_name=name)
    announce(CustomerChanged(customer_id=customer.pk), by=SYSTEM, about=customer)
    print(customer.pk)
"""
OF_HAIFA, OF_EILAT, OF_BOTH = "שלו", "Μάρκου", "כהן"


@dataclass
class Stream:
    """An open stream, and what was heard on it of customers."""

    url: str
    cookies: dict
    heard: list[dict] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    ended_at: float | None = None

    def open(self, path: str = "/live", **headers: str) -> "Stream":
        self.answer = requests.get(
            self.url + path, cookies=self.cookies, headers=headers, stream=True, timeout=30
        )
        self.answer.raise_for_status()
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def _listen(self) -> None:
        try:
            for line in self.answer.iter_lines(chunk_size=1):
                self.lines.append(line.decode())
                if line.startswith(b'data: {"kind":"customers.customer"'):
                    self.heard.append(json.loads(line[6:]))
        except (requests.RequestException, AttributeError):  # closed by us under its feet
            pass
        self.ended_at = time.monotonic()

    def close(self) -> None:
        """Hang up. Closing the answer would wait for the listener, and he for the next heartbeat."""
        with contextlib.suppress(OSError, AttributeError):  # the server hung up first
            self.answer.raw.connection.sock.shutdown(socket.SHUT_RDWR)

    def ids(self) -> list[int]:
        return [said["id"] for said in self.heard]


def eventually(question, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return answer


class Listening:
    """Opens streams to one server and tells it of changes; closes the streams in the end."""

    def __init__(self, server):
        self.server = server
        self.streams = []

    def __call__(self, name: str, path: str = "/live", **headers: str) -> Stream:
        cookies = self.server.session_of(f"{name}@clinic.test")
        self.streams.append(Stream(self.server.url, cookies).open(path, **headers))
        return self.streams[-1]

    def announce(self, *names: str) -> list[int]:
        return [int(n) for n in self.server.place.python(ANNOUNCE.format(names=names)).split()]

    def close(self) -> None:
        for stream in self.streams:
            stream.close()


@pytest.fixture
def listen(shared_server):
    listening = Listening(shared_server)
    yield listening
    listening.close()


@pytest.fixture
def listen_alone(clinic_server):
    """For a test that changes who may hear, or ends the server."""
    listening = Listening(clinic_server)
    yield listening
    listening.close()


def test_each_hears_of_what_he_may_see_and_of_nothing_else(listen):
    owner, haifa, eilat = listen("owner"), listen("receptionist"), listen("eilat")
    noa, eleni, yosef = listen.announce(OF_HAIFA, OF_EILAT, OF_BOTH)
    # The last one concerns both branches: whoever heard it has been told all that came before.
    assert eventually(lambda: all(yosef in s.ids() for s in (owner, haifa, eilat)))
    assert owner.ids() == [noa, eleni, yosef]
    assert haifa.ids() == [noa, yosef]
    assert eilat.ids() == [eleni, yosef]


def test_says_which_version_and_who_but_nothing_of_the_record(listen):
    owner = listen("owner")
    (noa,) = listen.announce(OF_HAIFA)
    assert eventually(lambda: owner.heard)
    assert owner.heard == [{"kind": "customers.customer", "id": noa, "version": 1, "by": None}]


def test_nobody_listens_without_a_session(shared_server):
    for cookies in ({}, {"session": "made-up"}):
        answer = requests.get(f"{shared_server.url}/live", cookies=cookies, timeout=5)
        assert answer.status_code == 401


def test_a_leaver_is_told_goodbye_at_once_and_hears_no_more(listen_alone):
    leaver, owner = listen_alone("eilat"), listen_alone("owner")
    listen_alone.server.place.python("""
from kesher.organization.commands.staff import end_membership
from kesher.organization.models import Member
from kesher.organization.queries import actor_of
boss = Member.objects.get(email="owner@clinic.test")
end_membership(by=actor_of(boss), member=Member.objects.get(email="eilat@clinic.test"))
""")
    (eleni,) = listen_alone.announce(OF_EILAT)
    assert eventually(lambda: eleni in owner.ids())
    assert eventually(lambda: leaver.ended_at, seconds=5)  # long before all are asked for anew
    assert "event: signed-out" in leaver.lines
    assert eleni not in leaver.ids()


def test_what_a_role_loses_is_heard_no_more_though_the_stream_stays_open(listen_alone):
    receptionist, owner = listen_alone("receptionist"), listen_alone("owner")
    listen_alone.server.place.python("""
from kesher.core.access import SYSTEM
from kesher.core.events import announce
from kesher.organization.events import AccessChanged
from kesher.organization.models import Grant, Role
role = Role.objects.get(key="receptionist")
Grant.objects.filter(role=role, kind="customers.customer").delete()
role.version += 1
role.save()
announce(AccessChanged(role_id=role.pk), by=SYSTEM)
""")
    (noa,) = listen_alone.announce(OF_HAIFA)
    assert eventually(lambda: noa in owner.ids())
    time.sleep(0.3)
    assert receptionist.heard == []
    assert receptionist.ended_at is None


def test_who_comes_back_is_told_what_he_missed(listen):
    first = listen("receptionist")
    listen.announce(OF_HAIFA)
    assert eventually(lambda: first.heard)
    number = next(line[4:] for line in first.lines if line.startswith("id: "))
    first.close()
    yosef, _eleni, noa = listen.announce(OF_BOTH, OF_EILAT, OF_HAIFA)
    again = listen("receptionist", **{"Last-Event-ID": number})
    assert eventually(lambda: len(again.heard) == 2)
    assert again.ids() == [yosef, noa]
    drawn_then = listen("receptionist", path=f"/live?since={number}")
    assert eventually(lambda: len(drawn_then.heard) == 2)


def test_a_member_holds_a_bounded_number_of_streams(shared_server):
    cookies = shared_server.session_of("manager@clinic.test")
    answers = []
    while len(answers) < 30 and 429 not in [answer.status_code for answer in answers]:
        answers.append(
            requests.get(f"{shared_server.url}/live", cookies=cookies, timeout=5, stream=True)
        )
    assert 429 in [answer.status_code for answer in answers]
    assert len(answers) > 12
    for answer in answers:
        answer.close()


def test_open_streams_do_not_hold_up_the_end(listen_alone):
    streams = [listen_alone("owner") for _ in range(6)]
    listen_alone.server.stop()
    assert eventually(lambda: all(stream.ended_at for stream in streams))


def test_many_streams_hear_each_of_many_facts(listen):
    streams = [
        listen(name) for name in ("owner", "manager", "receptionist", "agent") for _ in "1234"
    ]
    ids = listen.announce(*[OF_BOTH] * 50)
    may_hear = [s for s in streams if s.cookies != listen.server.session_of("agent@clinic.test")]
    assert eventually(lambda: all(len(s.heard) == 50 for s in may_hear), seconds=5)
    assert all(s.ids() == ids for s in may_hear)
