"""A file of the web as a source: fetched carefully, and never from where Kesher must not go."""

import socket
import time
from datetime import UTC, datetime

import pytest

from kesher.core.feeds import fetching, hosts
from kesher.core.feeds.commands import change_feed
from kesher.core.feeds.models import Arrival, Feed
from kesher.core.feeds.refusals import SourceRefused
from kesher.core.importing.models import ImportRun
from kesher.core.models import Change
from kesher.customers.models import Customer
from tests.sources.servers import Silent, Web, certificate, running, say

pytestmark = pytest.mark.django_db
FIRST = b"number,name,city\n1,Dana Levi,Acre\n2,Noa Shalev,Haifa\n"
PUBLIC = "93.184.216.34"


@pytest.fixture
def web(settings):
    """A web server that the administrator allows."""
    held = []

    def start(answer, name="127.0.0.1", **more):
        server = Web(answer, **more)
        held.append(running(server))
        held[-1].__enter__()
        settings.KESHER_SOURCE_HOSTS = [*settings.KESHER_SOURCE_HOSTS, f"{name}:{server.port}"]
        return server

    yield start
    for one in held:
        one.__exit__(None, None, None)


@pytest.fixture
def names(monkeypatch):
    """A resolver that knows some names and remembers what it was asked."""
    known, asked = {}, []
    real = socket.getaddrinfo

    def look_up(host, port, **more):
        asked.append(host)
        if host not in known:
            return real(host, port, flags=socket.AI_NUMERICHOST, **more)
        answers = known[host]
        if isinstance(answers, list) and answers and isinstance(answers[0], list):
            answers = answers.pop(0) if len(answers) > 1 else answers[0]
        if not answers:
            raise socket.gaierror("no such host")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers]

    monkeypatch.setattr(hosts, "getaddrinfo", look_up)
    look_up.known, look_up.asked = known, asked
    return look_up


@pytest.fixture
def visited(monkeypatch):
    """Where a connection was made to; nobody is really there."""
    made = []

    def no_connection(address, *_more, **_named):
        made.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(hosts.socket, "create_connection", no_connection)
    return made


def customer(number):
    return Customer.objects.get(reference=number)


def test_fetched_as_it_changes_and_free_while_it_does_not(sources, web):
    served = {"body": FIRST, "etag": '"one"'}

    def answer(handler):
        if handler.headers.get("If-None-Match") == served["etag"]:
            say(handler, status=304)
        else:
            say(handler, served["body"], ETag=served["etag"])

    server = web(answer)
    feed = sources.connect(
        "address", address=f"http://127.0.0.1:{server.port}/export.csv?key=SESAME", name="Shop"
    )
    sources.begun(feed)
    runs = ImportRun.objects.count()

    feed = sources.go(feed)
    assert ImportRun.objects.count() == runs
    assert server.asked[-1][1]["If-None-Match"] == '"one"'
    assert server.asked[-1][1]["Host"] == f"127.0.0.1:{server.port}"
    heard = feed.spoke_at

    served.update(body=FIRST.replace(b"Acre", b"Eilat"), etag='"two"')
    feed = sources.go(feed)

    assert customer("1").city == "Eilat"
    assert feed.arrivals.latest("pk").name == "export.csv"
    assert feed.spoke_at > heard


def test_what_comes_back_to_a_former_state_is_taken_again(sources, web):
    bodies = [FIRST, FIRST.replace(b"Acre", b"Eilat"), FIRST]
    server = web(lambda handler: say(handler, bodies[0]))
    feed = sources.connect("address", address=f"http://127.0.0.1:{server.port}/x.csv")
    sources.begun(feed)

    for city in ("Eilat", "Acre"):
        bodies.pop(0)
        sources.go(feed)
        assert customer("1").city == city


def test_another_address_takes_the_place_of_the_first(sources, web):
    server = web(lambda handler: say(handler, FIRST, ETag='"one"'))
    feed = sources.connect("address", address=f"http://127.0.0.1:{server.port}/a.csv?key=ONE")
    sources.begun(feed)

    feed = change_feed(
        by=sources.by, feed=feed, name="Moved", rhythm="day", silent_after=0, wins={},
        secret=f"http://127.0.0.1:{server.port}/b.csv?key=TWO",
    )  # fmt: skip
    sources.go(feed)

    assert feed.place == {"address": f"http://127.0.0.1:{server.port}/b.csv?…"}
    asked, headers = server.asked[-1]
    assert asked == "/b.csv?key=TWO" and "If-None-Match" not in headers
    with pytest.raises(SourceRefused):
        change_feed(by=sources.by, feed=feed, name="Moved", rhythm="day", silent_after=0, wins={},
                    secret="http://10.0.0.1@x/")  # fmt: skip


def test_the_key_in_an_address_is_told_to_nobody(sources, web, caplog, as_member):
    server = web(lambda handler: say(handler, b"", status=500))
    feed = sources.connect(
        "address", address=f"http://127.0.0.1:{server.port}/export.csv?key=SESAME"
    )
    feed = sources.go(feed)

    assert server.asked[-1][0] == "/export.csv?key=SESAME"
    page = as_member("owner").get(f"/import/sources/{feed.pk}/").content.decode()
    changes = str(list(Change.objects.values()))
    for shown in (page, changes, feed.error, caplog.text, str(feed.place), feed.sealed):
        assert "SESAME" not in shown


def test_under_tls_the_name_is_proved(sources, web, settings, tmp_path, names):
    names.known["files.house.test"] = ["127.0.0.1"]
    right = web(lambda h: say(h, FIRST), "files.house.test",
                tls=certificate(tmp_path, "files.house.test"))  # fmt: skip
    wrong = web(lambda h: say(h, FIRST), "files.house.test",
                tls=certificate(tmp_path, "other.house.test"))  # fmt: skip
    address = "https://files.house.test:{}/list.csv".format

    feed = sources.connect("address", address=address(right.port), name="unknown authority")
    assert "cannot prove who it is" in sources.go(feed).error

    both = tmp_path / "both.pem"
    both.write_bytes(b"".join(p.read_bytes() for p in tmp_path.glob("*.house.test.pem")))
    settings.KESHER_SOURCE_AUTHORITIES = str(both)
    assert sources.go(feed).error == ""
    feed = sources.connect("address", address=address(wrong.port), name="another's name")
    assert "cannot prove who it is" in sources.go(feed).error
    assert wrong.asked == []


# ---- where Kesher does not go

INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "0.1.2.3", "2130706433",
    "0x7f000001", "0x7f.0x0.0x0.0x1", "0x7F.1", "017700000001", "0177.0.0.1", "0177.0.0.01",
    "00000177.1", "10.0.0.1", "10.255.255.255", "012.0.0.1", "167772161", "172.16.0.1",
    "172.31.255.254", "192.168.0.1", "192.168.1.254", "3232235521", "0xc0a80001", "169.254.169.254",
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "100.64.0.1", "100.127.255.254",
    "192.0.0.1", "192.0.0.170", "192.0.2.7", "192.88.99.1", "198.18.0.1", "198.19.255.254",
    "198.51.100.9", "203.0.113.5", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]",
    "[2001::1]", "[2001:0:7f00:1::]", "[2001:db8::1]", "[3fff::1]", "[fe80::1]", "[fc00::1]",
    "[fd12:3456:789a::1]", "[fec0::1]", "[ff02::1]", "[100::1]", "[5f00::1]",
    "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "127.0.0.1.", "１６９.254.169.254",
]  # fmt: skip
NO_ADDRESS = [
    "file:///etc/passwd", "ftp://files.test/x", "gopher://127.0.0.1:25/", "//127.0.0.1/",
    "http://", "http:///x", "127.0.0.1", "javascript:alert(1)", "data:text/csv,name", "http://[::1",
    "http://user@93.184.216.34/", "http://93.184.216.34@127.0.0.1/", "http://a:b@127.0.0.1/",
    "http://93.184.216.34\\@127.0.0.1/", "http://93.184.216.34:x/", "http://93.184.216.34:99999/",
    "http://93.184.216.34:0/", "http://a\r\nHost: b/", "http://x\x00y/", "jar:http://127.0.0.1!/",
    "http://" + "a" * 3000 + ".test/",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_private_host_is_visited(visited, host, scheme, tmp_path):
    with pytest.raises(SourceRefused) as refused:
        fetching.fetch(f"{scheme}://{host}/export.csv", tmp_path / "out", {})

    assert visited == []
    assert type(refused.value).__name__ in ("HostRefused", "HostUnknown", "AddressRefused")


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_plain_address_of_the_web_is_refused(visited, address, tmp_path):
    with pytest.raises(SourceRefused):
        fetching.fetch(address, tmp_path / "out", {})

    assert visited == []


@pytest.mark.parametrize(
    "answers",
    [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, "::1"], ["fe80::1%eth0"],
     ["::ffff:127.0.0.1"], []],
)  # fmt: skip
def test_a_name_is_judged_by_all_it_means(names, visited, answers, tmp_path):
    names.known["trap.test"] = answers

    with pytest.raises(SourceRefused):
        fetching.fetch("https://trap.test/x", tmp_path / "out", {})

    assert visited == []


def test_a_name_that_changes_its_meaning_is_visited_where_it_was_judged(names, visited, tmp_path):
    names.known["rebinding.test"] = [[PUBLIC], ["127.0.0.1"]]

    with pytest.raises(SourceRefused):
        fetching.fetch("http://rebinding.test/x", tmp_path / "out", {})

    assert names.asked == ["rebinding.test"]
    assert visited == [PUBLIC]


@pytest.mark.parametrize("port", [22, 25, 3306, 5432, 6379, 8080, 11211])
def test_only_the_ports_of_the_web_are_visited(visited, port, tmp_path):
    with pytest.raises(SourceRefused, match="Port"):
        fetching.fetch(f"http://{PUBLIC}:{port}/", tmp_path / "out", {})

    assert visited == []


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{}/", "http://localhost:{}/", "//127.0.0.1:{}/", "http://[::1]:{}/",
     "http://2130706433:{}/", "http://0x7f.1:{}/", "http://a@127.0.0.1:{}/", "file:///etc/passwd",
     "http://[::ffff:127.0.0.1]:{}/", "http://169.254.169.254/latest/meta-data/"],
)  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_source_that_leads_to_the_loopback_is_refused(sources, web, settings, target, status):
    inner = Web(lambda handler: say(handler, FIRST))
    with running(inner):
        outer = web(lambda handler: say(handler, status=status, Location=target.format(inner.port)))
        feed = sources.connect("address", address=f"http://127.0.0.1:{outer.port}/x")
        settings.KESHER_SOURCE_HOSTS = [f"127.0.0.1:{outer.port}"]

        feed = sources.go(feed)

    assert feed.error
    assert inner.asked == []
    assert not Arrival.objects.exists()


def test_it_may_lead_on_but_not_for_ever(sources, web):
    def answer(handler):
        turn = int(handler.path[1:])
        if turn:
            say(handler, status=302, Location=f"/{turn - 1}")
        else:
            say(handler, FIRST)

    server = web(answer)
    near = sources.connect("address", address=f"http://127.0.0.1:{server.port}/5", name="near")
    far = sources.connect("address", address=f"http://127.0.0.1:{server.port}/6", name="far")

    assert sources.go(near).error == ""
    assert "again and again" in sources.go(far).error


# ---- too much, too slow, broken


def kept(tmp_path):
    return list((tmp_path / "kept" / "imports").iterdir())


@pytest.mark.parametrize("is_told", [True, False])
def test_an_endless_source_is_stopped(sources, web, tmp_path, monkeypatch, is_told):
    monkeypatch.setattr(fetching, "MOST_BYTES", 1 << 20)
    sent = []

    def answer(handler):
        handler.send_response(200)
        if is_told:
            handler.send_header("Content-Length", str(3 * 1024**3))
        else:
            handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        piece = b"number,name\n" * 5000
        while True:
            handler.wfile.write(piece if is_told else b"%x\r\n%s\r\n" % (len(piece), piece))
            sent.append(len(piece))

    server = web(answer)
    feed = sources.connect("address", address=f"http://127.0.0.1:{server.port}/huge.csv")

    assert "more than 1 MB" in sources.go(feed).error
    assert kept(tmp_path) == []
    assert sum(sent) < 64 << 20


def dripping(begin):
    def speak(sock):
        sock.recv(4096)
        sock.sendall(begin)
        while True:
            sock.sendall(b"x")
            time.sleep(0.02)

    return speak


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["no answer", "in the headers", "in the body"],
)  # fmt: skip
def test_a_source_that_drips_is_given_up(sources, settings, tmp_path, begin):
    server = Silent(dripping(begin))
    waiting = fetching.patience.set(0.3)
    with running(server):
        settings.KESHER_SOURCE_HOSTS = [f"127.0.0.1:{server.port}"]
        feed = sources.connect("address", address=f"http://127.0.0.1:{server.port}/x")
        feed = sources.go(feed)
    fetching.patience.reset(waiting)

    assert "took longer than" in feed.error
    assert kept(tmp_path) == []


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nnumber,name\n1,Da", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnumbe", "hangs up"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "hangs up"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "hangs up"),
        (b"", "hangs up"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "hangs up"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b", "packed data"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "answer 401"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "answer 404"),
        (b"HTTP/1.1 302 On\r\nContent-Length: 0\r\n\r\n", "answer 302"),
    ],
)
def test_a_broken_answer_is_refused_in_words(sources, settings, tmp_path, spoken, words):
    def speak(sock):
        sock.recv(4096)
        sock.sendall(spoken)

    with running(Silent(speak)) as server:
        settings.KESHER_SOURCE_HOSTS = [f"127.0.0.1:{server.port}"]
        feed = sources.connect("address", address=f"http://127.0.0.1:{server.port}/x")
        feed = sources.go(feed)

    assert words in feed.error
    assert kept(tmp_path) == []
    assert not Arrival.objects.exists()


def test_a_failing_source_is_asked_again_sooner_than_in_its_turn(sources, web):
    server = web(lambda handler: say(handler, status=503))
    feed = sources.connect("address", address=f"http://127.0.0.1:{server.port}/x", rhythm="day")

    feed = sources.go(feed)
    assert (feed.due_at - sources.now).total_seconds() == 600
    feed = sources.go(feed)
    assert (feed.due_at - sources.now).total_seconds() == 1200
    assert feed.failures == 2


@pytest.mark.parametrize(
    ("address", "is_open"),
    [(PUBLIC, True), ("8.8.8.8", True), ("2606:2800:220:1::1", True), ("1.1.1.1", True),
     ("2001:4860:4860::8888", True), ("127.0.0.1", False), ("nonsense", False)],
)  # fmt: skip
def test_public_hosts_are_open(address, is_open):
    assert hosts.is_public(address) is is_open


def test_due_when_its_turn_comes(sources):
    from kesher.core.feeds.queries import feeds_due

    feed = sources.connect(folder=".", pattern="*")
    assert feeds_due(sources.now) == [feed.pk]
    feed = sources.go(feed)
    assert feeds_due(sources.now) == []
    assert feeds_due(feed.due_at) == [feed.pk]
    Feed.objects.update(state="paused")
    assert feeds_due(datetime(2030, 1, 1, tzinfo=UTC)) == []
