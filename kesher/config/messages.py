"""Compiles the catalogues without gettext's own tools; `locale/collect.py` gathers the strings."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.utils.translation import pgettext_lazy

LOCALE = Path(__file__).parents[2] / "locale"
# Django's own Hebrew of this holds a direction override that would leak from any shortened text.
SHORTENED = pgettext_lazy("String to return when truncating text", "%(truncated_text)s…")


def compile_catalogues() -> None:
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3], abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


if __name__ == "__main__":
    compile_catalogues()
