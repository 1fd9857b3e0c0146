"""A canary in every classified field: a role without the clearance finds it nowhere.

Every page, fragment and filled form is searched on the way round `test_every_address.py`.
"""

from __future__ import annotations

import io
from urllib.parse import quote

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from kesher.core.access import allows, may
from kesher.core.events import may_hear
from kesher.core.fields import is_readable, kind_of, kinds
from kesher.core.models import EventRecord
from tests.access.canaries import WATCHED, Cage, leaks, said
from tests.access.forms import ASKED, POSTED
from tests.access.records import RECORDS
from tests.access.walk import client_of

OF_HIDDEN = {"touch": ("touch", "touch-menu"), "file": ("attachment", "attachment-menu")}
LISTS = ("customers", "tasks", "products", "do-not-contact", "members")


def body(client: Client, address: str, **headers: str) -> str:
    return said(client.get(address, headers=headers))


def test_the_cleared_do_see_them(cage):
    """Without this, the other tests could pass on empty pages."""
    owner = client_of(cage.records.clinic, "owner")
    noa = cage.records["noa"]
    pages = [body(owner, reverse(name, args=[noa.pk])) for name in ("customer", "customer-edit")]
    seen = set(leaks(" ".join(pages), cage.canaries))

    assert seen == {canary.name for canary in cage.canaries}


@pytest.mark.parametrize("who", WATCHED)
def test_no_answer_to_an_empty_form_shows_one(cage, who):
    """What is refused comes back with its page; what says something is asked by the walk."""
    client, records = client_of(cage.records.clinic, who), cage.records
    hidden = cage.hidden_from(who)
    found = []
    for name in sorted(POSTED.keys() | ASKED.keys()):
        for record in sorted(RECORDS.get(name, {"": None})):
            kwargs = RECORDS[name][record](records) if record else None
            url = reverse(name, kwargs=kwargs)
            for send in (client.post, client.get) if name in ASKED else (client.post,):
                with transaction.atomic():
                    answer = send(url, headers={"HX-Request": "true"})
                    found += [(url, canary) for canary in leaks(said(answer), hidden)]
                    transaction.set_rollback(True)

    assert hidden
    assert found == []


@pytest.mark.parametrize("who", [*WATCHED, "owner"])
def test_what_is_classified_whole_does_not_exist_without_the_clearance(cage, who):
    """A medical note and file have pages of their own; the file hands out its bytes."""
    clinic = cage.records.clinic
    client, actor = client_of(clinic, who), clinic.actor(who)
    is_cleared = actor.cleared_for("health") and allows(actor, "view", cage.records["noa"])
    answers = [
        client.get(reverse(name, args=[cage.records[f"hidden {kind}"].pk]))
        for kind, names in OF_HIDDEN.items()
        for name in names
    ]
    seen = set(leaks(" ".join(said(answer) for answer in answers), cage.canaries))

    assert {answer.status_code for answer in answers} == {200 if is_cleared else 404}
    assert seen >= {"medical note", "medical file"} if is_cleared else seen == set()
    assert is_cleared == (who in ("dentist", "owner"))


@pytest.mark.parametrize("who", WATCHED)
def test_a_hidden_field_is_as_unknown_as_one_that_does_not_exist(cage, who):
    actor = cage.records.clinic.actor(who)
    client = client_of(cage.records.clinic, who)
    tried = 0
    for kind in kinds():
        if kind.name not in LISTS:
            continue
        address = reverse(kind.name)
        for one in kind.fields.values():
            if is_readable(actor, kind, one):
                continue
            for query in ("{}=x", "{}.empty=yes", "sort={}", "sort=-{}", "cols={}", "group={}"):
                tried += 1
                answers = [
                    client.get(f"{address}?{query.format(name)}")
                    for name in (one.name, "no_such_field")
                ]
                texts = [
                    a.content.decode().replace(one.name, "FIELD").replace("no_such_field", "FIELD")
                    for a in answers
                ]
                assert answers[0].status_code == answers[1].status_code, (one.name, query)
                assert leaks(texts[0], cage.hidden_from(who)) == []
                assert str(one.label) not in texts[0] or str(one.label) in texts[1], one.name
    assert tried


@pytest.mark.parametrize("who", WATCHED)
def test_nobody_is_found_by_what_may_not_be_read(cage, who):
    client = client_of(cage.records.clinic, who)
    for canary in cage.hidden_from(who):
        for trace in canary.traces:
            found = body(client, f"{reverse('find')}?q={quote(trace)}", **{"HX-Request": "true"})
            assert "נועה" not in found, canary.name


@pytest.mark.parametrize("who", WATCHED)
def test_no_export_holds_one(cage, who):
    client = client_of(cage.records.clinic, who)
    hidden = cage.hidden_from(who)
    for name in LISTS:
        for form in ("csv", "xlsx", "paper"):
            answer = client.post(reverse(f"{name}-export"), {"format": form})
            assert answer.status_code == (200 if may_export(cage, who, name) else 403)
            assert leaks(read(answer.content, form), hidden) == []


@pytest.mark.parametrize("who", WATCHED)
def test_nothing_printed_or_written_holds_one_when_every_column_is_asked_for(cage, who):
    client, owner = (client_of(cage.records.clinic, one) for one in (who, "owner"))
    hidden = cage.hidden_from(who)
    for name in LISTS:
        shown_ever = [one.name for one in kind_of(name).fields.values() if one.shown]
        columns = {"in": "cols=" + ",".join(shown_ever)}
        for form in ("csv", "paper"):
            answer = client.post(reverse(f"{name}-export"), {"format": form, **columns})
            assert leaks(said(answer), hidden) == []
            shown = owner.post(reverse(f"{name}-export"), {"format": form, **columns})
            assert leaks(said(shown), cage.canaries) or name != "customers"


@pytest.mark.parametrize("who", WATCHED)
@pytest.mark.parametrize("name", ["customer", "customer-header"])
def test_a_page_that_breaks_tells_nothing_of_what_broke_it(cage, who, name, monkeypatch):
    def breaks(_whole):
        raise RuntimeError(" ".join(trace for one in cage.canaries for trace in one.traces))

    monkeypatch.setattr("kesher.web.customers.whole.Whole.header", breaks)
    client = client_of(cage.records.clinic, who)
    client.raise_request_exception = False
    answer = client.get(reverse(name, args=[cage.records["noa"].pk]))

    is_in_sight = allows(cage.records.clinic.actor(who), "view", cage.records["noa"])
    assert answer.status_code == (500 if is_in_sight else 404)
    assert leaks(said(answer), cage.canaries) == []


def may_export(cage: Cage, who: str, name: str) -> bool:
    return may(cage.records.clinic.actor(who), "export", kind_of(name).model)


def read(content: bytes, form: str) -> str:
    """What a file says; a sheet is packed and must be opened first."""
    if form == "csv" or not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    return " ".join(str(cell) for row in rows for cell in row)


@pytest.mark.parametrize("who", WATCHED)
def test_the_stream_tells_no_secret(cage, who):
    """Facts hold ids only; what hangs on a hidden classification is not even told."""
    actor = cage.records.clinic.actor(who)
    for record in EventRecord.objects.all():
        assert leaks(f"{record.payload} {record.actor}", cage.canaries) == []
        if not actor.cleared_for(record.classification):
            assert not may_hear(actor, record)
