"""What the machine may say, and what Kesher refuses to make of it."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from kesher.config import environment


@pytest.fixture
def says(monkeypatch):
    """An environment that says this and nothing else about Kesher."""
    for name in ("PORT", "KESHER_URL", "KESHER_LISTEN", "KESHER_PROXY", "KESHER_TLS_CERT",
                 "KESHER_TLS_KEY", "KESHER_INSECURE_HTTP", "KESHER_SECRET_KEY"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)

    def say(**words: str) -> environment.Address:
        for name, value in words.items():
            monkeypatch.setenv(name, value)
        return environment.address()

    return say


def test_by_default_only_this_machine_reaches_it(says):
    address = says()
    assert (address.url, address.listen, address.port) == (
        "http://localhost:8000",
        "127.0.0.1",
        8000,
    )
    assert address.refusal() == ""


def test_the_port_is_part_of_the_origin(says):
    assert says(PORT="8123").url == "http://localhost:8123"


@pytest.mark.parametrize(
    "words",
    [
        {"KESHER_URL": "http://crm.example.org"},
        {"KESHER_LISTEN": "0.0.0.0"},
        {"KESHER_URL": "http://192.0.2.7:8000"},
        {"KESHER_URL": "https://crm.example.org"},
        {"KESHER_URL": "https://crm.example.org", "KESHER_TLS_CERT": "/etc/cert.pem"},
        {"KESHER_TLS_CERT": "/etc/cert.pem", "KESHER_TLS_KEY": "/etc/key.pem"},
        {"KESHER_URL": "http://crm.example.org", "KESHER_PROXY": "127.0.0.1"},
    ],
    ids=lambda words: " ".join(words),
)
def test_refuses_to_carry_customers_over_an_open_network(says, words):
    assert says(**words).refusal()


@pytest.mark.parametrize(
    ("words", "listen"),
    [
        (
            {
                "KESHER_URL": "https://crm.example.org",
                "KESHER_TLS_CERT": "/c.pem",
                "KESHER_TLS_KEY": "/k.pem",
            },
            "0.0.0.0",
        ),
        ({"KESHER_URL": "https://crm.example.org", "KESHER_PROXY": "127.0.0.1"}, "127.0.0.1"),
        ({"KESHER_URL": "http://192.0.2.7:8000", "KESHER_INSECURE_HTTP": "1"}, "0.0.0.0"),
    ],
    ids=["with a certificate", "behind a proxy", "in plain, on purpose"],
)
def test_allows_what_is_safe_or_meant(says, words, listen):
    address = says(**words)
    assert address.refusal() == ""
    assert address.listen == listen


@pytest.mark.parametrize(
    "url", ["crm.example.org", "ftp://crm.example.org", "https://crm.example.org/kesher", "http://"]
)
def test_refuses_an_address_that_is_no_origin(says, url):
    with pytest.raises(ImproperlyConfigured, match="origin"):
        says(KESHER_URL=url)


def test_refuses_a_proxy_that_is_no_address(says):
    with pytest.raises(ImproperlyConfigured, match=r"proxy\.example"):
        says(KESHER_PROXY="127.0.0.1, proxy.example")


# ---- database


def test_without_a_url_the_database_lies_in_the_home(tmp_path):
    assert environment.database("", tmp_path)["NAME"] == tmp_path / "kesher.sqlite3"


def test_sqlite_is_set_up_to_lose_nothing(tmp_path):
    database = environment.database(f"sqlite:///{tmp_path}/sub/k.sqlite3", tmp_path)
    assert database["NAME"] == tmp_path / "sub/k.sqlite3"
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in database["OPTIONS"]["init_command"]
    assert database["ATOMIC_REQUESTS"] is False


def test_a_postgres_url_is_taken_apart(tmp_path):
    database = environment.database(
        "postgres://kesher:p%40ss@db.example.org:6432/crm?sslmode=require&pool=20", tmp_path
    )
    assert {k: database[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "crm", "USER": "kesher", "PASSWORD": "p@ss", "HOST": "db.example.org",
        "PORT": "6432",
    }  # fmt: skip
    assert database["OPTIONS"] == {
        "server_side_binding": True,
        "prepare_threshold": 3,
        "options": "-c random_page_cost=1.1",
        "sslmode": "require",
        "pool": {"min_size": 1, "max_size": 20, "timeout": 10},
    }


def test_a_postgres_socket_is_found(tmp_path):
    database = environment.database("postgresql://kesher@/crm?host=/run/postgresql", tmp_path)
    assert (database["HOST"], database["NAME"]) == ("/run/postgresql", "crm")


@pytest.mark.parametrize("url", ["mysql://x/y", "kesher.sqlite3", "sqlite:///"])
def test_refuses_a_database_it_cannot_use(tmp_path, url):
    with pytest.raises(ImproperlyConfigured):
        environment.database(url, tmp_path)


# ---- secrets and mail


def test_the_secret_key_is_made_once_and_nobody_else_reads_it(says, tmp_path):
    says()
    first = environment.secret_key(tmp_path)
    assert len(first) >= 64
    assert environment.secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_refuses_an_empty_secret_key(says, tmp_path):
    says()
    (tmp_path / "secret-key").write_text("")
    with pytest.raises(ImproperlyConfigured, match="no usable key"):
        environment.secret_key(tmp_path)


def test_machines_that_share_work_share_a_given_key(says, tmp_path):
    says(KESHER_SECRET_KEY="x" * 60)
    assert environment.secret_key(tmp_path) == "x" * 60


def test_without_a_mail_server_no_mail_leaves():
    assert environment.mail("") == {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}


@pytest.mark.parametrize(
    ("url", "port", "wrapped", "upgraded"),
    [
        ("smtp://mail.example.org", 587, False, True),
        ("smtps://mail.example.org", 465, True, False),
        ("smtp://localhost:1025", 1025, False, False),
        ("smtp://relay.example.org:25?tls=no", 25, False, False),
    ],
)
def test_mail_is_sent_under_tls_unless_it_stays_here_or_is_said_otherwise(
    url, port, wrapped, upgraded
):
    mail = environment.mail(url)
    assert (mail["EMAIL_PORT"], mail["EMAIL_USE_SSL"], mail["EMAIL_USE_TLS"]) == (
        port, wrapped, upgraded,
    )  # fmt: skip
