"""The pages of sources: connect, choose the columns, see what came, and nothing of a secret."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kesher.core.feeds.models import Feed
from kesher.core.feeds.queries import last_arrival
from kesher.core.importing.models import ImportRun
from kesher.core.jobs import enqueue_due
from kesher.core.models import Change
from kesher.core.sealing import SealBroken, seal, unseal
from kesher.customers.models import Customer
from kesher.web.importing import feeding
from tests.sources.post import Post, mail
from tests.sources.servers import certificate, running
from tests.sources.test_folders import FIRST, put

pytestmark = pytest.mark.django_db
FORM = {"way": "folder", "name": "Old program", "folder": ".", "pattern": "*.csv",
        "rhythm": "hour", "silent_after": "7"}  # fmt: skip


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def chosen(page):
    """What is ticked as telling the same one."""
    boxes = re.findall(r'name="match" value="(\w+)"( checked)?', page.content.decode())
    return [name for name, is_on in boxes if is_on]


def fetched(feed):
    """Its turn has come, and the worker takes it."""
    Feed.objects.filter(pk=feed.pk).update(due_at=timezone.now())
    feeding.fetch_source.func(feed.pk)


def test_from_a_folder_to_what_changes_by_itself(as_member, folder):
    put(folder, "list.csv", FIRST, 1000)
    browser = as_member("owner")
    assert "Files that another program puts" in text_of(browser.get(reverse("sources")))

    wizard = browser.post(reverse("source-new"), FORM, follow=True)
    run = ImportRun.objects.get()
    assert wizard.redirect_chain == [(reverse("import-file", args=[run.pk]), 302)]
    assert "3 of 3 recognised" in text_of(wizard)
    feed = Feed.objects.get()
    page = text_of(browser.get(reverse("source", args=[feed.pk])))
    assert "Waits for its columns" in page

    browser.post(
        reverse("import-columns", args=[run.pk]),
        {"kind": "customers", "column-0": "reference", "column-1": "name", "column-2": "city"},
    )
    browser.post(reverse("import-start", args=[run.pk]))
    put(folder, "list.csv", FIRST.replace("Acre", "Eilat"), 2000)
    fetched(feed)

    assert Customer.objects.get(reference="1").city == "Eilat"
    page = text_of(browser.get(reverse("source", args=[feed.pk])))
    assert "Connected" in page
    assert re.search(r"new 2 ?, changed 0", page) and re.search(r"new 0 ?, changed 1", page)


def test_the_first_import_counts_at_once(as_member, folder):
    put(folder, "list.csv", FIRST, 1000)
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    feed = Feed.objects.get()
    assert feed.changed_at is None

    browser.post(reverse("import-start", args=[ImportRun.objects.get().pk]))

    feed.refresh_from_db()
    assert feed.changed_at is not None
    assert last_arrival(feed).state == "taken"


def test_what_counts_as_the_same_is_said_on_the_page(as_member, folder):
    put(folder, "list.csv", FIRST.replace("number", "colour"), 1000)
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    feed = Feed.objects.get()
    at, change = reverse("source", args=[feed.pk]), reverse("source-change", args=[feed.pk])
    assert 'name="match"' not in browser.get(at).content.decode()  # nobody knows what it holds yet
    browser.post(reverse("import-start", args=[ImportRun.objects.get().pk]))
    form = {"name": "Old program", "rhythm": "day", "silent_after": "0"}
    assert chosen(browser.get(at)) == ["name"]

    browser.post(change, form | {"asks_match": "1", "match": ["phone", "email"]})
    assert chosen(browser.get(at)) == ["phone", "email"]
    browser.post(change, form)
    assert chosen(browser.get(at)) == ["phone", "email"]
    browser.post(change, form | {"asks_match": "1"})
    assert chosen(browser.get(at)) == []
    refused = browser.post(change, form | {"asks_match": "1", "match": "shoes"})
    assert refused.status_code == 422 and "cannot be matched by “shoes”" in text_of(refused)


def test_who_wins_is_said_on_the_page(as_member, folder):
    put(folder, "list.csv", FIRST, 1000)
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    browser.post(reverse("import-start", args=[ImportRun.objects.get().pk]))
    feed = Feed.objects.get()
    page = browser.get(reverse("source", args=[feed.pk])).content.decode()
    assert 'name="wins-city"' in page

    browser.post(
        reverse("source-change", args=[feed.pk]),
        {"name": "Renamed", "rhythm": "day", "silent_after": "31", "wins-city": "source",
         "wins-name": "here", "wins-x": "nonsense"},
    )  # fmt: skip

    feed.refresh_from_db()
    assert (feed.name, feed.rhythm, feed.silent_after) == ("Renamed", "day", 31)
    assert feed.wins == {"city": "source"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"folder": "../.."}, "does not lie below one that is open"),
        ({"folder": "nowhere"}, "There is no folder"),
        ({"pattern": "../*"}, "is no name of files"),
        ({"name": ""}, "required"),
        ({"way": "address", "address": "http://127.0.0.1/x"}, "lies inside a private network"),
        ({"way": "address", "address": "file:///etc/passwd"}, "no address that can be fetched"),
        ({"way": "database", "address": "postgresql://u@10.0.0.1/x", "table": "t"},
         "lies inside a private network"),
        ({"way": "mailbox", "host": "127.0.0.1", "user": "u", "password": "SESAME"},
         "lies inside a private network"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_not_kept(as_member, folder, changed, words):
    answer = as_member("owner").post(reverse("source-new"), FORM | changed)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "SESAME" not in answer.content.decode()
    assert not Feed.objects.exists()


def test_a_password_is_typed_once_and_never_shown(as_member, tmp_path, settings, caplog):
    path = certificate(tmp_path)
    settings.KESHER_SOURCE_AUTHORITIES = str(path)
    browser = as_member("owner")
    with running(Post(path)) as post:
        settings.KESHER_SOURCE_HOSTS = [f"localhost:{post.port}"]
        post.password = "SESAME one"
        post.deliver(mail(1, ("list.csv", FIRST)))
        form = FORM | {"way": "mailbox", "host": f"localhost:{post.port}", "user": "office",
                       "password": "SESAME wrong", "folder": "INBOX", "sender": ""}  # fmt: skip
        refused = browser.post(reverse("source-new"), form)
        assert "refuses the user name or password" in text_of(refused)
        browser.post(reverse("source-new"), form | {"password": "SESAME one"})
        feed = Feed.objects.get()

        post.password = "SESAME two"
        browser.post(
            reverse("source-change", args=[feed.pk]),
            {"name": "Mail", "rhythm": "day", "silent_after": "0", "secret": "SESAME two"},
        )
        fetched(feed)

    feed.refresh_from_db()
    assert feed.error == ""
    pages = [refused, *(browser.get(reverse(n, args=a)) for n, a in (
        ("sources", []), ("source", [feed.pk]), ("import-file", [ImportRun.objects.get().pk])))]  # fmt: skip
    told = "".join(page.content.decode() for page in pages) + caplog.text
    told += str(Feed.objects.values()) + str(list(Change.objects.values()))
    assert "SESAME" not in told
    assert unseal(feed.sealed, "source") == "SESAME two"


def test_what_is_sealed_opens_here_alone(settings):
    sealed = seal("SESAME", "source")
    assert "SESAME" not in sealed
    with pytest.raises(SealBroken):
        unseal(sealed, "second step")
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(SealBroken):
        unseal(sealed, "source")


def test_the_clock_has_it_fetched(as_member, folder):
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    put(folder, "list.csv", FIRST, 1000)
    assert feeding.ask_whose_turn.func() == 0  # it was asked a moment ago
    Feed.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    enqueue_due(now=timezone.now())
    enqueue_due(now=timezone.now() + timedelta(minutes=2))
    assert DBTaskResult.objects.filter(task_path=feeding.ask_whose_turn.module_path).exists()

    assert feeding.ask_whose_turn.func() == 1
    task = DBTaskResult.objects.get(task_path=feeding.fetch_source.module_path)
    task.task.call(*task.args_kwargs["args"])
    assert feeding.ask_whose_turn.func() == 0
    assert ImportRun.objects.get().state == "read"


def test_paused_nothing_is_fetched(as_member, folder):
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    feed = Feed.objects.get()
    browser.post(reverse("source-pausing", args=[feed.pk]))
    put(folder, "list.csv", FIRST, 1000)
    fetched(feed)
    assert not ImportRun.objects.exists()

    browser.post(reverse("source-fetching", args=[feed.pk]))
    fetched(feed)
    assert ImportRun.objects.exists()


def test_columns_are_chosen_anew(as_member, folder):
    put(folder, "list.csv", FIRST, 1000)
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    browser.post(reverse("import-start", args=[ImportRun.objects.get().pk]))
    feed = Feed.objects.get()
    put(folder, "list.csv", FIRST.replace("city", "where").replace("Acre", "Lod"), 2000)
    fetched(feed)
    page = text_of(browser.get(reverse("source", args=[feed.pk])))
    assert "has no column “city”" in page and "Choose the columns anew" in page

    answer = browser.post(reverse("source-columns", args=[feed.pk]))
    run = ImportRun.objects.latest("pk")
    assert answer["Location"] == reverse("import-file", args=[run.pk])
    browser.post(
        reverse("import-columns", args=[run.pk]),
        {"kind": "customers", "column-0": "reference", "column-1": "name", "column-2": "city"},
    )
    browser.post(reverse("import-start", args=[run.pk]))
    assert Customer.objects.get(reference="1").city == "Lod"

    browser.post(reverse("source-fetching", args=[feed.pk]))
    put(folder, "list.csv", FIRST.replace("city", "where").replace("Acre", "Safed"), 3000)
    fetched(feed)
    assert Customer.objects.get(reference="1").city == "Safed"


def test_disconnected_what_it_brought_stays(as_member, folder, tmp_path):
    put(folder, "list.csv", FIRST, 1000)
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    browser.post(reverse("import-start", args=[ImportRun.objects.get().pk]))
    feed = Feed.objects.get()

    browser.post(reverse("source-deleting", args=[feed.pk]))

    assert not Feed.objects.exists()
    assert Customer.objects.filter(reference="1").exists()
    assert ImportRun.objects.get().state == "done"


def test_from_a_terminal(as_member, folder, capsys):
    put(folder, "list.csv", FIRST, 1000)
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    browser.post(reverse("import-start", args=[ImportRun.objects.get().pk]))
    put(folder, "list.csv", FIRST.replace("Acre", "Eilat"), 2000)

    call_command("source", "fetch", "old program")
    assert "updated 1" in capsys.readouterr().out
    assert Customer.objects.get(reference="1").city == "Eilat"
    call_command("source", "list")
    assert capsys.readouterr().out.startswith("Old program\tfolder\ton\tlast heard 2")
    with pytest.raises(CommandError, match="no source called"):
        call_command("source", "fetch", "other")


def test_a_task_that_waited_too_long_does_nothing(as_member, folder):
    browser = as_member("owner")
    browser.post(reverse("source-new"), FORM)
    put(folder, "list.csv", FIRST, 1000)

    feeding.fetch_source.func(Feed.objects.get().pk)  # it was fetched when it was connected

    assert not ImportRun.objects.exists()
