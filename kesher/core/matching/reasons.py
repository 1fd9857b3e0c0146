"""Why two records may be one person, in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

SAME_GIVEN = _("same first name")
ALIKE_GIVEN = _("first names sound alike")
SAME_FAMILY = _("same family name")
ALIKE_FAMILY = _("family names sound alike")
REASONS = {
    "given:same": SAME_GIVEN,
    "given:group": _("two forms of one first name"),
    "given:sound": ALIKE_GIVEN,
    "given:near": ALIKE_GIVEN,
    "given:initial": _("same initial"),
    "given:other": _("another first name"),
    "family:same": SAME_FAMILY,
    "family:group": ALIKE_FAMILY,
    "family:sound": ALIKE_FAMILY,
    "family:near": ALIKE_FAMILY,
    "names:turned": _("first and family name change places"),
    "phone:same": _("same telephone"),
    "phone:crowd": _("a telephone that many share"),
    "phone:near": _("telephones differ in one digit"),
    "email:same": _("same e-mail"),
    "email:crowd": _("an e-mail that many share"),
    "email:near": _("e-mails differ in a letter or two"),
    "email:local": _("e-mails differ after the @ only"),
    "birth:same": _("same birthday"),
    "birth:swapped": _("same birthday, day and month change places"),
    "birth:near": _("birthdays differ in one digit"),
    "birth:other": _("another birthday"),
    "street:same": _("same street and number"),
    "street:near": _("same street"),
    "employer:same": _("e-mail of the same company"),
    "city:same": _("same city"),
    "company:same": _("same company"),
    "gender:clash": _("the names of a man and of a woman"),
    "household": _("perhaps of one household"),
    "mailed:whole": _("the e-mail of one says the name of the other"),
}


def reasons_of(features: Iterable[str]) -> list[str]:
    """The reasons in the language of the moment, in the order of the features."""
    return list(dict.fromkeys(str(REASONS[name]) for name in named(features)))


def named(features: Iterable[str]) -> list[str]:
    """The features that are reasons, each without what it stands in company with."""
    alone = (feature.partition("+")[0] for feature in features)
    return [name for name in alone if name in REASONS]
