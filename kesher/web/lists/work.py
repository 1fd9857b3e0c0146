"""Lists' long work, done by the worker: an action on very many rows, a large file, a large undo.

The key of the work is the batch of what it writes, so that the whole can be taken back.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from kesher.core.access import SYSTEM, Actor
from kesher.core.jobs import every, job, job_of, working
from kesher.core.models import Job
from kesher.core.undo import CHUNK, Undone, undo_records, written_by
from kesher.organization.queries import business, member_acting
from kesher.surface.lists.asking import Ask
from kesher.surface.lists.bulk import do_step, next_rows, strict_ask
from kesher.surface.lists.declaring import Action, Listing, Outcome
from kesher.surface.lists.export import Export, export_of
from kesher.web.lists.all_lists import listing_named

Asked = dict[str, Any]
KEPT_SECONDS = 24 * 3600


def exports_folder() -> Path:
    """Where files wait to be fetched."""
    return Path(settings.MEDIA_ROOT) / "exports"


def told(actor: Actor, **more: Any) -> Asked:
    """What the worker must know of whoever asked."""
    return {"member": actor.member_id, "language": translation.get_language(), **more}


@contextmanager
def acting(key: str, asked: Asked) -> Iterator[tuple[Actor, Job] | None]:
    """Act as the member who asked, with his rights of now, in his language; once."""
    held = job_of(SYSTEM, key)
    if held is None or held.is_over:
        yield None
        return
    with (
        translation.override(asked["language"]),
        timezone.override(business().time_zone),
        working(held),
    ):
        yield member_acting(SYSTEM, asked["member"]), held


# ---- an action on all rows that match


@job(is_long=True)
def do_to_all(key: str, asked: Asked) -> None:
    """Do an action to all rows that match, some at a time, and remember how far it came."""
    with acting(key, asked) as acts:
        if acts is None:
            return
        actor, held = acts
        listing = listing_named(asked["listing"])
        action = listing.action(actor, asked["action"])
        if action is not None:
            ask = strict_ask(listing, actor, asked["state"], today=timezone.localdate())
            _do_to_all(held, actor, listing, action, ask, asked["given"])


def _do_to_all(
    held: Job, actor: Actor, listing: Listing, action: Action, ask: Ask, given: dict[str, str]
) -> None:
    outcome = Outcome(held.result.get("done", 0), held.result.get("refused", {}))
    at = held.result.get("at", "")
    while True:
        numbers, at = next_rows(ask, actor, today=timezone.localdate(), right=action.right, at=at)
        with transaction.atomic():
            outcome.add(do_step(action, listing, numbers, by=actor, given=given, batch=held.key))
            held.result |= {"done": outcome.done, "refused": outcome.refused, "at": at}
            held.save(update_fields=["result"])
            held.advance(len(numbers))
        if not at:
            return


# ---- a file of very many rows


@job(is_long=True)
def write_file(key: str, asked: Asked) -> None:
    """Write a list into a file that waits to be fetched."""
    with acting(key, asked) as acts:
        if acts is None:
            return
        actor, held = acts
        listing = listing_named(asked["listing"])
        ask = strict_ask(listing, actor, asked["state"], today=timezone.localdate())
        export = export_of(ask, actor, today=timezone.localdate())
        folder = exports_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / f"{held.key}.{asked['format']}"
        half = path.with_suffix(".half")
        _write(export, half, asked["format"], held)
        half.replace(path)
        held.result = {"name": export.name(asked["format"]), "format": asked["format"]}


def _write(export: Export, path: Path, ending: str, held: Job) -> None:
    def counted() -> Iterator[list[Any]]:
        for chunk in export.chunks():
            yield from chunk
            held.advance(len(chunk))

    if ending == "xlsx":
        export.xlsx(path, counted())
        return
    with path.open("wb") as file:
        for piece in export.csv(counted()):
            file.write(piece)


@every("hour")
def forget_files() -> None:
    """Drop files that nobody fetched within a day."""
    if not exports_folder().is_dir():
        return
    for path in exports_folder().iterdir():
        if path.stat().st_mtime < time.time() - KEPT_SECONDS:
            if path.is_dir():  # of an archive that was cut off
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


# ---- taking back very much


@job(is_long=True)
def take_back(key: str, asked: Asked) -> None:
    """Take back a whole batch, some records at a time; what was changed since stays."""
    with acting(key, asked) as acts:
        if acts is None:
            return
        actor, held = acts
        records = written_by(actor, asked["batch"])
        done = Undone(held.key, held.result.get("restored", 0))
        for at in range(held.done, len(records), CHUNK):
            step = records[at : at + CHUNK]
            with transaction.atomic():
                done.add(undo_records(by=actor, batch=asked["batch"], records=step, into=held.key))
                held.result = {"restored": done.restored, "stayed": len(done.stayed)}
                held.save(update_fields=["result"])
                held.advance(len(step))
