"""Who makes fields of the business's own. What they hold is classified field by field."""

from kesher.core.access import OPEN, Policy, policy_for
from kesher.core.own.models import OwnField


@policy_for(OwnField)
class OwnFieldPolicy(Policy):
    fields = {field.name: OPEN for field in OwnField._meta.concrete_fields}
    label = ("labels",)
