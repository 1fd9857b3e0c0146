"""Who asks: what a trusted proxy says about it, and nothing that anybody else says."""

from ipaddress import ip_address, ip_network

SAID_BY_PROXIES = {
    b"forwarded",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-port",
    b"x-forwarded-proto",
    b"x-real-ip",
}


class Proxies:
    def __init__(self, trusted: tuple[str, ...]):
        self.networks = [ip_network(network, strict=False) for network in trusted]

    def seen_through(self, scope: dict) -> dict:
        """The request as the person behind the proxies made it."""
        said = {name: value for name, value in scope["headers"] if name in SAID_BY_PROXIES}
        if not said and not self.networks:
            return scope
        kept = [(name, value) for name, value in scope["headers"] if name not in SAID_BY_PROXIES]
        client, *port = scope.get("client") or ("", 0)
        scheme = scope.get("scheme", "http")
        if self.trusts(client):
            client = self._first_stranger(
                said.get(b"x-forwarded-for", b"").decode("latin-1"), client
            )
            if said.get(b"x-forwarded-proto") in (b"http", b"https"):
                scheme = said[b"x-forwarded-proto"].decode()
        return {**scope, "headers": kept, "client": (client, *port), "scheme": scheme}

    def trusts(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self.networks)

    def _first_stranger(self, chain: str, nearest: str) -> str:
        """Each proxy appends whom it heard, so the first one from the end that is no proxy asks."""
        for text in reversed([part.strip() for part in chain.split(",") if part.strip()]):
            try:
                ip_address(text)
            except ValueError:
                return nearest
            if not self.trusts(text):
                return text
            nearest = text
        return nearest
