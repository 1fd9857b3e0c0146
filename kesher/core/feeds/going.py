"""One round of a source: fetch what is new, then take it in, file by file, as ordinary imports.

What was fetched is written down before it is taken in, and each file has a key: a round that was
cut off anywhere is gone on with by the next, and nothing comes twice.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.db import OperationalError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from kesher.core.access import Actor
from kesher.core.feeds.models import Arrival, Conflict, Feed
from kesher.core.feeds.queries import last_arrival, match_of, pattern_of, require_connecting
from kesher.core.feeds.refusals import FetchedElsewhere
from kesher.core.feeds.trouble import note_trouble
from kesher.core.feeds.ways import Brought, way_of
from kesher.core.importing.commands import choose_columns, open_import, take_in
from kesher.core.importing.keeping import KEPT, files_kept, forget_run
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import file_of, kind_of, rows_of
from kesher.core.importing.recognising import Said, telling
from kesher.core.refusal import Refusal

MOST_WAITING = 50  # files of one round; the rest waits for the next
STEPS = {Feed.Rhythm.HOUR: timedelta(hours=1), Feed.Rhythm.DAY: timedelta(days=1)}
TRY_AGAIN = timedelta(minutes=10)
LEASE = timedelta(seconds=90)
RENEWED = 20.0  # seconds
SURELY_OVER = timedelta(days=2)  # nobody is still writing what nobody has claimed since
Run = ImportRun.State


def go_round(*, by: Actor, feed: Feed, now: datetime) -> Feed:
    """Fetch a source and take in what is new, as the member who connected it."""
    require_connecting(by)
    with _claimed(feed, now):
        feed.refresh_from_db()
        if _was_taken_back(feed):
            return feed
        try:
            _fetch(feed, now)
            _take_all(by, feed, now)
        except Refusal as refusal:
            _note_failure(feed, str(refusal), now)
        except Exception:
            _note_failure(feed, _("Something went wrong inside Kesher. It tries again."), now)
            raise
        else:
            _note_success(feed, now)
    feed.refresh_from_db()
    note_trouble(by=by, feed=feed, now=now)
    return feed


@contextmanager
def _claimed(feed: Feed, now: datetime) -> Iterator[None]:
    """Nobody else fetches meanwhile; the claim of somebody who died ends by itself."""
    idle = Q(busy_until__isnull=True) | Q(busy_until__lt=now)
    if not Feed.objects.filter(idle, pk=feed.pk).update(busy_until=now + LEASE):
        raise FetchedElsewhere
    over = threading.Event()
    renewing = threading.Thread(target=_renew, args=(feed.pk, now, over), daemon=True)
    renewing.start()
    try:
        yield
    finally:
        over.set()
        renewing.join()
        Feed.objects.filter(pk=feed.pk).update(busy_until=None)


def _renew(pk: int, now: datetime, over: threading.Event) -> None:
    started = time.monotonic()
    while not over.wait(RENEWED):
        past = timedelta(seconds=time.monotonic() - started)
        with suppress(OperationalError):  # a database that is busy now is asked again soon
            Feed.objects.filter(pk=pk).update(busy_until=now + past + LEASE)
    connection.close()


def _was_taken_back(feed: Feed) -> bool:
    """What somebody took back is not brought again behind his back: he says when to go on."""
    last = feed.arrivals.filter(run__isnull=False).order_by("-pk").first()
    if last is None or last.run is None or last.run.state != Run.UNDONE:
        return False
    if last.pk <= feed.seen.get("resumed", 0):
        return False
    words = _("Its last import was taken back. Say go on when the source is as it should be.")
    Feed.objects.filter(pk=feed.pk).update(state=Feed.State.PAUSED, error=words)
    feed.refresh_from_db()
    return True


# ---- fetching


def _fetch(feed: Feed, now: datetime) -> None:
    room = MOST_WAITING - feed.arrivals.filter(state=Arrival.State.WAITING).count()
    if room <= 0:
        return

    def is_new(key: str) -> bool:
        return not feed.arrivals.filter(key=_short(key)).exists()

    try:
        for brought in way_of(feed).bring(feed, is_new):
            is_kept = False
            try:
                is_kept = _keep(feed, brought, now)
            finally:
                if not is_kept:
                    brought.path.unlink(missing_ok=True)
            room -= 1
            if room <= 0:
                return
    finally:
        feed.save(update_fields=["seen"])


def _short(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()


@transaction.atomic
def _keep(feed: Feed, brought: Brought, now: datetime) -> bool:
    """Write down that a file came, and how far the source is read; whether the file is needed."""
    last = last_arrival(feed)
    is_same = last is not None and last.digest == brought.digest and not brought.error
    state = Arrival.State.SAME if is_same else Arrival.State.WAITING
    feed.seen = feed.seen | brought.seen
    if not is_same or way_of(feed).delivers:
        feed.spoke_at = now
        Arrival.objects.create(
            feed=feed,
            key=_short(brought.key),
            name=brought.name,
            path="" if is_same or brought.error else str(brought.path),
            digest=brought.digest,
            state=Arrival.State.REFUSED if brought.error else state,
            error=brought.error,
            came_at=now,
        )
    feed.save(update_fields=["seen", "spoke_at"])
    return not is_same and not brought.error


# ---- taking in


def _take_all(by: Actor, feed: Feed, now: datetime) -> None:
    """Take in what waits, in the order in which it came; a file that is refused does not block."""
    for arrival in feed.arrivals.filter(state=Arrival.State.WAITING).order_by("pk"):
        pattern = pattern_of(feed)
        try:
            run = arrival.run or _opened(by, arrival, pattern)
        except Refusal as refusal:
            Arrival.objects.filter(pk=arrival.pk).update(
                state=Arrival.State.REFUSED, error=str(refusal)
            )
            continue
        if run.state == Run.READ and (pattern is None or feed.state != Feed.State.ON):
            return  # a person says first what the columns are
        if run.state in (Run.READ, Run.RUNNING, Run.FAILED):
            take_in(by=by, run=run)
            run.refresh_from_db()
        _end(feed, arrival, run, pattern, now)


def _opened(by: Actor, arrival: Arrival, pattern: ImportRun | None) -> ImportRun:
    """The import of a file: read like the last one of its source, or for a person to look at."""
    stray = ImportRun.objects.filter(
        actor_id=by.member_id, state=Run.READ, arrival=None, options__arrival=arrival.pk
    ).first()
    run = stray or _read(by, arrival, pattern)
    Arrival.objects.filter(pk=arrival.pk).update(run=run, path="")
    return run


def _read(by: Actor, arrival: Arrival, pattern: ImportRun | None) -> ImportRun:
    path, options = Path(arrival.path), {"arrival": arrival.pk}
    if pattern is None:
        run = open_import(
            by=by, kind=None, path=path, name=arrival.name, is_ours=True, options=options
        )
        run.match = run.match or telling(kind_of(run), run.columns)
        run.save(update_fields=["match"])
        return run
    said = said_by(pattern)
    match = match_of(arrival.feed, pattern)
    kept = {n: pattern.options[n] for n in ("words", "branches") if n in pattern.options}
    run = open_import(
        by=by, kind=kind_of(pattern), path=path, name=arrival.name, is_ours=True,
        sheet=pattern.sheet, said=said, match=match, options=kept | options,
    )  # fmt: skip
    chosen = [""] * len(run.headings)
    for name in said:
        for at in run.columns[name]:
            chosen[at] = name
    return choose_columns(by=by, run=run, chosen=chosen, match=run.match, options=run.options)


def count_import(*, by: Actor, run: ImportRun, now: datetime) -> None:
    """Note at its source what a person has taken in of it, without waiting for its next round."""
    arrival = Arrival.objects.filter(run=run).select_related("feed").first()
    if arrival is not None and run.state == Run.DONE:
        require_connecting(by)
        _end(arrival.feed, arrival, run, pattern_of(arrival.feed), now)


def said_by(pattern: ImportRun) -> Said:
    """Which column brings what, by headings, so that a source may set its columns otherwise."""
    heads = pattern.headings

    def called(at: int) -> str:
        is_told = pattern.heading_line and heads[at] and heads.count(heads[at]) == 1
        return heads[at] if is_told else str(at + 1)

    return {name: [called(at) for at in places] for name, places in pattern.columns.items()}


def _end(
    feed: Feed, arrival: Arrival, run: ImportRun, pattern: ImportRun | None, now: datetime
) -> None:
    """Note what became of a file; an import that brought nothing is not worth a report."""
    brought = run.counts.get("created", 0) + run.counts.get("updated", 0)
    if brought:
        Feed.objects.filter(pk=feed.pk).update(changed_at=now)
    state = Arrival.State.TAKEN
    is_ours = pattern is not None and pattern.pk < run.pk and run.state == Run.DONE
    is_contradicted = Conflict.objects.filter(batch=run.batch).exists()
    if is_ours and not brought and not is_contradicted and _left(run) == _left(pattern):
        state = Arrival.State.SAME
        forget_run(run)
    Arrival.objects.filter(pk=arrival.pk).update(state=state)


def _left(run: ImportRun | None) -> set[str]:
    """The lines that somebody has to look at."""
    return set(run.refused_lines.values_list("cells", flat=True)) if run else set()


# ---- what is noted of a round


def _note_success(feed: Feed, now: datetime) -> None:
    last = last_arrival(feed)
    error = last.error if last and last.state == Arrival.State.REFUSED else ""
    due = now + STEPS[Feed.Rhythm(feed.rhythm)]
    Feed.objects.filter(pk=feed.pk).update(fetched_at=now, error=error, failures=0, due_at=due)


def _note_failure(feed: Feed, words: str, now: datetime) -> None:
    failures = feed.failures + 1
    wait = min(TRY_AGAIN * failures, STEPS[Feed.Rhythm(feed.rhythm)])
    Feed.objects.filter(pk=feed.pk).update(
        fetched_at=now, error=words[:2000], failures=failures, due_at=now + wait
    )


# ---- what is not needed any more


def forget_arrivals(now: datetime) -> int:
    """Drop files that were refused a month ago, and such as a round left that was cut off."""
    old = Arrival.objects.exclude(path="").filter(came_at__lt=now - KEPT)
    for arrival in old.exclude(state=Arrival.State.WAITING):
        Path(arrival.path).unlink(missing_ok=True)
        Arrival.objects.filter(pk=arrival.pk).update(path="")
    needed = {
        Path(path) for path in Arrival.objects.exclude(path="").values_list("path", flat=True)
    }
    for run in ImportRun.objects.exclude(path="").iterator():
        needed |= {file_of(run), rows_of(run) or file_of(run)}
    dropped = 0
    for path in files_kept():
        if path not in needed and path.stat().st_mtime < (now - SURELY_OVER).timestamp():
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped
