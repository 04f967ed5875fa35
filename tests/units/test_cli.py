"""The command line as a user meets it: what it prints, what it refuses, how it resumes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def nesy(*args, cwd=None, **kwargs):
    return subprocess.run([sys.executable, "-m", "nesy", *map(str, args)], capture_output=True, text=True,
                          cwd=cwd or ROOT, timeout=300, env={**os.environ, "PYTHONPATH": str(ROOT)}, **kwargs)


def assert_refused(done, *words):
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for w in words:
        assert w in lines[0], lines[0]


@pytest.mark.parametrize(("args", "words"), [
    (["eval", "nosuch"], ["'nosuch'", "scan"]),
    (["eval", "scam/length"], ["'scam'", "did you mean scan?"]),
    (["eval", "scan/lenght"], ["'lenght'", "did you mean length?"]),
    (["eval", "scan/length", "--limit", "0"], ["--limit", "0"]),
    (["eval", "scan/length", "--limit", "x"], ["--limit", "integer"]),
    (["eval", "scan/length", "--seconds", "-1"], ["--seconds", "-1"]),
    (["eval", "scan/length", "--memory", "1"], ["--memory", "512"]),
    (["eval", "scan/length", "--seeds", "0"], ["--seeds", "0"]),
    (["eval", "scan/length", "--seed", "-1"], ["--seed", "-1"]),
    (["eval", "scan/length", "--jobs", "0"], ["--jobs", "0"]),
    (["eval", "scan/length", "--train", "0"], ["--train", "0"]),
    (["eval", "scan/length", "--solver", "machin"], ["machin", "machine"]),
    (["eval", "scan/length", "--given", "sintax"], ["sintax", "did you mean syntax?"]),
    (["eval", "scan/length", "--sede", "1"], ["--sede", "--seed"]),
    (["eval", "scan/length", "--out", "/proc/nowhere"], ["--out", "/proc/nowhere"]),
    (["eval"], ["BENCH"]),
    (["eval", "scan/length", "--resume"], ["--resume", "--out"]),
    (["evaluate"], ["evaluate", "eval"]),
    (["solve", "nosuch.json"], ["nosuch.json"]),
    (["reproduce", "scan-curv"], ["did you mean scan-curve?"]),
    (["data", "fetch", "scam"], ["did you mean scan?"]),
])
def test_what_is_wrong_is_said_in_one_line(args, words, tmp_path):
    assert_refused(nesy(*args, cwd=tmp_path), *words)


EXAMPLES = {"language": "lists", "examples": [{"inputs": [[1, 9]], "output": 4}, {"inputs": [[5]], "output": 12},
                                              {"inputs": [[7, 0]], "output": 16}], "queries": [[[10, 3]]]}


def problem(tmp_path, content, name="problem.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


CALC = '''
from nesy import DSL, primitive

@primitive(commutative=True)
def add(a: int, b: int) -> int:
    return a + b

@primitive
def double(a: int) -> int:
    return 2 * a

@primitive
def head(xs: tuple[int, ...]) -> int:
    return xs[0] if xs else 0

calc = DSL("calc", [add, double, head], constants={int: [0, 1, 2]})
'''


def test_solve_with_a_language_of_ones_own(tmp_path):
    problem(tmp_path, CALC, "calc.py")
    done = nesy("solve", problem(tmp_path, EXAMPLES), "--language", f"{tmp_path}/calc.py:calc")
    assert done.returncode == 0, done.stderr
    assert "add(2, double(head(x0)))" in done.stdout
    assert "checked on 3 examples; unique up to size 6" in done.stdout
    assert "(10, 3) -> 22" in done.stdout
    done = nesy("solve", problem(tmp_path, EXAMPLES), "--language", f"{tmp_path}/calc.py:clac")
    assert_refused(done, "did you mean calc?")


def test_solve_prints_json_alone(tmp_path):
    done = nesy("solve", problem(tmp_path, EXAMPLES), "--json")
    record = json.loads(done.stdout)
    assert record["status"] == "SOLVED"
    assert record["answers"] == ["(10, 3) -> 22"]


def test_solve_reads_yaml(tmp_path):
    text = "language: integers\ninputs: [int]\noutput: int\nexamples:\n  - {inputs: [2], output: 5}\n" \
           "  - {inputs: [3], output: 7}\n"
    assert "SOLVED" in nesy("solve", problem(tmp_path, text, "problem.yaml")).stdout


def test_an_unsatisfiable_file_is_infeasible_with_the_nearest_program(tmp_path):
    rows = [{"inputs": [1], "output": 1}, {"inputs": [2], "output": 2}, {"inputs": [9], "output": 5}]
    path = problem(tmp_path, {"language": "integers", "examples": rows})
    done = nesy("solve", path, "--size", 2)
    assert done.returncode == 1
    assert done.stdout.startswith("INFEASIBLE")
    assert "nearest      x0" in done.stdout
    path = problem(tmp_path, {"language": "integers", "examples": [*rows, {"inputs": [1], "output": 3}]})
    done = nesy("solve", path, "--seconds", 2)
    assert done.returncode == 2
    assert done.stdout.startswith("INFEASIBLE")
    assert "examples 1 and 4" in done.stderr


@pytest.mark.parametrize(("content", "words"), [
    ("{", ["line 1", "not JSON"]),
    ("[1]", ["mapping"]),
    ({"examples": []}, ["language"]),
    ({"language": "list", "examples": [1]}, ["did you mean lists?"]),
    ({"language": "lists"}, ["examples"]),
    ({"language": "lists", "exmples": []}, ["exmples", "examples"]),
    ({"language": "lists", "examples": [{"inputs": [1]}]}, ["example 1"]),
    ({"language": "lists", "examples": [{"inputs": [1], "output": None}]}, ["None"]),
    ({"language": "lists", "examples": [{"inputs": [[]], "output": 1}]}, ["x0", "type"]),
    ({"language": "lists", "inputs": ["__import__('os')"], "examples": [{"inputs": [1], "output": 1}]}, ["not a type"]),
    ({"language": "lists", "inputs": ["int", "int"], "examples": [{"inputs": [1], "output": 1}]}, ["example 1"]),
    ({"language": "lists", "examples": [{"inputs": [1], "output": 1}, {"inputs": ["a"], "output": 1}]}, ["x0"]),
])
def test_malformed_problems_are_refused(content, words, tmp_path):
    assert_refused(nesy("solve", problem(tmp_path, content)), *words)


@pytest.mark.parametrize("command", [
    ["solve", "problem.json"],
    ["eval", "lists/deepcoder", "--jobs", "2", "--out", "run", "--solver", "top-down"],
    ["eval", "scan/length", "--seeds", "3", "--jobs", "2", "--out", "run"]])
def test_an_interrupt_ends_it_at_once_with_one_line(command, tmp_path):
    never = {"language": "integers", "examples": [{"inputs": [3], "output": 1048577}, {"inputs": [4], "output": 7**15}]}
    problem(tmp_path, json.dumps(never))
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from nesy.cli import main; main()"
    running = subprocess.Popen([sys.executable, "-c", begin, *command, "--seconds", "60"], text=True, cwd=tmp_path,
                               env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE,
                               stdout=subprocess.PIPE)  # whoever started this may ignore it
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    try:
        while not children.read_text():  # until a solver is at work
            time.sleep(0.1)
        time.sleep(4)
        running.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, said = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 130 and time.monotonic() - start < 5
    assert said.splitlines()[-1].startswith("nesy: interrupted") and "Traceback" not in said


def test_list_names_everything():
    done = nesy("list", "--json")
    found = json.loads(done.stdout)
    by_name = {f"{r['benchmark']}/{r['split']}": r for r in found["benchmarks"]}
    assert by_name["scan/length"]["train"] == 16990
    assert by_name["scan/length"]["test"] == 3920
    assert len(by_name) >= 20
    assert {r["name"] for r in found["experiments"]} >= {"scan", "scan-curve", "synthesis"}
    assert "scan/simple" in nesy("list").stdout
    assert "reverse" in nesy("list", "lists").stdout
    assert_refused(nesy("list", "nosuch"), "no such language", "'nosuch'")
    assert_refused(nesy("list", 5000 * "x"), "no such language")
    assert_refused(nesy("list", 5000 * "x" + ".py:d"), "no such file")


@pytest.mark.parametrize("args", [("scan/length", "--train", "99999999"), ("lists/deepcoder", "--train", "5"),
                                  ("lists/deepcoder", "--given", "syntax"), ("sudoku/masked-10", "--given", "syntax"),
                                  ("regex/textbook", "--solver", "guided"), ("regex/textbook", "--proposer", "nosuch"),
                                  ("regex/textbook", "--library", "nosuch")])
def test_what_a_split_lacks_is_refused_before_a_run_begins(args, tmp_path):
    assert_refused(nesy("eval", *args, "--out", str(tmp_path / "run")), args[2])
    assert not (tmp_path / "run" / "run.json").exists()


FEW = ["--train", "400", "--limit", "300"]


def test_seeds_and_json(tmp_path):
    done = nesy("eval", "scan/addprim_turn_left", *FEW, "--given", "semantics,syntax", "--seeds", 2, "--json",
                "--out", tmp_path / "runs", "--jobs", 2)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [s["seed"] for s in found] == [0, 1]
    for s in found:
        assert {"benchmark", "split", "seed", "n", "correct", "accuracy", "statuses", "train_seconds", "seconds",
                "cpu_seconds", "peak_memory_mb"} <= set(s)
        assert s["n"] == 300


def test_a_killed_run_resumes_to_the_same_figures(tmp_path):
    target = ["eval", "scan/length", *FEW, "--given", "semantics", "--json"]
    whole = json.loads(nesy(*target, "--out", tmp_path / "whole").stdout)
    out = tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-m", "nesy", *target, "--out", str(out)], cwd=ROOT,
                               stdout=subprocess.DEVNULL)
    lines = out / "tasks.jsonl"
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and not (lines.exists() and lines.stat().st_size > 2000):
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    data = lines.read_bytes()
    lines.write_bytes(data[:len(data) * 2 // 3])  # and the last line is torn
    (out / "summary.json").unlink(missing_ok=True)
    kept = lines.read_text().splitlines()[:-1]
    learned = (out / "learning.json").read_text()
    assert_refused(nesy(*target, "--out", out), "--resume")
    again = json.loads(nesy(*target, "--out", out, "--resume").stdout)
    for key in ("n", "correct", "accuracy", "statuses", "certificates", "seed", "train"):
        assert again[key] == whole[key]
    answering = sum(json.loads(line)["cpu_seconds"] for line in lines.read_text().splitlines())
    assert again["cpu_seconds"] >= json.loads(learned)["cpu_seconds"] + answering - 0.01
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    assert lines.read_text().splitlines()[:len(kept)] == kept
    assert len({r["id"] for r in records}) == len(records) == 300
    assert (out / "learning.json").read_text() == learned
    assert_refused(nesy("eval", "scan/length", "--train", 500, "--limit", 300, "--given", "semantics", "--out", out,
                        "--resume"), "train")


def test_a_run_folder_tells_how_it_came_about(tmp_path):
    nesy("eval", "scan/length", *FEW, "--given", "semantics,syntax", "--out", tmp_path / "run")
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["config"]["given"] == ["syntax", "semantics"] and record["seed"] == 0
    assert {"python", "nesy", "torch", "clingo"} <= set(record["versions"])
    line = json.loads((tmp_path / "run" / "tasks.jsonl").read_text().splitlines()[0])
    assert {"id", "status", "correct", "program", "certificate", "prediction", "seconds", "cpu_seconds"} == set(line)
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["accuracy"] == 1.0


def config(tmp_path, **options):
    path = tmp_path / "options.yaml"
    path.write_text(json.dumps(options))
    return path


def test_a_file_of_options_says_what_the_command_line_does_not_and_the_folder_may_be_the_one_that_one_is_in(tmp_path):
    path = config(tmp_path, language="integers", minutes=0.02, size="tiny", types=["int -> int"], batch=64)
    done = nesy("train", "proposer", "--config", path, "--batch", 8, "--out", ".", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "README.md").exists()
    learned = json.loads(done.stdout)["config"]
    assert (learned["minutes"], learned["batch"], learned["types"]) == (0.02, 8, ["int -> int"])


@pytest.mark.parametrize(("options", "words"), [
    ({"minuts": 3}, ["'minuts'", "did you mean minutes?"]),
    ({"language": "integers", "minutes": [3]}, ["--minutes", "valid number"]),
    ({"language": "integers", "json": True}, ["'json'"]),
    ({"minutes": 3}, ["--language"]),
])
def test_a_file_of_options_is_refused_by_the_option(options, words, tmp_path):
    assert_refused(nesy("train", "proposer", "--config", config(tmp_path, **options)), *words)


@pytest.mark.parametrize(("text", "words"), [("[", ["not YAML"]), ("3", ["minutes: 5"]), (None, ["cannot be read"])])
def test_what_is_no_file_of_options_is_refused(text, words, tmp_path):
    path = tmp_path / "options.yaml"
    if text is not None:
        path.write_text(text)
    assert_refused(nesy("train", "proposer", "--config", path), str(path), *words)


def test_an_empty_folder_is_refused():
    for command in (["eval", "scan/length"], ["train", "proposer", "--language", "integers"], ["reproduce", "scan"]):
        assert_refused(nesy(*command, "--out", ""), "--out")


LOUD = '''
from nesy import DSL, primitive


@primitive
def loud(a: str) -> str:
    """[bold]Loud[/nothing] :smile:"""
    return a.upper()


shout = DSL("shout[/b]", [loud])
'''


def test_text_is_shown_as_it_is_whatever_it_looks_like_and_the_terminal_can_show(tmp_path):
    (tmp_path / "shout.py").write_text(LOUD)
    done = nesy("list", "shout.py:shout", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "shout[/b]" in done.stdout and "[bold]Loud[/nothing] :smile:" in done.stdout
    ascii_only = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    path = problem(tmp_path, {"language": "shout.py:shout", "examples": [{"inputs": ["ñ"], "output": "Ñ"}]})
    done = subprocess.run([sys.executable, "-m", "nesy", "solve", path], capture_output=True, cwd=tmp_path,
                          env=ascii_only, timeout=300)
    assert done.returncode == 0, done.stderr
    assert b"loud(x0)" in done.stdout
