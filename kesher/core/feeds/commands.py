from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kesher.core.access import Actor
from kesher.core.changes import locked
from kesher.core.feeds.models import Arrival, Feed
from kesher.core.feeds.queries import last_arrival, pattern_of, require_connecting
from kesher.core.feeds.refusals import ColumnsFirst, FetchedElsewhere, NameMissing, NameTaken
from kesher.core.feeds.trouble import note_recovery, note_trouble
from kesher.core.feeds.ways import SEALED, WAYS, way_of
from kesher.core.importing.commands import open_import
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import allowed_kinds, kind_of
from kesher.core.importing.recognising import checked_match
from kesher.core.sealing import seal
from kesher.core.text import clean

LONGEST_SILENCE = 400
RULES = ("source", "here", "empty")


def connect_feed(
    *,
    by: Actor,
    name: str,
    way: str,
    place: Mapping[str, str],
    secret: str = "",
    rhythm: str = Feed.Rhythm.DAY,
    silent_after: int = 0,
    now: datetime,
) -> Feed:
    """Connect a source that is fetched again and again; nothing is fetched yet."""
    require_connecting(by)
    allowed_kinds(by)
    kept, sealed = WAYS[way].checked(place, secret)
    try:
        with transaction.atomic():
            return Feed.objects.create(
                name=_name(name),
                way=way,
                place=kept,
                sealed=seal(sealed, SEALED) if sealed else "",
                rhythm=rhythm,
                silent_after=min(max(silent_after, 0), LONGEST_SILENCE),
                actor=by.label,
                actor_id=by.member_id,
                language=get_language() or "en",
                due_at=now,
                made_at=now,
            )
    except IntegrityError:
        raise NameTaken(name=name) from None


def _name(name: str) -> str:
    kept = clean(name)[:80]
    if not kept:
        raise NameMissing
    return kept


@transaction.atomic
def change_feed(
    *,
    by: Actor,
    feed: Feed,
    name: str,
    rhythm: str,
    silent_after: int,
    wins: Mapping[str, str],
    match: Iterable[str] | None = None,
    secret: str = "",
) -> Feed:
    """Change how often a source is fetched, what counts as the same record, and which side wins."""
    require_connecting(by)
    held = locked(feed)
    held.name, held.rhythm = _name(name), rhythm
    held.silent_after = min(max(silent_after, 0), LONGEST_SILENCE)
    held.wins = {field: rule for field, rule in wins.items() if rule in RULES and rule != "here"}
    pattern = pattern_of(held)
    if match is not None and pattern is not None:
        held.match = list(checked_match(kind_of(pattern), match))
    if secret:
        is_address = held.way == Feed.Way.ADDRESS  # all of it is sealed, not a password in it
        place = {"address": secret} if is_address else held.place
        held.place, sealed = way_of(held).checked(place, secret)
        held.sealed = seal(sealed, SEALED)
        held.seen = {name: kept for name, kept in held.seen.items() if name != "marks"}
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError:
        raise NameTaken(name=name) from None
    return held


def pause_feed(*, by: Actor, feed: Feed) -> None:
    """Fetch nothing more from a source until somebody says go on."""
    require_connecting(by)
    Feed.objects.filter(pk=feed.pk, state=Feed.State.ON).update(state=Feed.State.PAUSED)


def stop_feed(*, by: Actor, feed: Feed, now: datetime) -> None:
    """Stop a source whose maker has left: nobody is there with whose rights it could work."""
    require_connecting(by)
    words = _("%(name)s, who connected this source, does not work here any more.")
    Feed.objects.filter(pk=feed.pk).update(
        state=Feed.State.STOPPED, error=words % {"name": feed.actor}
    )
    feed.refresh_from_db()
    note_trouble(by=by, feed=feed, now=now)


@transaction.atomic
def resume_feed(*, by: Actor, feed: Feed, now: datetime) -> None:
    """Go on with a source; whoever says so of a colleague's works on it from then on himself."""
    require_connecting(by)
    allowed_kinds(by)
    held = locked(feed)
    if held.state == Feed.State.STOPPED or not held.actor_id:
        held.actor, held.actor_id = by.label, by.member_id
    last = last_arrival(held)
    held.seen = held.seen | {"resumed": last.pk if last else 0}
    held.state, held.due_at, held.error, held.failures = Feed.State.ON, now, "", 0
    held.save()
    note_recovery(by=by, feed=held)


def delete_feed(*, by: Actor, feed: Feed) -> None:
    """Disconnect a source; what it brought stays, and so do the reports of its imports."""
    require_connecting(by)
    paths = list(feed.arrivals.exclude(path="").values_list("path", flat=True))
    note_recovery(by=by, feed=feed)
    feed.delete()
    for path in paths:
        Path(path).unlink(missing_ok=True)


def choose_anew(*, by: Actor, feed: Feed) -> ImportRun:
    """Have the last file of a source looked at by a person: its columns are chosen anew."""
    require_connecting(by)
    last = last_arrival(feed)
    if last is None or not (last.path or last.run_id):
        raise ColumnsFirst
    if last.run and last.run.state == ImportRun.State.READ:
        return last.run
    if last.run and last.run.state == ImportRun.State.RUNNING:
        raise FetchedElsewhere
    path = Path(last.path) if last.path else None
    if path is None or not path.exists():
        raise ColumnsFirst
    run = open_import(
        by=by, kind=None, path=path, name=last.name, is_ours=True, options={"arrival": last.pk}
    )
    with transaction.atomic():
        Arrival.objects.filter(pk=last.pk).update(
            run=run, path="", error="", state=Arrival.State.WAITING
        )
        Feed.objects.filter(pk=feed.pk).update(
            state=Feed.State.PAUSED, error="", failures=0, match=None
        )
    return run
