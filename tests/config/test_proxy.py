"""Who asks is what a trusted proxy says, and nothing that anybody else says."""

import pytest

from kesher.config.serving.proxy import Proxies


def scope(client, **headers):
    said = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"client": (client, 4000), "scheme": "http", "headers": [(b"host", b"crm"), *said]}


@pytest.mark.parametrize(
    ("trusted", "client", "chain", "seen"),
    [
        ((), "198.51.100.9", "6.6.6.6", "198.51.100.9"),
        (("127.0.0.1",), "198.51.100.9", "6.6.6.6", "198.51.100.9"),
        (("127.0.0.1",), "127.0.0.1", "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", "6.6.6.6, 203.0.113.5, 10.1.1.1", "203.0.113.5"),
        (("127.0.0.1",), "127.0.0.1", "nonsense", "127.0.0.1"),
        (("127.0.0.1",), "127.0.0.1", "", "127.0.0.1"),
        (("::1",), "::1", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_address_is_the_last_that_no_proxy_of_ours_has(trusted, client, chain, seen):
    found = Proxies(trusted).seen_through(scope(client, x_forwarded_for=chain))
    assert found["client"][0] == seen


def test_the_scheme_is_believed_only_of_a_trusted_proxy():
    proxies = Proxies(("127.0.0.1",))
    assert proxies.seen_through(scope("127.0.0.1", x_forwarded_proto="https"))["scheme"] == "https"
    assert proxies.seen_through(scope("192.0.2.1", x_forwarded_proto="https"))["scheme"] == "http"


@pytest.mark.parametrize("trusted", [(), ("127.0.0.1",)])
def test_no_page_ever_sees_what_was_said_about_the_way(trusted):
    said = {"x_forwarded_for": "1.1.1.1", "x_forwarded_host": "evil.example", "forwarded": "for=1",
            "x_forwarded_proto": "https", "x_real_ip": "1.1.1.1"}  # fmt: skip
    found = Proxies(trusted).seen_through(scope("127.0.0.1", **said))
    assert found["headers"] == [(b"host", b"crm")]
