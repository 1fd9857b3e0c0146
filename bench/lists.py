"""What lists cost on a large business: every way of sorting, narrowing, grouping and exporting.

    BENCH_SIZE=100000 DATABASE_URL=… python -m bench.lists [name of a case …]

Builds the business unless the database holds one. Prints CPU and wall milliseconds of each case.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kesher.config.settings")
import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.business import build  # noqa: E402
from bench.pages import backend_seconds  # noqa: E402
from kesher.customers.models import Customer  # noqa: E402
from kesher.organization.models import Member  # noqa: E402

TIMES = int(os.environ.get("BENCH_TIMES", "100"))
WARM = 5
BACKEND = "kesher.organization.signed_in.SignedIn"
PART = {"HX-Request": "true", "HX-Target": "list"}
CASES = {
    "first page": "/customers/",
    "sorted by sum, downwards": "/customers/?sort=-bought",
    "sorted by last touch": "/customers/?sort=last_touch",
    "sorted by next step": "/customers/?sort=next_step",
    "sorted by city": "/customers/?sort=-city",
    "sorted by day added": "/customers/?sort=-created",
    "stage and owner, by last touch": (
        "/customers/?stage=steady&stage=growing&owner={owner}&sort=-last_touch"
    ),
    "one owner, by sum": "/customers/?owner={owner}&sort=-bought",
    "bought over 3000, by name": "/customers/?bought.over=3000",
    "nothing planned, by last touch": "/customers/?view=unplanned",
    "birthdays this week": "/customers/?view=birthdays",
    "city contains": "/customers/?city.has=Λεμ",
    "a common name": "/customers/?q=כהן&all=1",
    "a rare name": "/customers/?q=bababa&all=1",
    "digits": "/customers/?q=4567&all=1",
    "counts of all tabs": "/customers/counts/?in=tabs",
    "count of one": "/customers/counts/?stage=steady&owner={owner}",
    "grouped by stage": "/customers/?group=stage",
    "grouped by owner and month": "/customers/?group=owner&group2=since_on",
    "tasks, overdue": "/tasks/?view=overdue",
    "tasks, all by customer": "/tasks/?view=all&sort=customer",
    "members": "/settings/members/",
}


def measure(ask: Callable[[], object]) -> dict[str, float]:
    """Mean CPU, of it the database's, and median wall milliseconds."""
    for _n in range(WARM):
        ask()
    walls, cpus = [], []
    backend, cpu = backend_seconds(), time.process_time()
    for _n in range(TIMES):
        began, used = time.perf_counter(), time.process_time()
        ask()
        walls.append(time.perf_counter() - began)
        cpus.append(time.process_time() - used)
    database = backend_seconds() - backend
    used = time.process_time() - cpu + database
    with CaptureQueriesContext(connection) as captured:
        ask()
    return {
        "cpu_ms": round(used / TIMES * 1000, 2),
        "least_cpu_ms": round(sorted(cpus)[TIMES // 20] * 1000, 2),  # where nothing else runs
        "database_ms": round(database / TIMES * 1000, 2),
        "wall_ms": round(statistics.median(walls) * 1000, 2),
        "queries": len(captured),
    }


def client_of(member: Member) -> Client:
    """A browser in which the member is signed in."""
    client = Client(headers={"host": "localhost"})
    client.force_login(member, backend=BACKEND)
    return client


def deep(client: Client) -> str:
    """The address of page 40, walked to by its links."""
    address = "/customers/?sort=-bought"
    for _n in range(40):
        markup = client.get(address).content.decode()
        at = markup.index('rel="next"')
        start = markup.rindex('href="', 0, at) + 6
        address = markup[start : markup.index('"', start)].replace("&amp;", "&")
    return address


def cases(wanted: list[str]) -> dict[str, dict[str, float]]:
    """Each case as the owner sees it, the first ones also for whoever sees one branch of four."""
    owner = Member.objects.select_related("role").get(email="owner@bench.test")
    manager = Member.objects.filter(role__key="manager").order_by("pk").first()
    found = {}
    boss, narrow = client_of(owner), client_of(manager)
    every = {name: address.format(owner=manager.pk) for name, address in CASES.items()}
    asked = {name: (boss, address, {}) for name, address in every.items()}
    asked |= {f"{name}, one branch": (narrow, every[name], {}) for name in list(every)[:8]}
    asked |= {f"{name}, part": (boss, every[name], PART) for name in list(every)[:2]}
    asked["page 40"] = (boss, deep(boss), {})
    for name, (client, address, headers) in asked.items():
        if wanted and not any(word in name for word in wanted):
            continue
        assert client.get(address, headers=headers).status_code == 200, address
        found[name] = measure(lambda c=client, a=address, h=headers: c.get(a, headers=h))
        figure = found[name]
        print(
            f"{name:42}{figure['cpu_ms']:8.1f} ms CPU, {figure['least_cpu_ms']:6.1f} undisturbed"
            f" (database {figure['database_ms']:5.1f})"
            f"{figure['wall_ms']:8.1f} ms wall {figure['queries']:4} queries",
            file=sys.stderr,
        )
    return found


def main() -> None:
    """Build where there is nothing, measure, print one line of JSON."""
    call_command("migrate", verbosity=0)
    if not Customer.objects.exists():
        build(int(os.environ.get("BENCH_SIZE", "10000")))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps({"size": Customer.objects.count(), "lists": cases(sys.argv[1:])}))


if __name__ == "__main__":
    main()
