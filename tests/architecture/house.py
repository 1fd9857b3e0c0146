"""What the rules of the house look at: the parts, their order, their models and their sources."""

import inspect
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import FunctionType

from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).parents[2]
KESHER = ROOT / "kesher"
SOURCES = [path for path in sorted(KESHER.rglob("*.py")) if "migrations" not in path.parts]
TEMPLATES = sorted((KESHER / "web/templates").rglob("*.html"))
SURFACES = [path for name in ("web", "surface", "api") for path in (KESHER / name).rglob("*.py")]


def levels() -> dict[str, int]:
    """Each part's height on the map, as import-linter reads it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = next(c for c in contracts["contracts"] if c["type"] == "layers")["layers"]
    return {
        part.strip(" ()"): height
        for height, line in enumerate(reversed(layers))
        for part in line.split("|")
    }


def models() -> list[type[Model]]:
    """Every table of ours."""
    return [m for m in apps.get_models() if m.__module__.startswith("kesher.")]


def part(thing: type) -> str:
    """The part of the map that a model belongs to."""
    return thing.__module__.split(".")[1]


def functions_of(layer: str) -> Iterator[tuple[str, FunctionType]]:
    """Public functions of every part's `commands.py`, `commands/*.py` and the like."""
    for path in [*KESHER.glob(f"*/{layer}.py"), *KESHER.glob(f"*/{layer}/*.py")]:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        module = import_module(name)
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not function_name.startswith("_"):
                yield (
                    f"{name.removeprefix('kesher.')}.{function_name}",
                    inspect.unwrap(function),
                )
