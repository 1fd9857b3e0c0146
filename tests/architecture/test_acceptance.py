"""docs/acceptance.md names, for each promise, the test or bench that shows it; they exist."""

import re

from tests.architecture.house import ROOT

PAGE = (ROOT / "docs/acceptance.md").read_text()
NAMED = re.compile(r"`((?:tests|bench)/[^`:]+)(?:::(\w+))?`")
ROW = re.compile(r"^\| (\d+)\.(\d+) \|(.*)\|$", re.MULTILINE)
PROMISES = {2: range(1, 13), 3: range(1, 8)}  # issue: the lines of its "What must be seen"


def test_every_promise_has_a_row():
    rows = {(int(issue), int(line)) for issue, line, _rest in ROW.findall(PAGE)}

    assert rows >= {(issue, line) for issue, lines in PROMISES.items() for line in lines}


def test_every_row_says_what_shows_it_and_when():
    for issue, line, rest in ROW.findall(PAGE):
        cells = [cell.strip() for cell in rest.split("|")]
        assert len(cells) == 5, (issue, line)
        assert NAMED.search(cells[1]) or cells[4], (
            f"{issue}.{line}: nothing shows it, nothing is missing"
        )
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", cells[3]), f"{issue}.{line}: no date"


def test_every_named_test_exists():
    named = NAMED.findall(PAGE)
    gone = [
        (path, name)
        for path, name in named
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text())
    ]

    assert len(named) > 20
    assert gone == []
