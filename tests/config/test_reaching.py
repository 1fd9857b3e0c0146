"""The ways in: TLS of its own, a proxy in front, and many machines."""

import datetime
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.urls import reverse

from tests.running import Server

pytestmark = pytest.mark.once


@pytest.fixture
def certificate(tmp_path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(signed.public_bytes(encoding))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return tmp_path / "cert.pem", tmp_path / "key.pem"


@pytest.fixture
def serving(places, tmp_path):
    """Starts servers under an environment; all are stopped in the end."""
    started = []

    def start(*words: str, scheme: str = "http", verify=True, **environment: str) -> Server:
        made = Server(places.make("clinic", tmp_path / f"home{len(started)}"))
        made.scheme, made.verify = scheme, verify
        made.place.environment |= {
            name: value.format(port=made.port) for name, value in environment.items()
        }
        started.append(made)
        made.start(*words)
        return made

    yield start
    for made in started:
        made.stop()
        places.drop(made.place)


def test_speaks_tls_with_the_given_certificate(serving, certificate):
    file, key = map(str, certificate)
    server = serving(
        scheme="https", verify=file, KESHER_URL="https://localhost:{port}", KESHER_TLS_CERT=file,
        KESHER_TLS_KEY=key, KESHER_LISTEN="127.0.0.1",
    )  # fmt: skip
    page = requests.get(server.url + reverse("account_login"), verify=file, timeout=10)
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookies = {cookie.name: cookie for cookie in page.cookies}
    assert cookies["__Host-csrf"].secure
    assert "__Host-session" in server.session_of("owner@clinic.test")
    assert server.answers()


def test_behind_a_proxy_pages_are_as_secure_as_the_way_to_it(serving):
    server = serving(KESHER_URL="https://crm.example.org", KESHER_PROXY="127.0.0.1")
    said = {
        "Host": "crm.example.org",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.9",
    }
    page = requests.get(server.url + reverse("account_login"), headers=said, timeout=10)
    assert page.status_code == 200
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
    stranger = requests.get(
        server.url + reverse("account_login"), headers={**said, "Host": "evil.example"}, timeout=10
    )
    assert stranger.status_code == 400


def test_a_stranger_guessing_passwords_is_stopped_whatever_address_he_claims(serving):
    server = serving()
    answers = []
    for number in range(12):
        browser = requests.Session()
        browser.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        page = browser.get(server.url + reverse("account_login"), timeout=10)
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        answers.append(
            browser.post(
                page.url, headers={"Referer": page.url}, timeout=10, allow_redirects=False,
                data={"csrfmiddlewaretoken": token, "login": "owner@clinic.test",
                      "password": f"guess {number}"},
            )
        )  # fmt: skip
    refused = [
        answer for answer in answers if "Too many" in answer.text or answer.status_code == 429
    ]
    assert len(refused) >= 6, answers[-1].text[-2000:]


def test_pages_and_worker_run_apart(serving):
    server = serving("--no-worker")
    with pytest.raises(AssertionError, match="no worker"):
        server.worker()
    assert server.answers()
