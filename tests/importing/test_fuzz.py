"""Damaged files of every form: a refusal in words or a table, in bounded time, and nothing else.

FUZZ_SECONDS=3600 pytest -m soak tests/importing/test_fuzz.py     an hour of it
"""

import os
import random
import time
from pathlib import Path

import pytest

from kesher.core.access import SYSTEM
from kesher.core.importing.commands import check_import, open_import
from kesher.core.refusal import Refusal

GALLERY = Path(__file__).parents[1] / "data" / "gallery"
SEEDS = [path for path in sorted(GALLERY.iterdir()) if path.stat().st_size < 60_000]
SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))
LONGEST = 20  # seconds of work that a file may cost, whoever does it
SPICES = [
    b"\x00", b"\xff\xfe", b'"', b"'", b"\n", b"\r", b";", b"\t", b"=", b"<", b"</table>", b"{", b"[",
    b"\\", b"BEGIN:VCARD\n", b"END:VCARD\n", b"\xed\xa0\x80", "״".encode(), "\u202e".encode(),
    b"9" * 400, b"0000-00-00", b"99999-99-99", b"1e999", b"NaN", b"," * 300, b'""', b"\x1a",
    b"<td colspan=99999>", b"=\r\n", b"<![CDATA[", b"-" * 50,
]  # fmt: skip


def damaged(dice: random.Random) -> bytes:
    """A file of the gallery, changed in a few places, cut, doubled or mixed with another."""
    content = bytearray(dice.choice(SEEDS).read_bytes())
    for _turn in range(dice.randint(1, 6)):
        at = dice.randrange(len(content) + 1)
        act = dice.randrange(6)
        if act == 0:
            content[at:at] = dice.choice(SPICES)
        elif act == 1:
            del content[at : at + dice.randint(1, 200)]
        elif act == 2 and content:
            content[at % len(content)] = dice.randrange(256)
        elif act == 3:
            content[at:at] = content[: dice.randint(0, 500)]
        elif act == 4:
            content[at:] = dice.choice(SEEDS).read_bytes()[: dice.randint(0, 2000)]
        else:
            content[at : at + 8] = dice.randbytes(dice.randint(0, 12))
    return bytes(content)


@pytest.mark.soak
def test_nothing_but_a_refusal_or_a_table(clinic, tmp_path):
    seed = int(os.environ.get("FUZZ_SEED", time.time_ns() % 2**32))
    dice, until, count = random.Random(seed), time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        content, worked = damaged(dice), sum(os.times()[:4])
        path = tmp_path / f"{count}"
        path.write_bytes(content)
        try:
            run = open_import(by=SYSTEM, kind=None, path=path, name="file", is_ours=False)
            counts = check_import(by=SYSTEM, run=run)["counts"] if run.columns else {}
            assert sum(counts.values()) in (0, run.count)
        except Refusal as refusal:
            assert str(refusal)
        except BaseException as error:
            raise AssertionError(f"seed {seed}, file {count}, kept at {path}") from error
        assert sum(os.times()[:4]) - worked < LONGEST, (seed, count)
        path.unlink()
        count += 1
    assert count
