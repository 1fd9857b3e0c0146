"""What the machine says about this Kesher: where it lives, which database, under which address."""

import errno
import os
import secrets
import socket
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).parents[2]
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def said(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def is_on(name: str) -> bool:
    return said(name).lower() in {"1", "true", "yes", "on"}


def home() -> Path:
    """The folder of everything that this Kesher keeps."""
    folder = Path(said("KESHER_HOME") or ROOT / "var").expanduser().absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def secret_key(folder: Path) -> str:
    """The key that signs sessions and links: made once, or given to all machines alike."""
    if given := said("KESHER_SECRET_KEY"):
        return given
    kept = folder / "secret-key"
    try:
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(64))
    key = kept.read_text().strip()
    if len(key) < 50:
        raise ImproperlyConfigured(f"{kept} holds no usable key. Remove it and start again.")
    return key


# ---- database


def database(url: str, folder: Path) -> dict:
    """Django's settings for `sqlite:///path` or `postgres://user@host/name`."""
    parts = urlsplit(url or f"sqlite:///{folder / 'kesher.sqlite3'}")
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgres(parts)
    raise ImproperlyConfigured(
        "DATABASE_URL must begin with sqlite:/// or postgres://, for example "
        "sqlite:////srv/kesher/kesher.sqlite3 or postgres://kesher@db.example.org/kesher."
    )


def _sqlite(parts: SplitResult) -> dict:
    path = Path(unquote(parts.path.removeprefix("/")))
    if not path.name:
        raise ImproperlyConfigured("DATABASE_URL names no file. Write sqlite:///path.")
    path.absolute().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path.absolute(),
        # A connection costs reading the whole schema, so each thread keeps its own.
        "CONN_MAX_AGE": None,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-8000;"
            ),
        },
    }


def _postgres(parts: SplitResult) -> dict:
    options = dict(parse_qsl(parts.query))
    pool = {"min_size": 1, "max_size": int(options.pop("pool", 8)), "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or options.pop("host", "")),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # Pages ask the same questions all day: PostgreSQL plans each once for a connection.
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 3,
            # Told that a row by itself costs as in 1996, it rather reads tables whole.
            "options": "-c random_page_cost=1.1",
            **options,
            "pool": pool,
        },
    }


# ---- address


@dataclass(frozen=True)
class Address:
    """Where people reach Kesher, and where it listens."""

    url: str
    host: str
    is_secure: bool
    listen: str
    port: int
    certificate: str
    key: str
    proxies: tuple[str, ...]
    is_plain_on_purpose: bool

    @property
    def is_local(self) -> bool:
        return is_loopback(self.host)

    @property
    def is_taken(self) -> bool:
        """Whether somebody listens there already; two Keshers would share out the requests."""
        family = socket.AF_INET6 if ":" in self.listen else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.listen.strip("[]"), self.port))
            except OSError as error:
                return error.errno == errno.EADDRINUSE
        return False

    def refusal(self) -> str:
        """Why it would be unsafe to listen like this; empty when it is not."""
        if bool(self.certificate) != bool(self.key):
            return "KESHER_TLS_CERT and KESHER_TLS_KEY belong together; only one of them is set."
        if self.certificate and not self.is_secure:
            return "A certificate is set, so KESHER_URL must begin with https://."
        if self.is_plain_on_purpose:
            return ""
        if self.certificate or self.proxies:
            return "" if self.is_secure else "Behind a proxy KESHER_URL must begin with https://."
        if not self.is_local or not is_loopback(self.listen):
            return (
                "Customers' data would cross the network unprotected. Set KESHER_TLS_CERT and "
                "KESHER_TLS_KEY, or KESHER_PROXY to the address of a proxy that speaks TLS, or, "
                "if plain HTTP is really meant, KESHER_INSECURE_HTTP=1."
            )
        return "" if not self.is_secure else "KESHER_URL is https:// but no certificate is set."


def is_loopback(host: str) -> bool:
    bare = host.strip("[]")
    if bare == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False


def address() -> Address:
    port = int(said("PORT", "8000"))
    url = said("KESHER_URL").rstrip("/") or f"http://localhost:{port}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        raise ImproperlyConfigured(
            "KESHER_URL must be an origin such as https://crm.example.org, without a path."
        )
    proxies = tuple(filter(None, said("KESHER_PROXY").replace(",", " ").split()))
    for proxy in proxies:
        _must_be_network(proxy)
    certificate = said("KESHER_TLS_CERT")
    is_open = bool(certificate) or is_on("KESHER_INSECURE_HTTP")
    return Address(
        url=url,
        host=parts.hostname,
        is_secure=parts.scheme == "https",
        listen=said("KESHER_LISTEN") or ("0.0.0.0" if is_open else "127.0.0.1"),  # noqa: S104
        port=port,
        certificate=certificate,
        key=said("KESHER_TLS_KEY"),
        proxies=proxies,
        is_plain_on_purpose=is_on("KESHER_INSECURE_HTTP"),
    )


def _must_be_network(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"KESHER_PROXY holds {text!r}; it takes addresses such as 127.0.0.1 or 10.0.0.0/8."
        ) from error


# ---- mail


def mail(url: str) -> dict:
    """Django's settings for `smtp://user:password@host:port` or `smtps://…`; without, no mail."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured("KESHER_MAIL_URL must look like smtp://user:password@host:587.")
    options = dict(parse_qsl(parts.query))
    is_wrapped = parts.scheme == "smtps"
    is_plain = is_loopback(parts.hostname) or options.get("tls") == "no"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_wrapped else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_wrapped,
        "EMAIL_USE_TLS": not is_wrapped and not is_plain,
        "EMAIL_TIMEOUT": 20,
        **({"DEFAULT_FROM_EMAIL": options["from"]} if "from" in options else {}),
    }


# ---- sources


def folders(said: str) -> list[Path]:
    """The folders that `KESHER_SOURCE_FOLDERS` names, apart by colons, each with its whole path."""
    named = [Path(one).expanduser() for one in said.split(os.pathsep) if one]
    for folder in named:
        if not folder.is_absolute():
            raise ImproperlyConfigured(
                f"KESHER_SOURCE_FOLDERS holds {str(folder)!r}; write whole paths, apart by colons."
            )
    return named
