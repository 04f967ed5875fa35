"""The README says what is so: its Python runs as printed, its commands exist, its set-up is CI's."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PYTHON = re.findall(r"```python\n(.*?)```", README, re.S)
COMMANDS = [line for block in re.findall(r"```console\n(.*?)```", README, re.S)
            for line in block.splitlines() if line.startswith("$ ")]


def is_expression(text: str) -> bool:
    try:
        return bool(ast.parse(text, mode="eval"))
    except SyntaxError:
        return False


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_python_runs_as_printed_and_gives_what_it_says(code, tmp_path):
    said = [(left, text) for left, text in re.findall(r"^(\S.*?)[ \t]+# (.+)$", code, re.M) if is_expression(left)]
    checks = "\n".join(f"assert str({expression}) == {text!r}, {expression}" for expression, text in said)
    file = tmp_path / "example.py"
    file.write_text(code + "\n" + checks)
    done = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_there_is_something_to_run():
    assert len(PYTHON) >= 1
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize("command", sorted({c.split("nesy ")[-1].split()[0] for c in COMMANDS if " nesy " in f" {c}"}))
def test_every_nesy_command_shown_exists(command):
    done = subprocess.run([sys.executable, "-m", "nesy", command, "--help"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr


def test_ci_runs_the_test_command_of_the_readme():
    ci = (ROOT / ".ci" / "run").read_text()
    test = next(c for c in COMMANDS if "pytest" in c)
    assert test.split("&&")[-1].strip() in ci
