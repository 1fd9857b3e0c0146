"""What no form expects is refused in words, and nothing is half done."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse
from PIL import Image

from kesher.core.files import LONGEST_NAME
from kesher.engagement.models import Attachment
from tests.access.made import make_records
from tests.access.walk import client_of
from tests.web.every_form import Filled, bare_forms, filled_forms, once_more, rows

HOSTILE = {
    "empty": "",
    "long": "x" * 200_000,
    "nul": "a\x00b",
    "surrogate": "a\ud800b",
    "year 0": "0000-01-01",
    "year 9999": "9999-12-31",
    "moment 9999": "9999-12-31T23:59",
    "moment 1": "0001-01-01T00:00",
    "formula": "=cmd()|' /C calc'!A0",
    "override": "\u202eevil\u202c",
    "huge": "9" * 400,
    "huge number": "99999999999999999999",
    "negative": "-1",
    "no number": "NaN",
    "digit of another script": "²",
    "markup": '"><script>alert(1)</script>',
    "template": "{{ request }}{% debug %} %(x)s {0}",
}
ALERT = re.compile(
    r'(?:role="alert"|class="[^"]*field-error|data-refusal|class="banner).*?</(?:div|p|span)>', re.S
)
PAGE = re.compile(r"<h1>[^<]+</h1><p[^>]*>[^<]+</p>")
HEBREW = re.compile("[א-ת]")


def sent(client: Client, address: str, content: dict[str, Any], **more: Any) -> HttpResponse:
    """The form as a browser encodes it, and bytes as no browser would."""
    pairs = [
        (name, value)
        for name, held in content.items()
        for value in (held if isinstance(held, list) else [held])
        if not isinstance(value, SimpleUploadedFile)
    ]
    body = "&".join(
        f"{quote_plus(name)}={quote_plus(str(value).encode('utf-8', 'surrogatepass'))}"
        for name, value in pairs
    )
    return client.post(
        address, body, content_type="application/x-www-form-urlencoded", **more
    )  # fmt: skip


@pytest.fixture
def asked(monkeypatch) -> set[str]:
    """The names of fields that pages ask a form for."""
    names: set[str] = set()
    for method in ("__getitem__", "get", "getlist", "__contains__"):
        real = getattr(QueryDict, method)

        def watching(self, key, *more, real=real):
            if isinstance(key, str) and not self._mutable:
                names.add(key)
            return real(self, key, *more)

        monkeypatch.setattr(QueryDict, method, watching)
    return names


def fields_of(client: Client, form: Filled, asked: set[str]) -> list[str]:
    """What the form sends, and whatever else its page asks for."""
    asked.clear()
    with transaction.atomic():
        sent(client, form.address, form.content)
        transaction.set_rollback(True)
    names = (asked | form.content.keys()) - {"csrfmiddlewaretoken", "file"}
    return sorted(name for name in names if not name.startswith("initial-"))


def spoilt(form: Filled, names: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The form with one field spoilt after another, and with all of them."""
    for what, value in HOSTILE.items():
        for name in names:
            yield f"{name}: {what}", form.content | {name: value}
        yield f"all: {what}", form.content | dict.fromkeys(names, value)


def fault_of(answer: HttpResponse, before: dict[str, int]) -> str:
    """What is wrong with an answer; nothing when it took the form or refused it in words."""
    if answer.status_code >= 500:
        return f"{answer.status_code}"
    if answer.status_code < 400:
        return ""
    if rows() != before:
        return f"{answer.status_code}, and something is half done"
    said = answer.text + answer.headers.get("HX-Trigger", "").encode().decode("unicode_escape")
    if answer.status_code in (403, 404):
        return "" if HEBREW.search(said) else f"{answer.status_code} without a word"
    alerts = ALERT.findall(said) + PAGE.findall(said) or ([said] if "k-toast" in said else [])
    if not any(HEBREW.search(one) for one in alerts):
        return f"{answer.status_code} without a sentence"
    return ""


def faults(clinic, asked, *, part: bool, turn: int, of: int) -> Iterator[str]:
    """What is wrong with the answers to every spoilt form, or to each so many-th of them."""
    records = make_records(clinic)
    client = client_of(clinic, "owner")
    client.cookies["language"] = "he"
    headers = {"HX-Request": "true"} if part else {}
    before, at = rows(), turn
    for form in [*filled_forms(records), *bare_forms(records)]:
        for what, content in spoilt(form, fields_of(client, form, asked)):
            at += 1
            if at % of:
                continue
            with transaction.atomic():
                try:
                    fault = fault_of(sent(client, form.address, content, headers=headers), before)
                except Exception as error:
                    fault = repr(error)[:200]
                transaction.set_rollback(True)
            if fault:
                yield f"{form.name} {what}: {fault}"


@pytest.mark.parametrize("part", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize(
    ("turn", "of"), [(0, 19), pytest.param(0, 1, marks=pytest.mark.soak)], ids=["some", "all"]
)
def test_every_form_takes_or_refuses_anything(clinic, settings, tmp_path, asked, part, turn, of):
    settings.MEDIA_ROOT = tmp_path

    wrong = list(faults(clinic, asked, part=part, turn=turn, of=of))

    assert "\n".join(wrong) == ""


# ---- what no browser sends


def test_a_form_of_another_page_is_refused(clinic):
    """Without the token of its own page nothing is taken, wherever it is sent."""
    records = make_records(clinic)
    client = Client(enforce_csrf_checks=True, headers={"Accept-Language": "he"})
    client.force_login(clinic.members["owner"])
    before = rows()

    answers = {
        form.name: client.post(form.address, once_more(form.content))
        for form in [*filled_forms(records), *bare_forms(records)]
    }

    assert {name for name, one in answers.items() if one.status_code != 403} == set()
    assert {name for name, one in answers.items() if not HEBREW.search(one.text)} == set()
    assert rows() == before


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "windows-1255", "no-such-thing"])
def test_letters_of_another_encoding_are_not_guessed(clinic, noa, as_member, charset):
    """UTF-7 could smuggle in half a letter, which no database keeps."""
    body = (
        '--b\r\nContent-Disposition: form-data; name="form"\r\n\r\nnote\r\n'
        '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\na+2AA-b\r\n--b--\r\n'
    )
    answer = as_member("receptionist").generic(
        "POST", reverse("customer-compose", args=[noa.pk]), body,
        content_type=f"multipart/form-data; boundary=b; charset={charset}",
    )  # fmt: skip

    assert answer.status_code == 400
    assert not noa.touches.exists()


def test_more_than_anybody_types_is_refused_unread(noa, as_member):
    address = reverse("customer-compose", args=[noa.pk])
    for content in ({"text": "x" * 6_000_000}, {f"f{n}": "" for n in range(2000)}):
        answer = sent(as_member("receptionist"), address, {"form": "note"} | content)

        assert answer.status_code == 400
    assert not noa.touches.exists()


# ---- files


def picture(**options: Any) -> bytes:
    held = io.BytesIO()
    Image.new(options.pop("mode", "RGB"), options.pop("size", (30, 20))).save(held, **options)
    return held.getvalue()


def zipped(**contents: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return held.getvalue()


SCRIPT = b"<html><script>alert(1)</script></html>"
REFUSED = {
    "empty": b"",
    "a picture of 40 million points and some": picture(
        size=(10_000, 4_001), mode="1", format="PNG"
    ),
    "half a picture": picture(format="PNG")[:50],
    "a script that calls itself a picture": b"GIF89a/*" + SCRIPT + b"*/=1;",
    "a bomb": zipped(**{str(n): bytes(30_000_000) for n in range(4)}),
    "too large": bytes(25 * 1024 * 1024 + 1),
}
PLACES = {
    "customer-files": ("file", {}),
    "customer-compose": ("file", {"form": "note", "text": "See the file"}),
    "logo-upload": ("logo", {}),
    "import": ("file", {}),
}


@pytest.fixture
def hand_in(clinic, noa, as_member, settings, tmp_path):
    """Hand a file in where files are taken, as the owner reads Hebrew."""
    settings.MEDIA_ROOT = tmp_path
    client = as_member("owner")
    client.cookies["language"] = "he"

    def hand_in(place: str, content: bytes, name: str = "plan.png") -> HttpResponse:
        field, more = PLACES[place]
        file = SimpleUploadedFile("x", content)
        file._name = name  # the browser of an attacker tidies no names
        args = [noa.pk] if place.startswith("customer") else []
        return client.post(reverse(place, args=args), more | {field: file})

    return hand_in


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(hand_in, tmp_path, place, content):
    before = rows()

    answer = hand_in(place, content)

    assert answer.status_code == 422
    assert fault_of(answer, before) == ""
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (picture(format="GIF") + SCRIPT, "image/gif"),
        (picture(format="PNG", mode="L") + zipped(x=b"y"), "image/png"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n" + zipped(**{"x.html": SCRIPT}), "application/pdf"),
        (zipped(x=b"y") + b"%PDF-1.7", "application/zip"),
        (SCRIPT, "application/octet-stream"),
    ],
    ids=["gif and page", "png and zip", "pdf and zip", "zip and pdf", "page"],
)
def test_two_things_in_one_are_handed_out_as_neither_runs(
    hand_in, as_member, content, content_type
):
    assert hand_in("customer-files", content, "both.html").status_code == 302

    file = Attachment.objects.get()
    answer = as_member("receptionist").get(reverse("attachment", args=[file.pk]))

    assert answer.headers["Content-Type"].startswith(content_type)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    if content_type.startswith("image/"):  # drawn anew, so what hung behind it is gone
        held = b"".join(answer.streaming_content)
        assert SCRIPT not in held
        assert b"PK\x03\x04" not in held


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "..\\..\\x.dll", "a\x00b.txt", "x" * 300 + ".txt", "\u202egpj.exe", "...",
        "<script>x</script>.txt", "CON.txt", "=cmd().csv", "a%00b.txt",
    ],
)  # fmt: skip
def test_a_hostile_name_is_made_harmless(hand_in, tmp_path, name):
    answer = hand_in("customer-files", b"words", name)

    assert answer.status_code == 302
    kept = Attachment.objects.get().name
    assert 0 < len(kept) <= LONGEST_NAME
    assert not re.search(r'[\\/<>:"|?*%\x00-\x1f\u202a-\u202e]', kept)
    assert all(path.is_relative_to(tmp_path) for path in tmp_path.rglob("*"))
    stored = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert len(stored) == 1
    assert re.fullmatch("[0-9a-f]{64}", stored[0])
