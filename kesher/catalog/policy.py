from kesher.catalog.models import Product
from kesher.core.access import OPEN, Policy, policy_for


@policy_for(Product)
class ProductPolicy(Policy):
    fields = {f: OPEN for f in ("id", "name", "code", "is_demo", "version")}
    label = ("name",)
