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
        old='<div class="sg-2">',
        new='{{ request.GET.q|safe }}<div class="sg-2">',
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
        old='<div class="sg-2">',
        new='<p style="color:red">x</p><div class="sg-2">',
        check=(SOURCES, "-k", "policy"),
    ),
    Fault(
        name="a style that knows only one direction",
        path="frontend/css/planted.css",
        old="",
        new=".planted { margin-left: 4px; }\n",
        check=(SOURCES, "-k", "directions"),
    ),
    Fault(
        name="two edits of one field, the later wins in silence",
        path="kesher/core/changes.py",
        old="    if clashes:\n",
        new="    if clashes and False:\n",
        check=("tests/core/test_changes.py",),
    ),
    Fault(
        name="a reaction is felt twice",
        path="kesher/core/events.py",
        old="            delivery.state = Delivery.State.DONE\n",
        new="            delivery.state = Delivery.State.WAITING\n",
        check=("tests/core/test_events.py", "-k", "twice or until_it_works"),
    ),
    Fault(
        name="the stream tells of notes that the listener may not read",
        path="kesher/core/events.py",
        old="    if scope == Scope.NONE or not actor.cleared_for(record.classification or OPEN):\n",
        new="    if scope == Scope.NONE:\n",
        check=("tests/core/test_events.py", "-k", "cleared"),
    ),
    Fault(
        name="a hidden field is shown",
        path="kesher/core/access.py",
        old="                return MASK\n            value",
        new="                pass\n            value",
        check=("tests/core/test_access.py", "-k", "mask or password"),
    ),
    Fault(
        name="anybody changes any customer in sight",
        path="kesher/customers/writing.py",
        old='    require(by, "change", customer)\n',
        new="",
        check=("tests/customers/test_change_customer.py", "-k", "may_not"),
    ),
    Fault(
        name="a field is read without its clearance",
        path="kesher/core/fields.py",
        old="name: one for name, one in kind.fields.items() if is_readable(actor, kind, one)",
        new="name: one for name, one in kind.fields.items()",
        check=("tests/core/test_fields.py", "-k", "clearances or sums"),
    ),
    Fault(
        name="a formula leaves in a file",
        path="kesher/core/exporting.py",
        old='    return _FORMULA.sub(r"\\1\\2\'\\3", text)\n',
        new="    return text\n",
        check=("tests/core/test_exporting.py", "-k", "formula"),
    ),
    Fault(
        name="a dropped trigger is not missed",
        path="kesher/core/guards.py",
        old="    return [trigger.name for trigger in _lacking(connection)]\n",
        new="    return []\n",
        check=("tests/config/test_checks.py", "-k", "declared_trigger or changed_by_hand"),
    ),
    Fault(
        name="a power cut may lose what was acknowledged",
        path="kesher/config/environment.py",
        old="PRAGMA synchronous=FULL; ",
        new="PRAGMA synchronous=NORMAL; ",
        check=("tests/config/test_environment.py", "-k", "lose_nothing"),
    ),
    Fault(
        name="a string nobody translated",
        path="kesher/web/templates/home/help.html",
        old="{% endblock %}\n{% block main %}",
        new='{% translate "Nobody translated this" %}{% endblock %}\n{% block main %}',
        check=("tests/architecture/test_translations.py", "-k", "every_string"),
    ),
    Fault(
        name="a page without its row in the table of access",
        path="kesher/web/home/urls.py",
        old='    path("help/", help.keys, name="help"),\n',
        new='    path("help/", help.keys, name="help"),\n'
        '    path("secret/", help.keys, name="secret"),\n',
        check=("tests/access/test_every_address.py", "-k", "its_rows"),
    ),
    Fault(
        name="a message leaves though its address was listed meanwhile",
        path="kesher/engagement/commands/delivering.py",
        old="    if objection := objection_to(message):\n",
        new="    if objection := '':\n",
        check=("tests/engagement/test_do_not_contact.py", "-k", "holds_it_back"),
    ),
    Fault(
        name="marketing goes without a consent",
        path="kesher/engagement/gate.py",
        old="return bool(agreed) if purpose == MARKETING else agreed is not False",
        new="return agreed is not False",
        check=("tests/engagement/test_consents.py", "-k", "nobody_else"),
    ),
    Fault(
        name="an old list overrules who took his consent back",
        path="kesher/engagement/consent_columns.py",
        old='            return wanted["day"] > max(against)\n',
        new="            return True\n",
        check=("tests/importing/test_consents.py", "-k", "overrules"),
    ),
    Fault(
        name="the same price list again sets its prices again",
        path="kesher/catalog/imports.py",
        old="        if counts != amount:\n",
        new="        if True:\n",
        check=("tests/importing/test_products.py", "-k", "same_list"),
    ),
]
