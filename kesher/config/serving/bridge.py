"""From ASGI to Django's WSGI application. The body is read before a thread is taken, and the thread
is given back between the chunks of a stream, so slow networks hold no thread. A stream therefore
asks the database anew for each chunk: the next one may run in another thread."""

import asyncio
import io
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from kesher.config.serving.environ import environ_of

IN_MEMORY = 1 << 20


class TooLarge(Exception):
    """The body is longer than anything Kesher takes."""


class Bridge:
    def __init__(self, application: Callable, *, threads: int, largest: int):
        self.application = application
        self.largest = largest
        self.threads = ThreadPoolExecutor(threads, thread_name_prefix="page")

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        try:
            body, length = await self.whole_body(receive)
        except TooLarge:
            headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body", "body": b"Too large."})
            return
        except ConnectionResetError:
            return
        with body:
            await self.answer(environ_of(scope, body, length), send)

    async def whole_body(self, receive: Callable) -> tuple[io.IOBase, int]:
        body = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by the caller
        has_more = True
        while has_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                body.close()
                raise ConnectionResetError
            body.write(message.get("body", b""))
            has_more = message.get("more_body", False)
            if body.tell() > self.largest:
                body.close()
                raise TooLarge
        length = body.tell()
        body.seek(0)
        return body, length

    async def answer(self, environ: dict, send: Callable) -> None:
        loop = asyncio.get_running_loop()
        started: dict = {}
        result, whole = await loop.run_in_executor(self.threads, self.call, environ, started)
        await send({"type": "http.response.start", **started})
        if result is None:
            await send({"type": "http.response.body", "body": whole})
            return
        chunks = iter(result)
        try:
            while (
                chunk := await loop.run_in_executor(self.threads, next, chunks, None)
            ) is not None:
                if chunk:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await loop.run_in_executor(self.threads, result.close)

    def call(self, environ: dict, started: dict) -> tuple[Iterator | None, bytes]:
        """Run the page in this thread: a whole answer at once, or the stream to be read later."""

        def start(status: str, headers: list, _exc_info=None) -> None:
            started["status"] = int(status[:3])
            started["headers"] = [
                (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers
            ]

        result = self.application(environ, start)
        if getattr(result, "streaming", False):
            return result, b""
        try:
            return None, b"".join(result)
        finally:
            if hasattr(result, "close"):
                result.close()
