"""Do-not-contact lists from files: each address once, made wider and never narrower."""

from datetime import date

import pytest

from kesher.core.access import SYSTEM, AccessDenied
from kesher.core.importing.commands import take_back
from kesher.core.importing.kinds import importable_kinds
from kesher.core.importing.recognising import guess_kind
from kesher.engagement.models import DoNotContact

pytestmark = pytest.mark.django_db
LIST = (
    "Telephone,E-mail,Reason,Do not contact,Date,Source\n"
    '="052-6473190",,Asked on the telephone,calls,01/02/2026,Register\n'
    "+972 52-647-3190,,Once more,,02/02/2026,\n"
    ",Noa@Example.TEST,,,,\n"
    "03-5551111 ext. 4; 03-5552222,,,both,,\n"
    ",,Nobody,,,\n"
    ",not an address,,,,\n"
    "04-8111111,,,perhaps,,\n"
    "04-8111112,,,,01/02/2126,\n"
)


def standing():
    rows = DoNotContact.objects.filter(lifted_at=None).order_by("normal")
    return {row.normal: row.forbids for row in rows}


def test_a_list(take):
    taken = take(LIST, "do-not-contact")

    assert taken.outcome[:4] == (3, 0, 1, 4)
    assert taken.expected == taken.counts
    assert standing() == {
        "+972526473190": "calls", "+97235551111": "all", "+97235552222": "all",
        "noa@example.test": "all",
    }  # fmt: skip
    entry = DoNotContact.objects.get(normal="+972526473190")
    assert (entry.reason, entry.since_on, entry.origin) == (
        "Asked on the telephone", date(2026, 2, 1), "Register",
    )  # fmt: skip
    for line, reason in ((6, "neither a telephone"), (7, "not an e-mail"), (8, "takes only"),
                         (9, "must lie between")):  # fmt: skip
        assert reason in taken.refused[line]


def test_the_same_list_again_changes_nothing(take):
    take(LIST, "do-not-contact")
    held = standing()

    assert take(LIST, "do-not-contact").outcome[:4] == (0, 0, 4, 4)
    assert standing() == held


@pytest.mark.parametrize(
    "content",
    ["טלפון;סיבה;אין לפנות\n052-6473190;ביקש בטלפון;הודעה\n",
     "Τηλέφωνο;Λόγος;Να μην ενοχληθεί\n052-6473190;Το ζήτησε;μήνυμα\n"],
)  # fmt: skip
def test_a_ban_becomes_wider_and_never_narrower(take, content):
    take(LIST, "do-not-contact")
    taken = take(content, "do-not-contact")

    assert taken.outcome[:4] == (0, 1, 0, 0)
    assert standing()["+972526473190"] == "all"


def test_taken_back_the_list_is_as_before(take):
    take(LIST, "do-not-contact")
    before = standing()
    run = take("Telephone,Reason\n052-6473190,Other\n050-1234567,New\n", "do-not-contact").run
    assert "+972501234567" in standing()

    take_back(by=SYSTEM, run=run)

    assert standing() == before
    assert DoNotContact.objects.get(normal="+972526473190").reason == "Asked on the telephone"
    again = take("Telephone,Reason\n050-1234567,New\n", "do-not-contact")
    assert again.outcome[:4] == (1, 0, 0, 0)


def test_bringing_a_list_is_a_right_of_its_own(take, clinic):
    with pytest.raises(AccessDenied):
        take(LIST, "do-not-contact", by=clinic.actor("receptionist"))
    assert take(LIST, "do-not-contact", by=clinic.actor("manager")).outcome[:1] == (3,)


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        (["Telephone", "Reason", "Since"], "do-not-contact"),
        (["Name", "Telephone", "E-mail", "Notes"], "customers"),
        (["Telephone", "E-mail"], "customers"),
        (["Customer", "Telephone", "Date", "Notes"], "touches"),
    ],
)
def test_numbers_alone_are_not_taken_for_a_ban(headings, kind):
    assert guess_kind(importable_kinds(), headings).name == kind
