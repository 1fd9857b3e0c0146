"""The faults, each with the check that must see it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """A piece of a file replaced by a wrong one (or a new file), and the check that bites."""

    name: str
    path: str
    old: str
    new: str
    check: tuple[str, ...]


HOUSE = "tests/architecture"
SOURCES = f"{HOUSE}/test_sources.py"
MODELS = f"{HOUSE}/test_models.py"

FAULTS = [
    Fault(
        name="a key points up the map",
        path="kesher/catalog/models.py",
        old="    is_demo = models.BooleanField(default=False)\n",
        new="    is_demo = models.BooleanField(default=False)\n"
        '    buyer = models.ForeignKey("billing.Purchase", null=True, on_delete=models.CASCADE,'
        ' related_name="+")\n',
        check=(MODELS, "-k", "point_down"),
    ),
    Fault(
        name="a part imports from above",
        path="kesher/customers/queries.py",
        old="from __future__ import annotations\n",
        new="from __future__ import annotations\n\nimport kesher.billing.models  # noqa\n",
        check=("lint-imports",),
    ),
    Fault(
        name="a column without a classification",
        path="kesher/customers/policy.py",
        old='"about": PERSONAL, ',
        new="",
        check=(MODELS, "-k", "classifies"),
    ),
    Fault(
        name="a page prints text unescaped",
        path="kesher/web/templates/home/help.html",
        old="{% endblock %}",
        new="{{ request.GET.q|safe }}{% endblock %}",
        check=(SOURCES, "-k", "protection"),
    ),
    Fault(
        name="a page reaches past the access rules",
        path="kesher/web/home/help.py",
        old='    return render(request, "home/help.html")',
        new='    request.user.__class__.objects.count()\n    return render(request, "home/help.html")',
        check=(SOURCES, "-k", "reach"),
    ),
    Fault(
        name="an inline style",
        path="kesher/web/templates/home/help.html",
        old="{% endblock %}",
        new='<p style="color:red">x</p>{% endblock %}',
        check=(SOURCES, "-k", "policy"),
    ),
    Fault(
        name="a style that knows only one direction",
        path="frontend/css/planted.css",
        old="",
        new=".planted { margin-left: 4px; }\n",
        check=(SOURCES, "-k", "directions"),
    ),
]
