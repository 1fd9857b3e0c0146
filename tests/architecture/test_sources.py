"""Sources: short, told apart, and without what does not belong."""

import ast
import re
import subprocess

import pytest

from tests.architecture.house import ROOT, SOURCES, SURFACES, TEMPLATES

MOST_LINES, MOST_OF_A_FUNCTION = 400, 40
VAGUE = {"utils", "helpers", "common", "base", "manager", "services", "misc"}
BACK_DOORS = {"objects", "_default_manager", "_base_manager"}
REGISTRY = re.compile(r"registry\.npmjs|pypi\.org/(simple|packages)|pythonhosted|\"resolved\":")
UNSAFE = re.compile(r"mark_safe\(|\|\s*safe\b|\{%\s*autoescape off|csrf_exempt|\.raw\(|\.extra\(")


def short(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_files_and_functions_stay_small(path):
    source = path.read_text()
    assert len(source.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < MOST_OF_A_FUNCTION, node.name


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_files_are_named_after_what_they_hold(path):
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", SURFACES, ids=short)
def test_surfaces_never_reach_for_records_themselves(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            assert node.attr not in BACK_DOORS, f"line {node.lineno}"


@pytest.mark.parametrize("path", [*SOURCES, *TEMPLATES], ids=short)
def test_nothing_switches_a_protection_off(path):
    found = UNSAFE.search(path.read_text())
    assert found is None, found


@pytest.mark.parametrize("path", TEMPLATES, ids=short)
def test_templates_keep_to_the_policy_of_the_page(path):
    markup = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:|hx-on|<style", markup)
    assert not re.search(r"<script(?![^>]*(\bsrc=|type=\"application/json\"))", markup)
    assert not re.search(r"{%\s*blocktrans(late)?\b(?![^%]*\btrimmed)", markup)


def test_no_address_of_a_registry_is_kept():
    tracked = subprocess.run(
        ["git", "ls-files", "*.txt", "*.json", "*.toml", "Makefile", ".npmrc", "*.in",
         ":!tests/data"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert tracked
    assert [name for name in tracked if REGISTRY.search((ROOT / name).read_text())] == []


@pytest.mark.parametrize("path", sorted(ROOT.glob("frontend/**/*.css")), ids=short)
def test_styles_read_in_both_directions(path):
    physical = re.compile(
        r"(margin|padding|border)-(left|right)|(^|[\s;{])(left|right)\s*:"
        r"|text-align:\s*(left|right)|float:\s*(left|right)"
    )
    assert not physical.search(path.read_text())
