"""Small rooms: file lengths and names, no print, packaging that names every folder."""

import ast
import re
import tomllib
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("dsl", "solvers", "tasks", "nesy")
FILES = [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_is_at_most_400_lines_and_prints_nothing(path):
    assert lines(path) <= 400
    calls = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)]
    assert not [c.lineno for c in calls if isinstance(c.func, ast.Name) and c.func.id == "print"]


def test_a_file_of_tests_is_at_most_400_lines():
    assert not [p for p in (ROOT / "tests").rglob("*.py") if lines(p) > 400]


def test_text_is_read_and_written_in_one_encoding_wherever_one_is():
    calls = re.compile(r"""\.(?:read|write)_text\((?![^\n]*"utf-8)|(?<![\w.])open\((?![^\n]*"(?:utf-8|r\+b|/proc))""")
    found = [(p, line) for p in FILES for line in p.read_text().splitlines() if calls.search(line)]
    assert not found


def test_the_median_file_is_at_most_120_lines():
    assert median(map(lines, FILES)) <= 120


def test_no_room_for_leftovers():
    assert not [p for p in FILES if p.stem in ("utils", "helpers", "common", "misc")]


def test_test_folders_are_no_packages_and_shadow_none():
    assert not list((ROOT / "tests").rglob("__init__.py"))
    assert not {p.name for p in (ROOT / "tests").rglob("*") if p.is_dir()} & set(PACKAGES)


def test_every_package_folder_is_named_in_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = set(project["tool"]["setuptools"]["packages"])
    there = {".".join(p.parent.relative_to(ROOT).parts) for p in FILES if p.name == "__init__.py"}
    assert named == there
    with_code = {".".join(p.parent.relative_to(ROOT).parts) for p in FILES}
    assert with_code == there


def test_nothing_names_a_path_of_one_machine():
    texts = [*FILES, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "pyproject.toml"]
    assert not [p for p in texts if re.search(r"(?<![\w.])/(home|root|work)/|\.\./shared", p.read_text())]
