"""`/live`: one reader per process follows the diary of facts and tells each listener what he may
hear: `data: {"kind":"customers.customer","id":7,"version":12,"by":3}`. Other events on the stream:
`signed-out` (go to the sign-in page) and `missed` (too much happened: fetch the page anew)."""

import asyncio
import logging
import signal
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs

from django.db import Error, close_old_connections, connections

from kesher.config.serving.listeners import (
    GOODBYE,
    LAG,
    RIGHTS_CHANGED,
    STREAMS_A_MEMBER,
    Listener,
    actor_behind,
    session_key_of,
)
from kesher.config.serving.tail import BATCH, Tail
from kesher.core.models import EventRecord

log = logging.getLogger(__name__)
POLL_SECONDS = 0.05
RECHECK_SECONDS = 30
PING_SECONDS = 15
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class Hub:
    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.tail = Tail()
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="live")
        self.stopping = asyncio.Event()
        self.wanted = asyncio.Event()
        self.entering = asyncio.Lock()
        self.untold: deque[EventRecord] = deque()
        self.tasks: list[asyncio.Task] = []

    async def start(self) -> None:
        """Begin reading. The server waits for open streams to end, so a signal must end them."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.stopping.set))
        await self.ask(self.tail.skip_to_end)
        self.tasks = [asyncio.create_task(self.read()), asyncio.create_task(self.keep_checking())]

    async def stop(self) -> None:
        self.stopping.set()
        for task in self.tasks:
            task.cancel()
        await self.ask(connections.close_all)

    async def ask(self, question: Callable, *arguments):
        """Ask the database in the one thread that has a connection for this."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, question, *arguments)

    # ---- reading

    async def read(self) -> None:
        while True:
            await self.wanted.wait()
            try:
                if not self.untold:
                    self.untold.extend(await self.ask(self.tail.news))
                await self.spread()
            except Error:
                await self.recover()
            await asyncio.sleep(POLL_SECONDS)

    async def spread(self) -> None:
        """Tell what was read. What could not be told for an error is told at the next try."""
        while self.untold:
            record = self.untold[0]
            if record.name in RIGHTS_CHANGED:
                await self.recheck(record.payload.get("member_id"))
            for listener in self.listeners:
                listener.tell(record)
            self.untold.popleft()

    async def recheck(self, member_id: int | None = None) -> None:
        """Ask anew who stands behind each stream; whoever is signed out or gone is told goodbye."""
        for listener in list(self.listeners):
            if member_id in (None, listener.actor.member_id):
                actor = await self.ask(actor_behind, listener.session_key)
                if actor is None:
                    listener.part(GOODBYE)
                else:
                    listener.actor = actor

    async def keep_checking(self) -> None:
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self.recheck()
            except Error:
                await self.recover()

    async def recover(self) -> None:
        log.exception("The live stream cannot read the database; it goes on trying.")
        await self.ask(close_old_connections)
        await asyncio.sleep(1)

    # ---- one stream

    async def serve(self, scope: dict, receive: Callable, send: Callable) -> None:
        listener, status = await self.admit(scope)
        if listener is None:
            await send({"type": "http.response.start", "status": status, "headers": HEADERS[1:2]})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await self.catch_up(listener, last_heard(scope))
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            await self.stream(listener, receive, send)
        finally:
            self.listeners.discard(listener)
            if not self.listeners:
                self.wanted.clear()

    async def admit(self, scope: dict) -> tuple[Listener | None, int]:
        if scope["method"] != "GET":
            return None, 405
        if self.stopping.is_set():
            return None, 503
        key = session_key_of(scope["headers"])
        try:
            actor = await self.ask(actor_behind, key)
        except Error:
            await self.ask(close_old_connections)
            return None, 503
        if actor is None:
            # EventSource gives up on any other answer than 200 and asks no more.
            return None, 401
        if sum(o.actor.member_id == actor.member_id for o in self.listeners) >= STREAMS_A_MEMBER:
            return None, 429
        return Listener(session_key=key, actor=actor), 200

    async def catch_up(self, listener: Listener, last: int | None) -> None:
        """Tell what happened since the page was drawn, and from then on what happens."""
        async with self.entering:
            if not self.listeners:
                await self.ask(self.tail.skip_to_end)
            missed = await self.ask(self.tail.since, last) if last is not None else []
            self.listeners.add(listener)
            self.wanted.set()
        if len(missed) == BATCH:
            listener.unsent.put_nowait(LAG)
            return
        for record in missed:
            listener.tell(record)

    async def stream(self, listener: Listener, receive: Callable, send: Callable) -> None:
        left = asyncio.create_task(until_gone(receive))
        stopping = asyncio.create_task(self.stopping.wait())
        ends = {left, stopping}
        try:
            await send(part(b"retry: 2000\n\n"))
            while not (left.done() or stopping.done()):
                words = asyncio.create_task(listener.unsent.get())
                done, _ = await asyncio.wait(
                    {words, *ends}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if words not in done:
                    words.cancel()
                if not done & ends:
                    await send(part(words.result() if words in done else b": \n\n"))
                if listener.parting is not None and listener.unsent.empty():
                    break
            if not left.done():
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            left.cancel()
            stopping.cancel()


def part(words: bytes) -> dict:
    return {"type": "http.response.body", "body": words, "more_body": True}


def last_heard(scope: dict) -> int | None:
    """The number that the browser heard last, or the one that the page was drawn with."""
    said = dict(scope["headers"]).get(b"last-event-id", b"").decode("latin-1")
    said = said or parse_qs(scope["query_string"].decode("latin-1")).get("since", [""])[0]
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None


async def until_gone(receive: Callable) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
