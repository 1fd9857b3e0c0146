"""Why two customers may be one, in the words that a reader of today understands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from kesher.core.matching.reasons import REASONS, named
from kesher.customers.models import Customer

SAME_NAME, ALIKE_NAMES = _("same name"), _("name sounds alike")
WHOLE = frozenset(("given:same", "family:same"))
OTHER_FIRST = frozenset(("given:other", "given:some", "given:none"))
NAMES = ("given", "family", "gender", "household")  # of people; a company has one name


def reasons_for(features: Iterable[str], kind: str) -> list[Any]:
    """What speaks for and against it; two equal names are said in one."""
    found = named(features)
    if "email:same" in found:  # and so is its company
        found = [name for name in found if name != "employer:same"]
    words: dict[Any, None] = {}
    if found and WHOLE.issubset(found):
        words[SAME_NAME] = None
        found = [name for name in found if name not in WHOLE]
    elif kind != Customer.Kind.PERSON and any(name.startswith("family") for name in found):
        words[ALIKE_NAMES] = None
    if kind != Customer.Kind.PERSON:
        found = [name for name in found if name.partition(":")[0] not in NAMES]
    return list({**words, **{REASONS[name]: None for name in found}})
