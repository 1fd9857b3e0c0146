"""What the server calls: the live stream, the health of the process, and every page."""

from collections.abc import Callable

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import Error, connection

from kesher.config.serving.bridge import Bridge
from kesher.config.serving.death import end_with_parent
from kesher.config.serving.live import Hub
from kesher.config.serving.proxy import Proxies

THREADS = 4


class Application:
    def __init__(self) -> None:
        self.pages = Bridge(
            get_wsgi_application(), threads=THREADS, largest=settings.MAX_REQUEST_BYTES
        )
        self.proxies = Proxies(settings.ADDRESS.proxies)
        self.hub: Hub | None = None

    async def __call__(self, scope: dict, receive: Callable, send: Callable) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] != "http":
            return
        elif scope["path"] == "/live" and self.hub is not None:
            await self.hub.serve(scope, receive, send)
        elif scope["path"] == "/healthz" and self.hub is not None:
            await self.say_health(self.hub, send)
        else:
            await self.pages(self.proxies.seen_through(scope), receive, send)

    async def live(self, receive: Callable, send: Callable) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                end_with_parent()
                self.hub = Hub()
                await self.hub.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                if self.hub is not None:
                    await self.hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def say_health(self, hub: Hub, send: Callable) -> None:
        is_well = await hub.ask(database_answers)
        status, words = (200, b"ok\n") if is_well else (503, b"The database does not answer.\n")
        headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": words})


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return False
    return True


application = Application()
