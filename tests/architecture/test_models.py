"""Tables: each has a policy that names all its columns, and points strictly down the map."""

import pytest

from kesher.core.access import OPEN, has_policy, policy_of
from tests.architecture.house import levels, models, part

LEVEL = levels()
OURS = [model for model in models() if part(model) != "core"]


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_every_model_has_a_policy(model):
    assert has_policy(model)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_a_policy_classifies_every_column(model):
    columns = {field.name for field in model._meta.concrete_fields}
    declared = set(policy_of(model).fields)

    assert columns - declared == set()
    assert all(hasattr(model, name) for name in declared)


@pytest.mark.parametrize("model", OURS, ids=lambda m: m._meta.label)
def test_what_names_a_record_is_declared(model):
    policy = policy_of(model)

    assert set(policy.label) <= set(policy.fields)
    assert policy.row_classification is None or policy.fields[policy.row_classification] == OPEN


@pytest.mark.parametrize("model", models(), ids=lambda m: m._meta.label)
def test_tables_point_down_the_map(model):
    for field in model._meta.concrete_fields:
        other = field.related_model
        if other is None or other is model or not other.__module__.startswith("kesher."):
            continue
        below = LEVEL[part(other)] < LEVEL[part(model)]
        assert below or part(other) == part(model), field
