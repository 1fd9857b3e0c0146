"""Files made to do harm: each is refused in words, in bounded time and memory, and nothing is done.

What an administrator names on the command line is read as he is allowed to; what a page is handed
gets a name of ours.
"""

import gzip
import io
import os
import re
import socket
import subprocess
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kesher.core.access import SYSTEM
from kesher.core.importing import cells, keeping, reading, refusals
from kesher.core.importing.commands import open_import, take_back, take_in
from kesher.core.importing.keeping import new_file
from kesher.core.importing.kinds import importable_kind
from kesher.core.importing.models import ImportRun
from kesher.core.importing.queries import file_of
from kesher.core.importing.reading import Opening, open_table
from kesher.core.refusal import Refusal
from kesher.customers.models import Customer
from tests.running import KESHER, ROOT

GIGABYTE = 1 << 30
MOST_MEMORY = 400 << 20
SECRET = Path("/etc/passwd")


def opened(path):
    return open_table(path, Opening(country="IL", rows=new_file))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media" / "imports"


# ---- what is no file


def test_a_pipe_and_a_device_are_not_waited_for(tmp_path):
    pipe, link = tmp_path / "pipe.csv", tmp_path / "link.csv"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "socket.csv"))

    for path in (
        pipe,
        link,
        tmp_path / "socket.csv",
        Path("/dev/zero"),
        Path("/dev/tty"),
        tmp_path,
    ):
        with pytest.raises(refusals.FileMissing):
            opened(path)
    listening.close()


def test_a_link_that_leads_round_in_a_circle(tmp_path):
    (tmp_path / "a.csv").symlink_to(tmp_path / "b.csv")
    (tmp_path / "b.csv").symlink_to(tmp_path / "a.csv")

    with pytest.raises(refusals.FileMissing):
        opened(tmp_path / "a.csv")


# ---- names that climb


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name",
    ["../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "imports/../../x.csv",
     "....//x.csv", "%2e%2e%2fx.csv", "x\x00.csv"],
)  # fmt: skip
def test_an_upload_lies_under_a_name_of_ours(as_member, folder, name):
    owner = as_member("owner")
    handed = SimpleUploadedFile("x.csv", b"number,name\n1,Dana\n2,=bad()\n")
    handed._name = name  # as a browser of bad will says it

    owner.post(reverse("import"), {"file": handed})

    run = ImportRun.objects.get()
    assert file_of(run).parent == folder.resolve()
    assert {path.name for path in folder.iterdir()} == {file_of(run).name}
    assert not {"/", "\\"} & set(run.file_name)
    take_in(by=SYSTEM, run=run)
    said = owner.get(reverse("import-refused", args=[run.pk]))["Content-Disposition"]
    assert not {"/", "\\"} & set(said)


@pytest.mark.django_db
def test_a_file_of_the_machine_is_not_brought_by_one_that_names_it(clinic, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("root:x:0:0")
    entity = f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{secret}">]>'
    table = f"{entity}<html><table><tr><th>name<th>city<tr><td>&s;<td>&s;</table></html>"
    card = f"BEGIN:VCARD\nVERSION:3.0\nN:Levi;Dana\nPHOTO;VALUE=URI:file://{secret}\nEND:VCARD\n"
    book = io.BytesIO()
    sheet = openpyxl.Workbook()
    sheet.active.append(["name", "city"])
    sheet.active.append([f'=HYPERLINK("file://{secret}")', "Haifa"])
    sheet.save(book)
    linked = io.BytesIO()
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(linked, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name.endswith("sheet1.xml"):
                text = entity.encode() + text.replace(b"Haifa", b"&s;")
            new.writestr(name, text)
        new.writestr("../../../climbs.txt", "x")

    for at, content in enumerate((table.encode(), card.encode(), linked.getvalue())):
        path = tmp_path / f"{at}"
        path.write_bytes(content)
        try:
            run = open_import(
                by=SYSTEM, kind=importable_kind("customers"), path=path, name=path.name,
                is_ours=False, said={},
            )  # fmt: skip
            take_in(by=SYSTEM, run=run)
        except Refusal as refusal:
            assert "root:x" not in str(refusal)
    for row in Customer.objects.values():
        assert "root:x" not in str(row)
    assert not list(tmp_path.parent.parent.glob("**/climbs.txt"))


# ---- what grows


def bombs():
    """What is small and unpacks to gigabytes."""
    zeros = io.BytesIO()
    with zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("people.csv", bytes(200 << 20))
    lying = io.BytesIO()
    with zipfile.ZipFile(lying, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"<a>" + b" " * (300 << 20))
    # Each entry of the list at the end says how large its file is; this one says a kilobyte.
    shrunk = lying.getvalue().replace(
        (300 * (1 << 20) + 3).to_bytes(4, "little"), (1024).to_bytes(4, "little")
    )
    head = '<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">'
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}<text:p>x</text:p>'
    repeated = io.BytesIO()
    with zipfile.ZipFile(repeated, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f"<?xml version='1.0'?>{head}<office:body><office:spreadsheet><table:table "
            f'table:name="S">{rows}</table:table-cell></table:table-row></table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return {
        "gzip": gzip.compress(bytes(200 << 20)), "zip": zeros.getvalue(),
        "lying zip": shrunk, "repeated cells": repeated.getvalue(),
    }  # fmt: skip


@pytest.mark.soak
@pytest.mark.parametrize("name", ["gzip", "zip", "lying zip", "repeated cells"])
def test_a_bomb_does_not_go_off(place, tmp_path, name):
    path = tmp_path / "people.xlsx"
    path.write_bytes(bombs()[name])

    said, memory = brought(place, path)

    assert said and "Traceback" not in said
    assert memory < MOST_MEMORY


def test_a_record_without_end_is_not_gathered(tmp_path, monkeypatch):
    monkeypatch.setattr(cells, "LONGEST_LINE", 100_000)
    path = tmp_path / "file.csv"
    path.write_text("name,city\n" + '"Dana\n",' * 100_000)

    with pytest.raises(refusals.LineTooLong):
        opened(path)


def test_long_lines_are_few_at_once():
    lines = [(at, ["x" * 1_500_000]) for at in range(9)]

    assert [len(reading.portion(iter(lines), 5, lambda line: line[1])) for _ in "a"] == [3]
    assert len(reading.portion(iter([(1, ["x"])] * 9), 5, lambda line: line[1])) == 5


@pytest.mark.soak
@pytest.mark.parametrize("gap", [0, 900_000], ids=["one hole", "holes between lines"])
def test_three_gigabytes_on_the_command_line(place, tmp_path, gap):
    path = tmp_path / "people.csv"
    with path.open("wb") as file:
        file.write(b"number,name,phone\n1,Dana Levi,052-1112233\n" * 30_000)
        while gap and file.tell() < 3 * GIGABYTE:
            file.seek(gap, 1)
            file.write(b",x\n2,Noa Levi,\n")
        file.truncate(3 * GIGABYTE)

    said, memory = brought(place, path, seconds=2400)

    assert "Traceback" not in said
    assert memory < MOST_MEMORY
    assert "is longer than" in said or "created 2," in said, said[-600:]


def brought(place, path, seconds=300):
    """What the command line says, and the most memory that it or what it started had at once."""
    words = [str(KESHER), "import", str(path), "--kind", "customers"]
    with (path.parent / "said").open("w+") as said:
        process = subprocess.Popen(words, env=place.variables(), cwd=ROOT, stdout=said, stderr=said)
        most, until = 0, time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < until:
            most = max(most, *map(_memory, [process.pid, *_children(process.pid)]))
            time.sleep(0.05)
        process.kill()
        said.seek(0)
        text = said.read()
    assert process.wait() in (0, 1), (process.returncode, text[-600:])
    return text, most


def _children(pid):
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _memory(pid):
    """The most that a process ever had at once, in bytes."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


@pytest.mark.django_db
def test_an_upload_that_is_too_large_leaves_nothing(as_member, folder, monkeypatch):
    monkeypatch.setattr(keeping, "LARGEST", 1000)
    owner = as_member("owner")

    answer = owner.post(reverse("import"), {"file": SimpleUploadedFile("x.csv", b"name\n" * 1000)})

    assert answer.status_code == 422
    assert list(folder.iterdir()) == []
    assert not ImportRun.objects.exists()


@pytest.mark.soak
def test_three_gigabytes_on_the_page_are_cut_off(clinic_server):
    cookies = clinic_server.session_of("owner@clinic.test")
    with socket.create_connection(("127.0.0.1", clinic_server.port), timeout=60) as line:
        cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        head = (
            f"POST {reverse('import')} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {3 * GIGABYTE}\r\n\r\n"
        )
        sent = 0
        try:
            line.sendall(head.encode())
            while sent < 3 * GIGABYTE:
                line.sendall(bytes(1 << 20))
                sent += 1 << 20
        except OSError:
            pass
    assert sent < GIGABYTE // 2
    assert not list((clinic_server.place.home / "media").glob("imports/*"))
    assert clinic_server.answers()


# ---- what changes while it is read


def people(count, city="Haifa"):
    return "number,name,city\n" + "".join(f"{at},Person {at},{city}\n" for at in range(count))


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["appended", "replaced", "cut off", "gone"])
def test_a_file_that_changes_while_it_is_taken_in(clinic, tmp_path, monkeypatch, how):
    path = tmp_path / "people.csv"
    path.write_text(people(200))
    run = open_import(
        by=SYSTEM, kind=importable_kind("customers"), path=path, name="f", is_ours=False, said={}
    )
    kind = type(importable_kind("customers"))
    write = kind.write

    def changing(self, *more):
        write(self, *more)
        if how == "appended":
            with path.open("a") as file:
                file.write("999,Mallory,Acre\n")
        elif how == "replaced":
            other = tmp_path / "other"
            other.write_text(people(300, "Acre"))
            other.rename(path)
        elif how == "cut off":
            os.truncate(path, 60)
        else:
            path.unlink(missing_ok=True)

    monkeypatch.setattr(kind, "write", changing)
    with pytest.raises(refusals.FileChanged):
        take_in(by=SYSTEM, run=run)

    run.refresh_from_db()
    assert run.state == "failed"
    brought = Customer.objects.filter(reference__isnull=False).exclude(reference="C-100")
    assert brought.count() == run.counts["created"] <= 200
    assert not brought.filter(name="Mallory").exists()
    assert not brought.filter(city="Acre").exists()
    monkeypatch.setattr(kind, "write", write)
    undone = take_back(by=SYSTEM, run=run)
    assert (undone.stayed, brought.filter(binned_at=None).count()) == ([], 0)


@pytest.mark.django_db
def test_a_sheet_that_is_replaced_after_it_was_read_is_not_missed(clinic, tmp_path, monkeypatch):
    """A sheet is laid out by then: what was looked at is what is taken in."""
    book = openpyxl.Workbook()
    book.active.append(["number", "name"])
    book.active.append(["1", "Dana Levi"])
    book.save(tmp_path / "people.xlsx")
    read = reading.read_workbook

    def replaced(path, *more):
        found = read(path, *more)
        path.write_bytes(path.read_bytes() + b"x")
        return found

    monkeypatch.setattr(reading, "read_workbook", replaced)
    with pytest.raises(refusals.FileChanged):
        opened(tmp_path / "people.xlsx")


def test_the_secret_of_the_machine_is_no_table_of_customers(clinic):
    if not SECRET.exists():
        pytest.skip("another kind of machine")
    with pytest.raises(Refusal):
        open_import(
            by=SYSTEM, kind=importable_kind("customers"), path=SECRET, name=SECRET.name,
            is_ours=False, said={},
        )  # fmt: skip
