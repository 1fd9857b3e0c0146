"""Work on a file that is killed again and again comes to what it would have come to in peace.

KILLED_ROWS=100000 KILLS=20 pytest -m soak tests/importing/test_killed.py
"""

import json
import os
import random
import signal
import subprocess
import sys

import pytest

from tests.running import ROOT

pytestmark = pytest.mark.soak
ROWS = int(os.environ.get("KILLED_ROWS", "3000"))
KILLS = int(os.environ.get("KILLS", "20"))
OPEN = """
from pathlib import Path
from kesher.core.access import SYSTEM
from kesher.core.importing.commands import open_import
from kesher.core.importing.kinds import importable_kind
run = open_import(by=SYSTEM, kind=importable_kind("customers"), path=Path({path!r}), name="f",
                  is_ours=False, said={{}})
print(run.pk)
"""
WORK = """
import kesher.config, django; django.setup()
from kesher.core.access import SYSTEM
from kesher.core.importing import commands
from kesher.core.importing.models import ImportRun
run = ImportRun.objects.get(pk={pk})
print("ready", flush=True)
commands.{act}(by=SYSTEM, run=run)
"""
CONTENT = """
import json
from kesher.core.importing.models import ImportRun
from kesher.core.models import Change, SearchEntry
from kesher.customers.models import Customer, CustomerContact, CustomerTag, Tie
here = Customer.objects.filter(binned_at=None)
print(json.dumps({
    "customers": sorted(here.values_list("reference", "name", "city", "phone"), key=str),
    "contacts": sorted(CustomerContact.objects.filter(customer__in=here)
                       .values_list("customer__name", "point__normal")),
    "tags": sorted(CustomerTag.objects.filter(customer__in=here)
                   .values_list("customer__name", "tag__name")),
    "ties": sorted(Tie.objects.filter(customer__in=here)
                   .values_list("customer__name", "other__name")),
    "found": SearchEntry.objects.filter(kind="customer").count(),
    "counts": ImportRun.objects.latest("pk").counts,
    "done": ImportRun.objects.latest("pk").done,
    "refused": ImportRun.objects.latest("pk").refused_lines.count(),
}))
"""


def lines(folder, name, city):
    path = folder / name
    with path.open("w") as file:
        file.write("number,name,phone,company,city,tags,birthday\n")
        for at in range(ROWS):
            birthday = "31/02/1980" if at % 50 == 7 else "01/02/1980"
            file.write(f"K{at},Person {at},052-{at:07d},Firm {at % 40},{city} {at % 9},"
                       f"Tag {at % 5},{birthday}\n")  # fmt: skip
    return path


def worked(place, pk, act, *, kills, dice):
    """Do it to its end, killed so often on the way."""
    killed = 0
    while True:
        process = subprocess.Popen(
            [sys.executable, "-c", WORK.format(pk=pk, act=act)], env=place.variables(), cwd=ROOT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        process.stdout.readline()
        if killed < kills:
            try:
                process.wait(dice.uniform(0.02, 0.35))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                killed += 1
        _out, error = process.communicate()
        if process.returncode == 0:
            return killed
        assert process.returncode == -signal.SIGKILL, error


@pytest.mark.parametrize("seed", [1])
def test_killed_and_not_killed_come_to_the_same(places, tmp_path, seed):
    first, second = lines(tmp_path, "one.csv", "City"), lines(tmp_path, "two.csv", "Town")
    held = {}
    for name, kills in (("peace", 0), ("storm", KILLS)):
        place, dice = places.make("clinic", tmp_path / name), random.Random(seed)
        held[name] = []
        for path, act in ((first, "take_in"), (second, "take_in"), (None, "take_back")):
            if path:
                pk = int(place.python(OPEN.format(path=str(path))))
            killed = worked(place, pk, act, kills=kills, dice=dice)
            assert killed >= kills // 2, f"only {killed} kills, the work is too short"
            held[name].append(json.loads(place.python(CONTENT)))
        places.drop(place)

    for at, act in enumerate(("created", "updated", "taken back")):
        assert held["storm"][at] == held["peace"][at], act
    created, updated, back = held["peace"]
    assert created["counts"]["created"] == ROWS - created["refused"]
    assert updated["counts"]["updated"] == created["counts"]["created"]
    assert back["customers"] == created["customers"]
