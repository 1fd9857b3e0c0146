"""From ASGI to WSGI and back: what goes in, what comes out, and what holds a thread."""

import asyncio
import threading
import time

import pytest

from kesher.config.serving.bridge import Bridge


class Streaming:
    """An answer as Django streams it: chunk by chunk, each made when it is asked for."""

    streaming = True

    def __init__(self, chunks):
        self.chunks = iter(chunks)
        self.is_closed = False

    def __iter__(self):
        return self.chunks

    def close(self):
        self.is_closed = True


def scope(method="GET", path="/", headers=(), query=b"", client="127.0.0.1"):
    return {
        "type": "http", "method": method, "path": path, "query_string": query,
        "headers": list(headers), "http_version": "1.1", "scheme": "http",
        "server": ("localhost", 8000), "client": (client, 5555),
    }  # fmt: skip


async def ask(bridge, asked, *bodies, slowly=0.0):
    """Send a request whose body comes in these pieces; return status, headers and pieces."""
    waiting = [
        {"type": "http.request", "body": body, "more_body": number < len(bodies) - 1}
        for number, body in enumerate(bodies or (b"",))
    ]
    said = []

    async def receive():
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message):
        if slowly:
            await asyncio.sleep(slowly)
        said.append(message)

    await bridge(asked, receive, send)
    if not said:
        return None
    pieces = [message["body"] for message in said[1:] if message["body"]]
    return said[0]["status"], dict(said[0]["headers"]), pieces


def bridge_to(page, threads=1, largest=1 << 20):
    return Bridge(page, threads=threads, largest=largest)


def echo(environ, start):
    start("200 OK", [("Content-Type", "text/plain"), ("X-Length", environ["CONTENT_LENGTH"])])
    return [environ["wsgi.input"].read()]


def test_a_chunked_body_arrives_whole_and_with_its_length():
    pieces = [b"a" * 700_000, b"", b"b" * 300_000]
    status, headers, (body,) = asyncio.run(ask(bridge_to(echo), scope("POST"), *pieces))
    assert status == 200
    assert headers[b"x-length"] == b"1000000"
    assert body == b"".join(pieces)


def test_a_body_that_is_too_large_is_refused_before_a_page_sees_it():
    seen = []
    bridge = bridge_to(lambda environ, start: seen.append(environ), largest=1000)
    status, _headers, _pieces = asyncio.run(ask(bridge, scope("POST"), b"x" * 600, b"x" * 600))
    assert (status, seen) == (413, [])


def test_who_leaves_in_the_middle_of_the_body_gets_no_page():
    seen = []

    async def leave():
        bridge = bridge_to(lambda environ, start: seen.append(environ))
        messages = [{"type": "http.request", "body": b"x", "more_body": True},
                    {"type": "http.disconnect"}]  # fmt: skip

        async def receive():
            return messages.pop(0)

        await bridge(scope("POST"), receive, None)

    asyncio.run(leave())
    assert seen == []


def test_no_header_passes_for_another_by_its_underscore():
    seen = {}

    def page(environ, start):
        seen.update(environ)
        return echo(environ, start)

    headers = [(b"x_forwarded_for", b"6.6.6.6"), (b"x-mark", b"one"), (b"x-mark", b"two"),
               (b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"content-type", b"text/csv")]  # fmt: skip
    asyncio.run(ask(bridge_to(page), scope(headers=headers, path="/שלום/", query=b"q=%D7%A9")))
    assert "HTTP_X_FORWARDED_FOR" not in seen
    assert seen["HTTP_X_MARK"] == "one,two"
    assert seen["HTTP_COOKIE"] == "a=1; b=2"
    assert seen["CONTENT_TYPE"] == "text/csv"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/שלום/"
    assert seen["QUERY_STRING"] == "q=%D7%A9"
    assert seen["REMOTE_ADDR"] == "127.0.0.1"


def test_a_slow_download_holds_no_thread():
    made = []
    download = Streaming(made.append(1) or b"x" * 1000 for _ in range(20))

    def page(environ, start):
        start("200 OK", [])
        return download if environ["PATH_INFO"] == "/download" else [b"page"]

    async def both():
        bridge = bridge_to(page, threads=1)
        slow = asyncio.create_task(ask(bridge, scope(path="/download"), slowly=0.05))
        await asyncio.sleep(0.1)
        await ask(bridge, scope(path="/"))
        assert len(made) < 10  # the download has hardly begun
        assert not slow.done()
        return await slow

    _status, _headers, pieces = asyncio.run(both())
    assert pieces == [b"x" * 1000] * 20
    assert download.is_closed


def test_a_stream_is_closed_when_its_reader_leaves():
    download = Streaming([b"x"] * 5)

    def page(environ, start):
        start("200 OK", [])
        return download

    async def leave():
        async def receive():
            return {"type": "http.request", "body": b""}

        async def send(message):
            if message["type"] == "http.response.body":
                raise ConnectionResetError

        await bridge_to(page)(scope(), receive, send)

    with pytest.raises(ConnectionResetError):
        asyncio.run(leave())
    assert download.is_closed


def test_no_more_pages_run_at_once_than_there_are_threads():
    running, most = [], []

    def page(environ, start):
        running.append(threading.get_ident())
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return echo(environ, start)

    async def many():
        bridge = bridge_to(page, threads=3)
        await asyncio.gather(*(ask(bridge, scope()) for _ in range(12)))

    asyncio.run(many())
    assert max(most) == 3
