"""Watches a page while a test uses it: whatever goes wrong quietly fails the test."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Request, Response

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`forbidden by policy: ${event.effectiveDirective} ${event.blockedURI}`);
});
"""


@dataclass
class Watch:
    """What went wrong: errors of scripts, forbidden content, foreign hosts, failing answers."""

    host: str
    problems: list[str] = field(default_factory=list)
    allowed: list[re.Pattern[str]] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.note(f"script: {error.error}"))
        context.on("request", self._see_request)
        context.on("response", self._see_response)

    def allow(self, pattern: str) -> None:
        """This test provokes what the pattern describes."""
        self.allowed.append(re.compile(pattern))

    def note(self, problem: str) -> None:
        self.problems.append(problem)

    def verdict(self) -> list[str]:
        """What went wrong and was not provoked."""
        return [p for p in self.problems if not any(a.search(p) for a in self.allowed)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.note(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _see_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.note(f"foreign host: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 500:
            try:
                method = response.request.method
            except Error:
                method = "?"
            self.note(f"answer {response.status}: {method} {response.url}")
