"""CPU and wall time of the pages people open all day, from the address to the last byte."""

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench.business import FIRST, LAST  # noqa: E402
from bench.million import build  # noqa: E402
from bench.usage import cpu_seconds  # noqa: E402
from kesher.config.garbage import sweep_rarely  # noqa: E402
from kesher.customers.models import Customer  # noqa: E402
from kesher.organization.models import Member  # noqa: E402

BATCHES, SIZE = 10, 20  # 200 requests of each kind
WARM = 10


def backend_seconds() -> float:
    """CPU seconds that this connection's PostgreSQL process has used; nothing on SQLite."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    return cpu_seconds([pid])


def yardstick() -> float:
    """CPU milliseconds that a fixed piece of Python takes now: what the machine is worth today."""
    began = time.process_time()
    words: dict[int, str] = {}
    for n in range(10_000):
        words[n * 7919 % 4096] = f"{n}:{words.get(n % 97, '')[:8]}"
    return (time.process_time() - began) * 1000


def measure(ask: Callable[[int], object]) -> dict[str, float]:
    """CPU and wall milliseconds of one request: of ten batches, the median, and the quietest.

    A neighbour on the same machine slows some batches down, and the yardstick beside them.
    """
    for n in range(WARM):
        ask(n)
    walls, cpus, backends, yards = [], [], [], []
    for batch in range(BATCHES):
        yards.append(yardstick())
        backend, cpu = backend_seconds(), time.process_time()
        for n in range(SIZE):
            began = time.perf_counter()
            ask(WARM + batch * SIZE + n)
            walls.append(time.perf_counter() - began)
        cpus.append((time.process_time() - cpu) / SIZE)
        backends.append((backend_seconds() - backend) / SIZE)
    # The kernel counts another process in hundredths of a second: only their mean is exact enough.
    database = statistics.mean(backends)
    return {
        "cpu_ms": round((statistics.median(cpus) + database) * 1000, 2),
        "quietest_cpu_ms": round((min(cpus) + database) * 1000, 2),
        "yardstick_ms": round(statistics.median(yards), 2),
        "of_it_database_ms": round(database * 1000, 2),
        "wall_ms": round(statistics.median(walls) * 1000, 2),
    }


def pages(client: Client) -> dict[str, Callable[[int], object]]:
    """How each page of the promise is asked for; every number is another question."""
    dice = random.Random(11)
    people = Customer.objects.filter(kind="person").order_by("pk")
    some = dice.sample(list(people.values_list("pk", "phone", "last_name")[:50_000]), 250)

    def get(address: str, **headers: str) -> None:
        answer = client.get(address, headers=headers)
        assert answer.status_code == 200, (address, answer.status_code)

    def find(typed: str) -> None:
        get(f"/find/?q={typed}", hx_request="true")

    def save(n: int, *, phone: str, name: str, status: int) -> None:
        form = {"kind": "person", "name": name, "phone": phone, "once": f"{status}-{n}"}
        answer = client.post("/customers/new/", form, headers={"hx-request": "true"})
        assert answer.status_code == status, (form, answer.status_code)

    begin = random.randrange(10**7)

    def save_new(n: int) -> None:
        first = "".join(random.choices("bcdfghjklmnpqrstvwz", k=9))
        last = "".join(random.choices("bdfgklmnprstvz", k=11))
        save(n, phone=f"059-{(begin + n * 7919) % 10**7:07d}", name=f"{first} {last}", status=204)

    filtered = "/customers/?stage=steady&stage=growing&sort=-last_touch&owner="
    return {
        "list, first page": lambda n: get("/customers/"),
        "list, filtered and sorted": lambda n: get(f"{filtered}{dice.randint(2, 21)}"),
        "find by name": lambda n: find(f"{dice.choice(FIRST)}+{dice.choice(LAST)}"),
        "find by last digits": lambda n: find(some[n][1][-6:]),
        "find with a typo": lambda n: find(f"{dice.choice(LAST)[:-1]}x"),
        "find, as a page": lambda n: get(f"/find/?q={dice.choice(FIRST)}+{dice.choice(LAST)}"),
        "customer's page": lambda n: get(f"/customers/{some[n][0]}/"),
        "save, refused with a warning": lambda n: save(
            n, phone=some[n][1], name=f"Noa {some[n][2]}", status=409
        ),
        "save, nobody alike": save_new,
    }


def built() -> tuple[Member, float]:
    """The owner of the business, made of the size that was said unless there is one already."""
    call_command("migrate", verbosity=0)
    owner = Member.objects.filter(email="owner@bench.test").first()
    if owner is not None:
        return owner, 0
    began = time.perf_counter()
    owner = build(int(os.environ["BENCH_SIZE"]))
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    return owner, took


def signed_in(owner: Member) -> Client:
    """A browser of the owner's."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(owner, backend="kesher.organization.signed_in.SignedIn")
    return client


def main() -> None:
    """Build, measure, print one line of JSON."""
    owner, took = built()
    sweep_rarely()  # as the server does before it forks
    found = {name: measure(ask) for name, ask in pages(signed_in(owner)).items()}
    print(f"{took:.0f} s to build", file=sys.stderr)
    print(json.dumps({"build_s": round(took, 1), "pages": found}))


if __name__ == "__main__":
    main()
