"""Why a line is refused is kept in no language: each reader reads it in his own."""

import io
import json

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from kesher.core.importing.models import ImportRun, RefusedLine
from kesher.core.importing.reasons import reason_of
from kesher.customers.models import Customer
from kesher.organization.models import Member
from kesher.web.management.commands.kesher_import import Command

pytestmark = pytest.mark.django_db
LINES = "number,name,birthday,gender\n1,=1+1,,\n2,Dana,31/12/1840,\n3,Noa,,purple\n"


def reasons(run, language):
    with translation.override(language):
        return [reason_of(line) for line in run.refused_lines.order_by("number")]


def test_a_reason_is_read_in_any_language(take):
    with translation.override("el"):
        run = take(LINES).run

    formula, day, choice = reasons(run, "en")
    assert formula == "“Name” holds a formula (=1+1), not a value."
    assert "“Birthday” holds “31/12/1840”; it must lie between 1 Jan 1850 and " in day
    assert choice == "“Gender” holds “purple”; it takes only: Female, Male."
    formula, day, choice = reasons(run, "he")
    assert formula.startswith("ב״שם״ יש נוסחה")
    assert "1 בינואר 1850" in day
    assert "Female" not in choice and "זכר" in choice
    assert all("“" not in one for one in reasons(run, "el"))


def test_the_page_tells_it_in_the_language_of_now(as_member, clinic, take, settings):
    with translation.override("el"):
        run = take(LINES, by=clinic.actor("owner"), checks=False).run
    page = as_member("owner").get(reverse("import-file", args=[run.pk])).content.decode()
    assert "holds a formula" in page and "1 Jan 1850" in page

    browser = as_member("owner")
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "he"
    page = browser.get(reverse("import-file", args=[run.pk])).content.decode()
    assert "holds a formula" not in page and "1 בינואר 1850" in page


def test_a_line_from_before_keeps_its_words(take):
    run = take(LINES).run
    RefusedLine.objects.update(code="", said={}, reason="It was so.")
    assert reasons(run, "he") == ["It was so."] * 3


def test_a_doubt_is_read_in_any_language(take):
    take("name,phone\nAvi Ben,03-5551111\nBatya Ben,03-5551111\n")
    run = take("name,phone,city\nCarmi Ben,03-5551111,Acre\n", match=["phone"]).run
    assert "2 customers share" in reasons(run, "en")[0]
    assert "customers" not in reasons(run, "he")[0]


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_machines_are_told_by_codes_that_stay(clinic, tmp_path, options):
    path = tmp_path / "file.csv"
    path.write_text(LINES)
    said = []
    for language in ("en", "he"):
        Member.objects.filter(pk=clinic.actor("owner").member_id).update(language=language)
        out = io.StringIO()
        call_command(
            Command(), str(path), "--kind", "customers", "--json", "--reasons", *options,
            "--as", "owner@clinic.test", stdout=out, stderr=io.StringIO(),
        )  # fmt: skip
        said.append(json.loads(out.getvalue()))

    assert said[0] == said[1]
    formula, day, choice = said[0]["reasons"]
    assert formula == {"line": 2, "code": "HoldsFormula", "column": "Name", "value": "=1+1"}
    assert (day["code"], day["first"]) == ("DayOutOfRange", "1850-01-01")
    assert (choice["code"], choice["choices"][0]) == ("NotAChoice", "Female")
    assert not Customer.objects.filter(reference="1").exists()
    assert ImportRun.objects.count() == 2
