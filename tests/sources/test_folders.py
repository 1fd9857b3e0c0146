"""A folder as a source: what is new is taken once, in order, whatever happens in between."""

import os
from datetime import timedelta

import pytest

from kesher.core.feeds import going
from kesher.core.feeds.commands import change_feed
from kesher.core.feeds.folders import MOST_BYTES
from kesher.core.feeds.models import Arrival, Feed
from kesher.core.feeds.queries import last_arrival, pattern_of
from kesher.core.feeds.refusals import FolderRefused, NoFolders, PatternRefused
from kesher.core.importing.commands import take_back
from kesher.core.importing.models import ImportRun
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer

pytestmark = pytest.mark.django_db
FIRST = "number,name,city\n1,Dana Levi,Acre\n2,Noa Shalev,Haifa\n"


def customer(number):
    return Customer.objects.get(reference=number)


def put(folder, name, content, at):
    path = folder / name
    path.write_text(content)
    os.utime(path, (at, at))
    return path


def kept(tmp_path):
    return sorted(p.name for p in (tmp_path / "kept" / "imports").iterdir())


def test_what_changes_there_changes_here(sources, folder, tmp_path):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)
    assert customer("1").city == "Acre"

    put(folder, "list.csv", FIRST.replace("Acre", "Eilat") + "3,Eli Bar,Safed\n", 2000)
    feed = sources.go(feed)

    assert (customer("1").city, customer("3").name) == ("Eilat", "Eli Bar")
    run = sources.last_run(feed)
    assert (run.state, run.counts["created"], run.counts["updated"]) == ("done", 1, 1)
    assert feed.changed_at == sources.now and feed.error == ""

    undone = take_back(by=sources.by, run=run)
    assert undone.restored == 2 and customer("1").city == "Acre"


@pytest.mark.parametrize(
    ("headings", "match"),
    [("name,phone,city", ["phone"]), ("name,email,phone,city", ["phone", "email"]), ("name,city", ["name"])],
)  # fmt: skip
def test_a_source_without_numbers_tells_people_by_what_it_has(sources, folder, headings, match):
    held = {"name": "Dana Bar", "phone": "052-1112233", "email": "dana@bar.test", "city": "Acre"}

    def lines(**values):
        return f"{headings}\n{','.join((held | values)[name] for name in headings.split(','))}\n"

    put(folder, "list.csv", lines(), 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    assert sources.begun(feed).match == match

    put(folder, "list.csv", lines(city="Eilat"), 2000)
    run = sources.last_run(sources.go(feed))
    assert (run.counts["created"], run.counts["updated"]) == (0, 1)
    assert Customer.objects.get(name="Dana Bar").city == "Eilat"


def test_what_counts_as_the_same_is_changed_later(sources, folder):
    put(folder, "list.csv", "name,phone,city\nDana Bar,052-1112233,Acre\n", 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)

    change_feed(
        by=sources.by, feed=feed, name="Reception", rhythm="day", silent_after=0, wins={},
        match=["name"],
    )  # fmt: skip
    put(folder, "list.csv", "name,phone,city\nDana Bar,052-9998877,Lod\n", 2000)
    run = sources.last_run(sources.go(feed, hours=24))

    assert run.match == ["name"]
    assert (run.counts["created"], run.counts["updated"]) == (0, 1)
    assert Customer.objects.get(name="Dana Bar").city == "Lod"


def test_nothing_new_makes_no_import_and_leaves_no_file(sources, folder, tmp_path):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)
    files, runs = kept(tmp_path), ImportRun.objects.count()

    sources.go(feed)  # nobody touched it
    put(folder, "list.csv", FIRST, 2000)  # written anew, the same
    sources.go(feed)
    put(folder, "list.csv", FIRST.replace("\n1,", "\n\n1,"), 3000)  # other bytes that say the same
    sources.go(feed)

    assert ImportRun.objects.count() == runs
    assert kept(tmp_path) == files
    assert list(feed.arrivals.order_by("pk").values_list("state", flat=True)) == [
        "taken", "same", "same",
    ]  # fmt: skip


def test_files_are_taken_in_the_order_in_which_they_were_written(sources, folder):
    put(folder, "b.csv", "number,name,city\n1,Dana Levi,Second\n", 2000)
    put(folder, "a.csv", "number,name,city\n1,Dana Levi,Third\n", 3000)
    put(folder, "c.csv", "number,name,city\n1,Dana Levi,First\n", 1000)
    put(folder, "d.txt", "number,name,city\n1,Dana Levi,Never\n", 4000)
    feed = sources.connect(folder="", pattern="*.csv")

    sources.go(feed)
    assert [a.name for a in feed.arrivals.order_by("pk")] == ["c.csv", "b.csv", "a.csv"]
    run = feed.arrivals.order_by("pk").first().run
    from kesher.core.importing.commands import take_in

    take_in(by=sources.by, run=run)
    sources.go(feed)

    assert customer("1").city == "Third"
    assert pattern_of(feed).file_name == "a.csv"


def test_columns_may_change_their_places_but_not_vanish(sources, folder):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)

    put(folder, "list.csv", "city,extra,name,number\nTiberias,x,Dana Levi,1\n", 2000)
    sources.go(feed)
    assert customer("1").city == "Tiberias"

    put(folder, "list.csv", "number,name,town\n1,Dana Levi,Lod\n", 3000)
    feed = sources.go(feed)
    assert "has no column “city”" in feed.error
    assert last_arrival(feed).state == "refused"
    assert customer("1").city == "Tiberias"
    assert "has no column" in sources.go(feed).error  # it stays said

    put(folder, "list.csv", FIRST, 4000)
    assert sources.go(feed).error == ""


@pytest.mark.parametrize(
    "typed", ["..", "../x", "/etc", "a/../../..", "inside/../../outside", "link", "/proc/self/root"]
)
def test_a_folder_that_climbs_is_refused(sources, folder, tmp_path, typed):
    (tmp_path / "outside").mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")

    with pytest.raises(FolderRefused):
        sources.connect(folder=typed, pattern="*")
    assert not Feed.objects.exists()


def test_a_file_that_leads_out_is_refused(sources, folder, tmp_path):
    (tmp_path / "secret.csv").write_text(FIRST)
    (folder / "list.csv").symlink_to(tmp_path / "secret.csv")
    feed = sources.connect(folder=".", pattern="*.csv")

    assert "leads out of the folder" in sources.go(feed).error
    assert list(feed.arrivals.values_list("state", "path", "run")) == [("refused", "", None)]
    assert kept(tmp_path) == []


def test_a_folder_that_becomes_a_way_out_is_refused(sources, folder, tmp_path):
    (folder / "in").mkdir()
    put(folder / "in", "list.csv", FIRST, 1000)
    feed = sources.connect(folder="in", pattern="*.csv")
    (tmp_path / "out").mkdir()
    put(tmp_path / "out", "list.csv", FIRST, 1000)
    (folder / "in").rename(folder / "was")
    (folder / "in").symlink_to(tmp_path / "out")

    assert "does not lie below" in sources.go(feed).error
    assert not Arrival.objects.exists()


def test_a_link_that_stays_inside_is_followed(sources, folder):
    (folder / "exports").mkdir()
    put(folder / "exports", "2026-05.csv", FIRST, 1000)
    (folder / "latest.csv").symlink_to("exports/2026-05.csv")
    feed = sources.connect(folder=".", pattern="*.csv")

    sources.begun(feed)

    assert customer("1").name == "Dana Levi"


@pytest.mark.parametrize("pattern", ["../*.csv", "a/b", "a\\b", "x" * 101, "\x00"])
def test_a_pattern_with_a_folder_in_it_is_refused(sources, folder, pattern):
    with pytest.raises(PatternRefused):
        sources.connect(folder=".", pattern=pattern)


def test_without_open_folders_there_are_no_such_sources(sources, settings):
    settings.KESHER_SOURCE_FOLDERS = []

    with pytest.raises(NoFolders):
        sources.connect(folder="/", pattern="*")


def test_three_gigabytes_are_refused_without_being_read(sources, folder, tmp_path):
    with (folder / "huge.csv").open("wb") as file:
        file.write(FIRST.encode())
        file.truncate(3 * 1024**3)  # takes no room on the disk
    os.utime(folder / "huge.csv", (1000, 1000))
    put(folder, "list.csv", FIRST, 500)
    feed = sources.connect(folder=".", pattern="*.csv")

    feed = sources.go(feed)

    assert f"more than {MOST_BYTES // 1024**2} MB" in feed.error
    states = dict(feed.arrivals.values_list("name", "state"))
    assert states == {"list.csv": "waiting", "huge.csv": "refused"}
    assert len(kept(tmp_path)) == 1


def test_what_is_no_file_is_passed_over(sources, folder):
    os.mkfifo(folder / "pipe.csv")
    (folder / "folder.csv").mkdir()
    (folder / "dead.csv").symlink_to("nowhere")
    (folder / ".hidden.csv").write_text(FIRST)
    feed = sources.connect(folder=".", pattern="*.csv")

    assert sources.go(feed).error == ""
    assert not Arrival.objects.exists()


def test_killed_between_fetch_and_import_goes_on(sources, folder, monkeypatch):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)
    put(folder, "list.csv", FIRST.replace("Acre", "Eilat"), 2000)

    for name in ("_take_all", "_opened", "take_in", "_end"):
        with monkeypatch.context() as broken:
            broken.setattr(going, name, killed)
            with pytest.raises(Killed):
                sources.go(feed)
        Feed.objects.update(busy_until=None)
    assert customer("1").city == "Eilat"  # the last was killed after the import
    sources.go(feed)

    arrivals = feed.arrivals.order_by("pk")
    assert list(arrivals.values_list("state", flat=True)) == ["taken", "taken"]
    assert ImportRun.objects.filter(arrival__feed=feed).count() == 2
    assert ImportRun.objects.count() == 2


class Killed(BaseException):
    """The process is gone."""


def killed(*_args, **_named):
    raise Killed


def test_two_at_once_do_not_fetch(sources, folder):
    feed = sources.connect(folder=".", pattern="*.csv")
    Feed.objects.update(busy_until=sources.now + going.LEASE * 100)

    with pytest.raises(Refusal, match="being fetched right now"):
        sources.go(feed)


def test_a_claim_of_a_dead_process_ends(sources, folder):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    Feed.objects.update(busy_until=sources.now + going.LEASE)

    sources.go(feed)

    assert last_arrival(feed).run.state == "read"
    assert Feed.objects.get().busy_until is None


def test_an_import_that_was_taken_back_is_not_brought_again(sources, folder):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    run = sources.begun(feed)
    take_back(by=sources.by, run=run)
    put(folder, "list.csv", FIRST + "3,Eli Bar,Safed\n", 2000)

    feed = sources.go(feed)

    assert feed.state == "paused" and "taken back" in feed.error
    assert not Customer.objects.filter(reference="3").exists()


def test_a_file_that_is_no_table_does_not_block_the_next(sources, folder):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)
    put(folder, "broken.csv", 'number,name\n"1,x\n', 2000)
    put(folder, "next.csv", FIRST.replace("Acre", "Eilat"), 3000)

    feed = sources.go(feed)

    assert customer("1").city == "Eilat"
    states = dict(feed.arrivals.values_list("name", "state"))
    assert states == {"list.csv": "taken", "broken.csv": "refused", "next.csv": "taken"}


def test_files_that_nobody_needs_are_forgotten(sources, folder, tmp_path):
    put(folder, "list.csv", FIRST, 1000)
    feed = sources.connect(folder=".", pattern="*.csv")
    sources.begun(feed)
    put(folder, "broken.csv", 'number,name\n"1,x\n', 2000)
    sources.go(feed)
    left = tmp_path / "kept" / "imports" / "left"  # by a round that was cut off
    for path in (left, *(tmp_path / "kept" / "imports").iterdir()):
        path.touch()
        os.utime(path, (1000, 1000))
    held = set(kept(tmp_path))

    going.forget_arrivals(sources.now)
    assert held - set(kept(tmp_path)) == {"left"}
    going.forget_arrivals(sources.now + timedelta(days=31))
    assert len(kept(tmp_path)) == 1  # that of the import, which has a month of its own
    assert feed.arrivals.filter(path="").count() == 2
