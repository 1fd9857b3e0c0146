import random
import re
import unicodedata
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count

from kesher.billing.models import Purchase, PurchaseSummary
from kesher.catalog.models import Product
from kesher.core.access import SYSTEM, visible
from kesher.core.models import Change, EventRecord, SearchEntry
from kesher.core.phones import parse_phone
from kesher.core.search import find
from kesher.customers.models import ContactPoint, Customer, Source, Tag, Tie, Wish
from kesher.demo import loading, staff, texts_el, texts_en, texts_he
from kesher.demo.clearing import clear, is_wanted
from kesher.demo.loading import DemoHere, RealBusinessHere, load
from kesher.demo.people import Maker
from kesher.demo.phrases import CHOICE, Phrases
from kesher.demo.treatments import SERVICES
from kesher.engagement.models import CustomerPulse, Draft, Notification, Task, Touch
from kesher.organization.models import (
    Absence,
    Branch,
    Business,
    Holiday,
    Member,
    Resource,
    Role,
    SavedView,
    Shift,
    Team,
)
from kesher.organization.queries import actor_of
from kesher.web.lists.all_lists import listing_named
from kesher.web.lists.work import strict_ask
from tests.demo.conftest import NOW
from tests.people import open_clinic

pytestmark = pytest.mark.django_db
MARKED = (Customer, Touch, Task, Purchase, Product, Tag, Source, Branch, Team, Member, Resource,
          Holiday, SavedView, Business)  # fmt: skip
POOLS = {"he": texts_he, "el": texts_el, "en": texts_en}
SCRIPT = {"he": "HEBREW", "el": "GREEK", "en": "LATIN"}


def actor(key):
    return actor_of(Member.objects.select_related("role").get(email=f"{key}@demo.kesher"))


def test_everything_it_brings_is_marked(demo):
    for model in MARKED:
        assert model.objects.exists(), model
        assert not model.objects.filter(is_demo=False).exists(), model


def test_everybody_signs_in_with_the_one_password(demo):
    for one in (staff.OWNER, *staff.STAFF):
        member = authenticate(None, email=one.email, password=staff.PASSWORD)
        assert member is not None, one.email
        assert (member.role.key, member.language) == (one.role, one.language)
    assert {one.role for one in staff.STAFF} == {
        "manager", "receptionist", "dentist", "hygienist", "bookkeeper", "agent",
    }  # fmt: skip
    assert {one.language for one in (staff.OWNER, *staff.STAFF)} == {"en", "he", "el"}


def test_each_sees_what_the_role_lets_him(demo):
    seen = {
        key: Customer.objects.filter(pk__in=_visible(key)).count()
        for key in ("orly", "sam", "maya")
    }

    assert seen["orly"] == Customer.objects.count()
    assert 0 < seen["sam"] < seen["maya"] < seen["orly"]


def _visible(key):
    return visible(actor(key), Customer).values("pk")


def test_the_customers_are_families_singles_and_firms_of_three_scripts(demo):
    kinds = dict(Customer.objects.values_list("kind").annotate(n=Count("pk")))
    assert set(kinds) == {"person", "household", "organisation"}
    roles = set(Tie.objects.values_list("role", flat=True))
    assert {"parent", "spouse", "member"} <= roles
    for person in Customer.objects.filter(kind="person"):
        letters = [c for c in person.name if c.isalpha()]
        assert all(SCRIPT[person.language] in unicodedata.name(c) for c in letters), person.name
    assert ContactPoint.objects.annotate(n=Count("uses")).filter(kind="phone", n__gt=1).exists()


def test_no_number_and_no_address_can_be_anybodys(demo):
    for kind, normal in ContactPoint.objects.values_list("kind", "normal"):
        if kind == "email":
            assert normal.endswith(("@example.com", "@example.net", "@example.org"))
        elif kind == "phone":
            assert re.fullmatch(r"\+972(5\d00|4000)\d{4,5}", normal), normal
    for member in Member.objects.all():
        assert member.email.endswith("@demo.kesher")


def test_the_sums_are_those_of_the_ledger(demo):
    assert Purchase.objects.count() == demo["purchases"] > 100
    total = sum(Purchase.objects.values_list("amount", flat=True))
    assert sum(PurchaseSummary.objects.values_list("total", flat=True)) == total
    assert set(Product.objects.values_list("name", flat=True)) <= {
        s.name for s in SERVICES.values()
    }


def test_nothing_lies_ahead_but_tasks(demo):
    today = NOW.date()
    assert not Touch.objects.filter(happened_at__gt=NOW).exists()
    assert not Purchase.objects.filter(bought_on__gte=today).exists()
    assert Purchase.objects.filter(bought_on__lt=today - timedelta(days=500)).exists()
    assert Touch.objects.filter(happened_at__gt=NOW - timedelta(days=30)).exists()


def test_stages_follow_from_the_purchases(demo):
    for stage, days in (("at_risk", 235), ("left", 400)):
        for customer in Customer.objects.filter(stage=stage).select_related("bought"):
            assert customer.bought.last_on < NOW.date() - timedelta(days=days)
    assert not Customer.objects.filter(
        stage="prospect", kind="person", bought__isnull=False
    ).exists()


def test_the_desks_are_laid_for_this_morning(demo):
    today = NOW.date()
    absence = Absence.objects.get()
    assert absence.starts_on <= today <= absence.ends_on
    assert (absence.member.email, absence.deputy.email) == ("eleni@demo.kesher", "dana@demo.kesher")
    due = list(Task.objects.filter(state="open").values_list("due_on", flat=True))
    assert min(d for d in due if d) < today in due
    assert None in due or len(due) < 40
    assert Task.objects.exclude(next_title="").exists()
    assert Task.objects.filter(state="done").exists()
    for model in (Notification, Draft, Wish, Shift, CustomerPulse):
        assert model.objects.exists(), model
    assert Touch.objects.filter(pinned_at__isnull=False).exists() or demo["touches"] < 600
    assert Touch.objects.filter(classification="health").exists()


def test_each_task_is_for_somebody_who_sees_its_customer(demo):
    for task in Task.objects.select_related("owner__role"):
        assert visible(actor_of(task.owner), Customer).filter(pk=task.customer_id).exists()


def test_the_saved_views_open(demo):
    for view in SavedView.objects.select_related("owner__role"):
        strict_ask(listing_named(view.kind), actor_of(view.owner), view.query, today=NOW.date())


def test_the_same_day_brings_the_same_clinic(small):
    made = [Maker(random.Random(5), date(2026, 5, 4)).population() for _turn in range(2)]

    assert made[0] == made[1]
    assert made[0] != Maker(random.Random(6), date(2026, 5, 4)).population()


def test_is_loaded_once(demo):
    with pytest.raises(DemoHere):
        load(now=NOW)


def test_refuses_to_open_a_real_business_to_everybody(db, small):
    open_clinic()

    with pytest.raises(RealBusinessHere):
        load(now=NOW)
    assert not Member.objects.filter(is_demo=True).exists()


def test_the_command_says_it_in_one_line(db, small, capsys):
    call_command("demo", "load")
    assert re.match(r"Loaded in \d+ s: \d+ customers, [\d,]+ purchases, ", capsys.readouterr().out)

    call_command("demo", "sign-ins")
    said = capsys.readouterr().out
    assert "orly@demo.kesher" in said and staff.PASSWORD in said

    with pytest.raises(CommandError, match="loaded already"):
        call_command("demo", "load")


def test_sign_ins_are_named_in_a_demo_only(db, capsys):
    call_command("demo", "sign-ins")

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("language", POOLS)
def test_every_sentence_is_whole_in_its_own_letters(language):
    texts = Phrases(random.Random(1))
    pool = POOLS[language]
    titles = [*(title for _kind, title in pool.TASKS), pool.CHAIN[1]]
    for occasion, sentences in {**pool.TEXTS, "tasks": titles}.items():
        assert len(set(sentences)) == len(sentences), occasion
        for sentence in sentences:
            for gender in "fm":
                for service in SERVICES:
                    said = texts.fill(sentence, language, gender, service=service)
                    assert not re.search(r"[\[\]{}|]", said), said
                    assert any(SCRIPT[language] in unicodedata.name(c, "") for c in said), said


def test_the_three_languages_know_the_same_occasions():
    assert {frozenset(pool.TEXTS) for pool in POOLS.values()} == {frozenset(texts_en.TEXTS)}
    assert len({len(pool.TASKS) for pool in POOLS.values()}) == 1
    assert CHOICE.sub(r"\2", "[he|she] came") == "she came"


def test_the_whole_clinic_stands(db):
    """Two thousand customers and two years."""
    counts = load(now=NOW)

    assert 1900 <= counts["customers"] <= 2300
    assert counts["purchases"] > 10_000 < counts["touches"]
    shares = dict(Customer.objects.values_list("language").annotate(n=Count("pk")))
    assert 0.52 < shares["he"] / counts["customers"] < 0.65
    assert all(0.16 < shares[one] / counts["customers"] < 0.26 for one in ("el", "en"))
    open_complaints = Touch.objects.filter(severity__isnull=False, settled_at=None).count()
    assert 3 < open_complaints < Touch.objects.filter(severity__isnull=False).count() - 10
    assert Product.objects.count() == 26
    somebody = Customer.objects.filter(kind="person", language="he").exclude(phone="").first()
    hits = find(SYSTEM, somebody.phone[-6:], kinds=["customer"])
    assert somebody.pk in [hit.pk for hit in hits]
    assert parse_phone(somebody.phone, "IL").normal == somebody.phone


def test_what_is_cut_off_leaves_nothing_and_is_done_at_the_next_start(db, small, monkeypatch):
    monkeypatch.setattr(loading, "_note_wishes", lambda *given: 1 / 0)
    before = Change.objects.count(), EventRecord.objects.count()

    with pytest.raises(ZeroDivisionError):
        load(now=NOW)

    assert not any(model.objects.exists() for model in (*MARKED, Role, SearchEntry))
    assert (Change.objects.count(), EventRecord.objects.count()) == before
    assert is_wanted()


def test_is_wanted_where_nobody_works_until_it_was_cleared_away(demo):
    assert not is_wanted()

    clear()

    assert not is_wanted()
    load(now=NOW)
    assert not is_wanted()
