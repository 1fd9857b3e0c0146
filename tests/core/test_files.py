import io
import resource
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kesher.core.files import (
    LONGEST_NAME,
    FileEmpty,
    FileIsABomb,
    FileTooLarge,
    clean_name,
    receive,
)
from kesher.core.pictures import PictureTooLarge, PictureUnreadable

SECRET = "CANARY 32.7940 N"
SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(form, *, size=(40, 20), mode="RGB", **options):
    made = io.BytesIO()
    Image.new(mode, size).save(made, form, **options)
    return made.getvalue()


def with_a_place():
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif[0x0112] = 6  # lies on its side
    exif.get_ifd(0x8825)[1] = "N"
    return exif


def with_words():
    words = PngInfo()
    words.add_text("Comment", SECRET)
    return words


@pytest.mark.parametrize(
    ("form", "content_type", "options"),
    [
        ("JPEG", "image/jpeg", {"exif": with_a_place(), "comment": SECRET.encode()}),
        ("PNG", "image/png", {"exif": with_a_place(), "pnginfo": with_words()}),
        ("WEBP", "image/webp", {"exif": with_a_place(), "xmp": SECRET.encode()}),
        ("TIFF", "image/tiff", {"exif": with_a_place(), "software": SECRET}),
        ("AVIF", "image/avif", {"exif": with_a_place(), "xmp": SECRET.encode()}),
        ("GIF", "image/gif", {"comment": SECRET.encode()}),
        ("BMP", "image/png", {}),
    ],
)
def test_a_picture_is_drawn_anew(form, content_type, options):
    """Neither what was written into it nor what was hung behind it survives."""
    raw = picture(form, **options) + SCRIPT + SECRET.encode()

    received = receive([raw], "holiday")

    kept = received.path.read_bytes()
    assert SECRET.encode() not in kept
    assert SCRIPT not in kept
    assert received.content_type == content_type
    upright = (20, 40) if "exif" in options else (40, 20)
    assert Image.open(received.path).size == upright


def test_a_moving_picture_keeps_moving():
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "green", "blue")]
    raw = io.BytesIO()
    frames[0].save(raw, "GIF", save_all=True, append_images=frames[1:], duration=50)

    assert Image.open(receive([raw.getvalue()], "x.gif").path).n_frames == 3


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (b"", FileEmpty),
        (bytes(25 * 1024 * 1024 + 1), FileTooLarge),
        (picture("PNG", size=(10_000, 4_001), mode="1"), PictureTooLarge),
        (picture("PNG")[:60], PictureUnreadable),
        (b"GIF89a/*" + bytes(50) + b"*/=alert(1)", PictureUnreadable),
        (b"\xff\xd8\xff" + SCRIPT, PictureUnreadable),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", PictureUnreadable),
    ],
)
def test_refuses_and_leaves_nothing_behind(store, raw, refusal):
    with pytest.raises(refusal):
        receive([raw], "x.jpg")

    assert list((store / "incoming").iterdir()) == []


def test_forty_million_points_are_drawn_and_one_more_is_not():
    assert receive([picture("PNG", size=(10_000, 4_000), mode="1")], "x.png").size


def test_the_limit_of_size_is_met_while_reading(store):
    def endless():
        while True:
            yield bytes(1024 * 1024)

    with pytest.raises(FileTooLarge):
        receive(endless(), "x.bin")


@pytest.mark.parametrize(
    ("raw", "name", "content_type"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", None),
        (b"<!doctype html>" + SCRIPT, "a.html", None),
        (b"  <?xml version='1.0'?><a/>", "a.xml", None),
        (b"words first, then " + SCRIPT, "a.txt", None),
        (b"MZ\x90\x00" + bytes(400), "a.exe", None),
        (b"#!/bin/sh\nrm -rf /", "a.sh", "text/plain"),
        ("שלום".encode(), "a.txt", "text/plain"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n" + SCRIPT, "a.pdf", "application/pdf"),
        (picture("PNG"), "a.html", "image/png"),
    ],
)
def test_the_type_is_what_the_content_shows_and_markup_is_unknown(raw, name, content_type):
    received = receive([raw], name)

    assert received.content_type == (content_type or "application/octet-stream")


def zipped(entries, **more):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("letter.txt", "application/zip"),
        (
            "xl/workbook.xml",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        (
            "word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
    ],
)
def test_archives_and_documents_are_told_apart(name, content_type):
    assert receive([zipped([(name, "x")])], "a.zip").content_type == content_type


def test_a_bomb_is_refused_without_unpacking(monkeypatch):
    bomb = zipped([(f"{n}", bytes(30_000_000)) for n in range(10)])
    swollen = zipped([("xl/sheet.xml", b"x")])
    at = swollen.find(b"PK\x01\x02") + 24
    swollen = swollen[:at] + struct.pack("<L", 4_000_000_000) + swollen[at + 4 :]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_asked, **_how: pytest.fail("unpacked"))
    monkeypatch.setattr(zlib, "decompressobj", lambda *_asked: pytest.fail("unpacked"))

    for raw, name in ((bomb, "a.zip"), (swollen, "a.xlsx")):
        with pytest.raises(FileIsABomb):
            receive([raw], name)

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 * 1024


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\x.dll", "x.dll"),
        ("/absolute/x.txt", "x.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("inv\u202egpj.exe", "invgpj.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ("lone\ud800.txt", "lone.txt"),
        ("new\nline\r.txt", "new line.txt"),
        ('a"b<c>d|e?f*g:h.txt', "a_b_c_d_e_f_g_h.txt"),
        ("CON.txt", "file_CON.txt"),
        ("nul", "file_nul"),
        ("...", "file"),
        ("", "file"),
        (" . ", "file"),
        (".htaccess", "htaccess"),
        ("trailing. . ", "trailing"),
        ("צילום שן.png", "צילום שן.png"),
        ("Αρχείο.pdf", "Αρχείο.pdf"),
        ("e\u0301.txt", "\u00e9.txt"),
    ],
)
def test_a_hostile_name_becomes_a_harmless_one(name, cleaned):
    assert clean_name(name) == cleaned


@given(st.text(max_size=400))
def test_any_name_is_safe_on_any_system(name):
    cleaned = clean_name(name)

    assert cleaned
    assert len(cleaned) <= LONGEST_NAME
    assert not set(cleaned) & set('/\\<>:"|?*\x00\n\r')
    assert cleaned not in (".", "..")
    assert clean_name(cleaned) == cleaned
    cleaned.encode("utf-8")


@pytest.mark.parametrize(
    ("name", "content_type", "cleaned"),
    [
        ("a.exe", "image/png", "a.exe.png"),
        ("a.jpeg", "image/jpeg", "a.jpeg"),
        ("scan.bmp", "image/png", "scan.png"),
        ("photo", "image/webp", "photo.webp"),
        ("a.exe", "application/pdf", "a.exe"),
    ],
)
def test_a_picture_gets_its_true_ending(name, content_type, cleaned):
    assert clean_name(name, content_type) == cleaned


def test_a_long_name_keeps_its_ending():
    assert clean_name("x" * 400 + ".pdf") == "x" * (LONGEST_NAME - 4) + ".pdf"
