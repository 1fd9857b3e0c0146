"""Parts of a page that come out the same for everybody are drawn once and kept."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
MOST = 512


class Slot:
    """Where one drawn part is kept."""

    html: SafeString | None = None


@lru_cache(maxsize=MOST)
def _slot(name: str, language: str | None, values: tuple[object, ...]) -> Slot:
    return Slot()


class KeptNode(template.Node):
    def __init__(
        self, name: str, values: list[template.base.FilterExpression], part: template.NodeList
    ):
        self.name = name
        self.values = values
        self.part = part

    def render(self, context: template.Context) -> SafeString:
        values = tuple(value.resolve(context) for value in self.values)
        slot = _slot(self.name, get_language(), values)
        if slot.html is None:
            slot.html = self.part.render(context)
        return slot.html


@register.tag
def kept(parser: template.base.Parser, token: template.base.Token) -> KeptNode:
    """{% kept "name" value … %}…{% endkept %}: drawn once for each language and these values.

    Everything else that the part shows must be constant: no token of a form, nothing of a person
    that is not among the values. The values must be hashable.
    """
    _tag, name, *values = token.split_contents()
    part = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(name.strip("'\""), [parser.compile_filter(value) for value in values], part)
