"""Collect every string of the sources into the catalogues.

collect.py            bring locale/*/LC_MESSAGES/django.po up to date
collect.py --check    say which strings are missing or gone; change nothing
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import django
import polib
from django.conf import settings
from django.utils.translation.template import templatize

LOCALE = Path(__file__).parent
ROOT = LOCALE.parent
LANGUAGES = ("he", "el")
HEADERS = {
    "he": "nplurals=3; plural=(n==1)?0:(n==2)?1:2;",
    "el": "nplurals=2; plural=(n != 1);",
}
KEYWORDS = [
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext:1,2", "ngettext_lazy:1,2",
    "pgettext:1c,2", "pgettext_lazy:1c,2", "npgettext:1c,2,3", "npgettext_lazy:1c,2,3",
]  # fmt: skip


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def sources() -> polib.POFile:
    """All strings of Python sources and templates, as one catalogue."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for path in sorted((ROOT / "kesher").rglob("*")):
            if path.suffix not in (".py", ".html", ".txt") or "static" in path.parts:
                continue
            target = Path(folder) / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            target.write_text(text if path.suffix == ".py" else templatize(text), encoding="utf-8")
            names.append(str(target.relative_to(folder)))
        command = [
            "xgettext",
            "--from-code=UTF-8",
            "-L",
            "Python",
            "-o",
            "-",
            "--no-wrap",
            "-k",
        ]
        command += [f"-k{word}" for word in KEYWORDS]
        done = subprocess.run(
            [*command, "--add-comments=Translators", *names],
            cwd=folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
    return polib.pofile(re.sub("charset=CHARSET", "charset=UTF-8", done.stdout))


def keys(catalogue: polib.POFile) -> set[tuple[str | None, str, str]]:
    """What tells one string from another: a sentence that learnt to count is a new one."""
    return {
        (entry.msgctxt, entry.msgid, entry.msgid_plural)
        for entry in catalogue
        if not entry.obsolete
    }


def load(language: str) -> polib.POFile:
    """The catalogue of a language, or a new one."""
    path = LOCALE / language / "LC_MESSAGES/django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = polib.POFile(wrapwidth=0)
    made.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": HEADERS[language],
    }
    made.fpath = str(path)
    return made


def merge(language: str, found: polib.POFile) -> polib.POFile:
    """What the sources say now with the translations there were; no addresses of lines."""
    old = {(entry.msgctxt, entry.msgid): entry for entry in load(language)}
    made = load(language)
    made.clear()
    for entry in found:
        known = old.get((entry.msgctxt, entry.msgid))
        fresh = polib.POEntry(
            msgid=entry.msgid, msgctxt=entry.msgctxt, msgid_plural=entry.msgid_plural,
            flags=[flag for flag in entry.flags if flag != "fuzzy"],
        )  # fmt: skip
        if entry.msgid_plural:
            count = int(re.search(r"nplurals=(\d)", HEADERS[language])[1])
            kept = known.msgstr_plural if known else {}
            fresh.msgstr_plural = {n: kept.get(n, "") for n in range(count)}
        else:
            fresh.msgstr = known.msgstr if known else ""
        made.append(fresh)
    made.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    return made


def main(arguments: list[str]) -> int:
    """Run as a script."""
    found = sources()
    wrong = 0
    for language in LANGUAGES:
        if "--check" in arguments:
            missing, gone = (
                keys(found) - keys(load(language)),
                keys(load(language)) - keys(found),
            )
            for mark, strings in (("missing", missing), ("no longer used", gone)):
                for _context, text, _plural in sorted(strings, key=str):
                    say(f"{language}: {mark}: {text!r}")
            wrong += len(missing) + len(gone)
            continue
        catalogue = merge(language, found)
        catalogue.save(str(LOCALE / language / "LC_MESSAGES/django.po"))
        say(f"{language}: {len(catalogue)} strings, {len(catalogue.untranslated_entries())} to do")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
