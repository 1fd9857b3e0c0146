"""Twenty people at work while a file is taken in: everybody is served, all that was said is kept."""

import json
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
import requests
from django.conf import settings
from django.urls import reverse

USERS, LINES = 20, 600
AT_LEAST, AT_MOST = 3, 10  # rounds of each
TOKEN = "a" * 32
# Twenty receptionists, signed in, each with a customer whom nobody else changes.
STAFF = f"""
import json
from django.test import Client
from kesher.core.access import SYSTEM
from kesher.customers.commands.adding import NewCustomer, add_customer
from kesher.organization.commands.staff import add_member
from kesher.organization.models import Branch, Role
haifa, role = Branch.objects.get(name="Haifa"), Role.objects.get(key="receptionist")
people = []
for n in range({USERS}):
    member = add_member(
        by=SYSTEM, name=f"Busy {{n}}", email=f"busy{{n}}@clinic.test", role=role, branches=[haifa]
    )
    own = add_customer(by=SYSTEM, customer=NewCustomer(name=f"Guest {{n}}", branches=[haifa]))
    client = Client()
    client.force_login(member, "kesher.organization.signed_in.SignedIn")
    people.append([own.pk, {{name: one.value for name, one in client.cookies.items()}}])
print(json.dumps(people))
"""
KEPT = """
import json
from kesher.customers.models import Customer
from kesher.engagement.models import Touch
print(json.dumps({
    "notes": list(Touch.objects.filter(channel="note").values_list("text", flat=True)),
    "cities": dict(Customer.objects.values_list("pk", "city")),
    "imported": Customer.objects.filter(reference__startswith="BUSY-").count(),
}))
"""


@dataclass
class User:
    """One of the staff: what the server acknowledged, and what else it answered."""

    url: str
    own: int
    cookies: dict[str, str]
    shared: list[int]
    notes: list[str] = field(default_factory=list)
    city: str = ""
    odd: list[str] = field(default_factory=list)
    rounds: int = 0

    def work(self, imported: threading.Event) -> None:
        self.browser = requests.Session()
        self.browser.cookies.update(self.cookies | {settings.CSRF_COOKIE_NAME: TOKEN})
        self.browser.headers["X-CSRFToken"] = TOKEN
        chance = random.Random(self.own)
        while self.rounds < AT_LEAST or (not imported.is_set() and self.rounds < AT_MOST):
            self.rounds += 1
            self.note(chance.choice(self.shared))
            self.edit()
            self.ask(f"{reverse('find')}?q={chance.choice(['guest', 'busy', '0526473190'])}")
            self.ask(reverse("customer", args=[chance.choice(self.shared)]))

    def note(self, customer: int) -> None:
        text = f"Note {self.rounds} of {self.own}"
        address = reverse("customer-compose", args=[customer])
        if self.post(address, form="note", text=text):
            self.notes.append(text)

    def edit(self) -> None:
        city = f"Town {self.rounds}"
        if self.post(reverse("customers-cell", args=[self.own, "city"]), value=city):
            self.city = city

    def ask(self, address: str) -> None:
        answer = self.browser.get(self.url + address, timeout=60)
        if answer.status_code != 200:
            self.odd.append(f"{answer.status_code} GET {address}")

    def post(self, address: str, **form: str) -> bool:
        answer = self.browser.post(self.url + address, form, timeout=60, allow_redirects=False)
        if answer.status_code != 302:
            self.odd.append(f"{answer.status_code} POST {address}: {answer.text[:200]}")
        return answer.status_code == 302


@pytest.fixture
def users(clinic_server):
    people = json.loads(clinic_server.place.python(STAFF))
    shared = [own for own, _cookies in people]
    return [User(clinic_server.url, own, cookies, shared) for own, cookies in people]


def test_twenty_users_and_an_import_wait_for_nobody(clinic_server, users, tmp_path):
    file = tmp_path / "busy.csv"
    lines = [f"BUSY-{n},Busy Person {n},0{520000000 + n}" for n in range(LINES)]
    file.write_text("\n".join(["reference,name,phone", *lines]))
    imported = threading.Event()

    def take_in() -> str:
        try:
            words = ("import", str(file), "--kind", "customers", "--json")
            return clinic_server.place.kesher(*words).stdout
        finally:
            imported.set()

    with ThreadPoolExecutor(USERS + 1) as everybody:
        brought = everybody.submit(take_in)
        for one in [everybody.submit(user.work, imported) for user in users]:
            one.result()

    assert [odd for user in users for odd in user.odd] == []
    assert "locked" not in clinic_server.log
    assert json.loads(brought.result())["created"] == LINES
    kept = json.loads(clinic_server.place.python(KEPT))
    assert kept["imported"] == LINES
    assert Counter(kept["notes"]) == Counter(text for user in users for text in user.notes)
    assert {user.own: kept["cities"][str(user.own)] for user in users} == {
        user.own: user.city for user in users
    }
    assert min(user.rounds for user in users) >= AT_LEAST
