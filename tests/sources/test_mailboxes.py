"""Attachments of a mailbox as a source, from a server that really speaks."""

import pytest

from kesher.core.feeds import fetching, going, mailboxes
from kesher.core.feeds.models import Feed
from kesher.core.feeds.refusals import HostRefused, PortRefused
from kesher.core.importing.models import ImportRun
from kesher.core.models import Change
from kesher.customers.models import Customer
from tests.sources.post import Post, mail
from tests.sources.servers import Silent, certificate, running, under_tls
from tests.sources.test_folders import Killed, killed

pytestmark = pytest.mark.django_db
HEAD = "number,name,city\n"


@pytest.fixture
def trusted(tmp_path, settings):
    path = certificate(tmp_path)
    settings.KESHER_SOURCE_AUTHORITIES = str(path)
    return path


@pytest.fixture
def post(trusted, settings):
    with running(Post(trusted)) as server:
        settings.KESHER_SOURCE_HOSTS = [f"localhost:{server.port}"]
        yield server


@pytest.fixture
def connect(sources, post):
    def connect(**more):
        place = {"host": f"localhost:{post.port}", "user": "office", "folder": "INBOX",
                 "sender": "", "pattern": "*.csv"}  # fmt: skip
        secret = more.pop("secret", post.password)
        return sources.connect("mailbox", secret=secret, **(place | more))

    return connect


def customer(number):
    return Customer.objects.get(reference=number)


@pytest.mark.parametrize("plain", [True, False])
def test_attachments_are_taken_mail_by_mail(connect, sources, post, plain):
    post.plain = plain
    if not plain:
        post.password = "secret word"
    post.deliver(mail(1, ("list.csv", HEAD + "1,Dana Levi,Acre\n"), ("logo.png", "x")))
    feed = connect()
    sources.begun(feed)
    assert customer("1").city == "Acre"

    post.deliver(mail(2))
    post.deliver(mail(3, ("a.csv", HEAD + "1,Dana Levi,Eilat\n"), ("b.CSV", HEAD + "2,Noa,Lod\n")))
    feed = sources.go(feed)

    assert feed.error == ""
    assert (customer("1").city, customer("2").city) == ("Eilat", "Lod")
    assert [a.name for a in feed.arrivals.order_by("pk")] == ["list.csv", "a.csv", "b.CSV"]
    assert feed.seen["uid"] == 3
    asked = len(post.said)
    sources.go(feed)
    assert feed.arrivals.count() == 3
    assert not any("FETCH" in command for command in post.said[asked:])


def test_nothing_in_the_mailbox_is_changed(connect, sources, post):
    post.deliver(mail(1, ("list.csv", HEAD + "1,Dana,Acre\n")))
    sources.go(connect())

    assert any(command.startswith("EXAMINE") for command in post.said)
    assert not any(word in " ".join(post.said) for word in ("SELECT", "STORE", "BODY[]", "EXPUNGE"))


def test_only_from_the_sender_who_is_named(connect, sources, post):
    for number, sender in enumerate(
        ["export@supplier.test", "EXPORT@SUPPLIER.TEST", "x@evil.test",
         "export@supplier.test.evil.test", "other@supplier.test"]
    ):  # fmt: skip
        post.deliver(mail(number + 1, (f"{number}.csv", f"{HEAD}{number},N,C\n"), sender=sender))
    one = connect(name="one", sender="export@supplier.test")
    all_of_them = connect(name="all", sender="@supplier.test")
    for feed in (one, all_of_them):
        sources.go(feed)

    assert [a.name for a in one.arrivals.order_by("pk")] == ["0.csv", "1.csv"]
    assert [a.name for a in all_of_them.arrivals.order_by("pk")] == ["0.csv", "1.csv", "4.csv"]


def test_mails_that_are_numbered_anew_are_not_taken_again(connect, sources, post):
    post.deliver(mail(1, ("list.csv", HEAD + "1,Dana Levi,Acre\n")))
    post.deliver(mail("", ("bare.csv", HEAD + "2,Noa Bar,Lod\n")))
    feed = sources.go(connect())
    assert feed.arrivals.count() == 2

    post.validity = 8
    post.folders["INBOX"] = [(uid + 40, content) for uid, content in post.folders["INBOX"]]
    post.deliver(mail(3, ("more.csv", HEAD + "3,Eli Gal,Safed\n")))
    feed = sources.go(feed)

    assert [a.name for a in feed.arrivals.order_by("pk")] == ["list.csv", "bare.csv", "more.csv"]
    assert feed.seen == {"validity": 8, "uid": 43}


def test_killed_between_two_attachments_loses_and_doubles_none(
    connect, sources, post, monkeypatch
):  # fmt: skip
    post.deliver(mail(1, ("a.csv", HEAD + "1,Dana,Acre\n"), ("b.csv", HEAD + "2,Noa,Lod\n")))
    feed = connect()
    real, calls = going._keep, []

    def keep_one(*args):
        calls.append(1)
        return killed() if len(calls) == 2 else real(*args)

    with monkeypatch.context() as broken:
        broken.setattr(going, "_keep", keep_one)
        with pytest.raises(Killed):
            sources.go(feed)
    Feed.objects.update(busy_until=None)
    sources.go(feed)

    assert [a.name for a in feed.arrivals.order_by("pk")] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("folder", ["Exports", "יצוא & Co", 'a "b" \\c'])
def test_folders_of_any_name(connect, sources, post, folder):
    wire = {
        "Exports": "Exports",
        "יצוא & Co": "&BdkF5gXVBdA- &- Co",
        'a "b" \\c': 'a \\"b\\" \\\\c',
    }
    post.deliver(mail(1, ("list.csv", HEAD + "1,Dana,Acre\n")), wire[folder])
    feed = sources.go(connect(folder=folder))

    assert feed.error == ""
    assert feed.arrivals.count() == 1


def test_names_of_attachments_in_hebrew(connect, sources, post):
    post.deliver(mail(1, ("לקוחות.csv", HEAD + "1,דנה,עכו\n")))
    feed = sources.go(connect())

    assert feed.arrivals.get().name == "לקוחות.csv"
    assert ImportRun.objects.get().file_name == "לקוחות.csv"


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"secret": "wrong"}, "refuses the user name or password"),
        ({"user": "some body"}, "refuses the user name or password"),
        ({"folder": "Nowhere"}, "no folder “Nowhere”"),
        ({"folder": "a\r\nb LOGOUT"}, "does not speak as a mailbox"),
    ],
)
def test_what_is_wrong_is_said(connect, sources, place, words):
    assert words in sources.go(connect(**place)).error


def test_the_password_is_told_to_nobody_but_the_server(connect, sources, post, caplog, as_member):
    post.password = "SESAME-open"
    feed = connect(secret="SESAME-open")
    assert sources.go(feed).error == ""
    post.password = "changed"
    feed = sources.go(feed)
    assert "refuses" in feed.error

    page = as_member("owner").get(f"/import/sources/{feed.pk}/").content.decode()
    held = str(Feed.objects.values()) + str(list(Change.objects.values())) + caplog.text + page
    assert "SESAME" not in held + feed.error + repr(feed.__dict__)


def test_without_a_valid_certificate_no_password_is_sent(connect, sources, post, settings):
    settings.KESHER_SOURCE_AUTHORITIES = ""

    assert "cannot prove who it is" in sources.go(connect()).error
    assert post.said == []


@pytest.mark.parametrize(
    ("host", "refusal"),
    [("127.0.0.1", HostRefused), ("[::1]", HostRefused), ("10.0.0.5:993", HostRefused),
     ("2130706433", HostRefused), ("93.184.216.34:143", PortRefused),
     ("93.184.216.34:25", PortRefused), ("93.184.216.34:x", PortRefused)],
)  # fmt: skip
def test_private_servers_are_not_visited(sources, host, refusal):
    with pytest.raises(refusal):
        sources.connect("mailbox", secret="x", host=host, user="u", folder="", pattern="*")


def test_a_mail_that_breaks_off_is_read_again(connect, sources, post):
    post.deliver(mail(1, ("list.csv", HEAD + "1,Dana Levi,Acre\n")))
    post.cut_after = 300
    feed = connect()
    assert "does not answer, or hangs up" in sources.go(feed).error
    assert feed.arrivals.count() == 0

    post.cut_after = None
    assert sources.go(feed).error == ""
    assert feed.arrivals.count() == 1


def test_a_server_that_announces_too_much_is_left(connect, sources, post):
    post.deliver(mail(1, ("list.csv", HEAD + "1,Dana,Acre\n")))
    post.announced = 3 * 1024**3

    assert "does not answer, or hangs up" in sources.go(connect()).error


def test_a_mail_too_large_is_passed_over_and_named(connect, sources, post, monkeypatch):
    monkeypatch.setattr(mailboxes, "MOST_MAIL", 2000)
    post.deliver(mail(1, ("big.csv", HEAD + "1,Dana,Acre\n" * 500)))
    post.deliver(mail(2, ("list.csv", HEAD + "1,Dana,Acre\n")))
    feed = sources.go(connect())

    assert [(a.name, a.state) for a in feed.arrivals.order_by("pk")] == [
        ("Today's list", "refused"), ("list.csv", "waiting"),
    ]  # fmt: skip
    assert "“Today's list” is larger" in feed.arrivals.first().error


@pytest.mark.parametrize(
    "speech", [b"* OK hi\r\nnonsense\r\n" * 3, b"\x00\xff" * 50 + b"\r\n", b"HTTP/1.1 400\r\n\r\n"]
)
def test_what_is_no_mail_server_is_left(sources, trusted, settings, speech):
    context = under_tls(trusted)

    def speak(sock):
        with context.wrap_socket(sock, server_side=True) as secure:
            secure.sendall(speech)
            secure.recv(4096)

    with running(Silent(speak)) as server:
        settings.KESHER_SOURCE_HOSTS = [f"localhost:{server.port}"]
        waiting = fetching.patience.set(3)
        feed = sources.connect("mailbox", secret="x", host=f"localhost:{server.port}", user="u",
                               folder="", pattern="*")  # fmt: skip
        feed = sources.go(feed)
        fetching.patience.reset(waiting)

    assert feed.error
