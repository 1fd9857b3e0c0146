"""What an archive says of itself: what is there, how it comes back, and what is not there."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MANIFEST, README = "manifest.json", "README.txt"
SUMS = {"amount": gettext_lazy("amount")}
FORM = 1  # of the manifest; another one is read by another version


@dataclass
class Kept:
    """One file of an archive."""

    name: str
    kind: str
    label: str
    rows: int
    size: int
    sha256: str
    sums: dict[str, str] = field(default_factory=dict)


@dataclass
class Manifest:
    """What an archive says of itself."""

    business: str
    country: str
    currency: str
    made_at: str
    files: list[Kept] = field(default_factory=list)
    staff: list[str] = field(default_factory=list)  # named in the files
    branches: list[str] = field(default_factory=list)
    own_fields: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # what the maker might not read
    left: list[tuple[str, int]] = field(default_factory=list)  # what no file has a place for
    form: int = FORM

    def written(self) -> str:
        """As a file for programs."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def read_manifest(text: str) -> Manifest | None:
    """What a file says, if it is a manifest of a form that is known here."""
    try:
        said: dict[str, Any] = json.loads(text)
        if said["form"] != FORM:
            return None
        files = [Kept(**one) for one in said.pop("files")]
        return Manifest(**said, files=files)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def readme(manifest: Manifest, day: datetime.date) -> str:
    """What people should know of the archive, in the language of whoever made it."""
    parts = [
        _("Everything of %(business)s, as it was on %(day)s")
        % {"business": manifest.business, "day": date_format(day)},
        "\n".join(_file_line(one) for one in manifest.files),
        _way_back(manifest),
        _(
            "A customer without a number of his own goes by one that Kesher made, such as "
            "K1A2B3C-17. Brought into another Kesher he keeps it as his number. “Kesher record” "
            "names each line, so that the same archive brought again changes nothing."
        ),
        _(
            "An apostrophe before = + - @ keeps spreadsheets from taking text for a formula. "
            "Kesher takes it away again."
        ),
    ]
    if manifest.missing:
        parts.append(_listed(_("Not here, for your role may not read it:"), manifest.missing))
    if manifest.left:
        lines = [f"{what}: {_shown(count)}" for what, count in manifest.left]
        parts.append(_listed(_("Not here, for no file has a place for it:"), lines))
    return "\r\n\r\n".join(part.replace("\n", "\r\n") for part in parts) + "\r\n"


def _way_back(manifest: Manifest) -> str:
    said = _(
        "To bring it back, open Import in Kesher and hand in the whole archive, or run “kesher "
        "import” with its name. Each CSV file can also be brought by itself, in the order above."
    )
    if manifest.staff:
        said += " " + _(
            "The colleagues whom the files name must work there before: %(names)s. Branches that "
            "are missing are opened."
        ) % {"names": ", ".join(manifest.staff)}
    return said


def _file_line(one: Kept) -> str:
    sums = "".join(f", {SUMS.get(name, name)} {total}" for name, total in one.sums.items())
    return f"{one.name}: {one.label}, {_shown(one.rows)}{sums}"


def _listed(head: str, lines: Sequence[str]) -> str:
    return "\n".join([head, *(f"- {line}" for line in lines)])


def _shown(number: int) -> str:
    return number_format(number, force_grouping=True)
