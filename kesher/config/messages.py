"""Collects the strings to translate, and compiles the catalogues without gettext's own tools."""

import subprocess
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parents[2] / "locale"


def compile_catalogues() -> None:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


def collect_strings() -> None:
    languages = [part for folder in sorted(LOCALE.iterdir()) for part in ("-l", folder.name)]
    options = ["--no-obsolete", "--no-wrap", "--add-location=file", "-i", "node_modules"]
    root = LOCALE.parent
    makemessages = [sys.executable, "manage.py", "makemessages", *languages, *options]
    subprocess.run([*makemessages, "-i", ".venv", "-i", ".build", "-i", "tests"], cwd=root, check=True)


if __name__ == "__main__":
    {"compile": compile_catalogues, "collect": collect_strings}[sys.argv[1]]()
