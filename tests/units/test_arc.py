"""Tasks of grids: read, solved by search and by rules, drawn, and refused where they are none."""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from dsl import DSL, Example, NesyError, Spec, primitive
from dsl.languages.grids import Colour, Grid, for_spec, grids
from dsl.program import Program
from nesy.cli import app
from nesy.engine import solve
from nesy.problem import pose
from nesy.runs.store import plain
from nesy.runs.synthesis import line
from solvers.base import Budget, Status
from solvers.grids.rules import Picture, induce
from solvers.names import named
from tasks import benchmark
from tasks.arc.reading import task

HOLE = [[0, 0, 0, 0, 0], [0, 3, 3, 3, 0], [0, 3, 0, 3, 0], [0, 3, 3, 3, 0], [0, 0, 0, 0, 0]]
FULL = [[0, 0, 0, 0, 0], [0, 3, 3, 3, 0], [0, 3, 4, 3, 0], [0, 3, 3, 3, 0], [0, 0, 0, 0, 0]]
WIDE = [[2, 2, 2, 2], [2, 0, 0, 2], [2, 2, 2, 2]]
WIDER = [[2, 2, 2, 2], [2, 4, 4, 2], [2, 2, 2, 2]]
ASKED = [[0, 5, 5, 5, 0, 6, 6, 6], [0, 5, 0, 5, 0, 6, 0, 6], [0, 5, 5, 5, 0, 6, 6, 6]]
TASK = {"train": [{"input": HOLE, "output": FULL}, {"input": WIDE, "output": WIDER}], "test": [{"input": ASKED}]}
QUICK = Budget(seconds=20)


def spec(pairs, asked=()) -> Spec:
    return Spec(inputs=[Grid], output=Grid, examples=[Example(Grid(i), output=Grid(o)) for i, o in pairs],
                queries=[(Grid(q),) for q in asked])


def test_a_task_of_a_file_is_solved_and_drawn(tmp_path):
    file, picture = tmp_path / "task.json", tmp_path / "task.svg"
    file.write_text(json.dumps(TASK))
    run = CliRunner().invoke(app, ["solve", str(file), "--seconds", "10", "--svg", str(picture)])
    assert run.exit_code == 0
    assert "fill_with(x0, yellow)" in run.stdout and "0 5 4 5 0 6 4 6" in run.stdout
    assert "training 2" in run.stdout and "checked on 2 examples" in run.stdout
    assert picture.read_text().count("test 1") == 2
    told = json.loads(CliRunner().invoke(app, ["solve", str(file), "--seconds", "10", "--json"]).stdout)
    assert told["grids"][0][0][1] == [0, 5, 4, 5, 0, 6, 4, 6]


@pytest.mark.parametrize(("changed", "said"), [
    ({"train": []}, "no training pair"),
    ({"test": []}, "no test input"),
    ({"train": [{"input": [[1, 2], [3]], "output": [[1]]}]}, "training pair 1: the rows of its input differ"),
    ({"train": [{"input": [], "output": [[1]]}]}, "training pair 1: its input is no grid"),
    ({"train": [{"input": [[1]], "output": [[10]]}]}, "training pair 1: its output has '10' in a cell"),
    ({"train": [{"input": [[1]], "output": [[True]]}]}, "training pair 1: its output has 'True'"),
    ({"train": [{"input": [[1]]}]}, "training pair 1: has no output"),
    ({"train": [{"input": [[1] * 31], "output": [[1]]}]}, "1 x 31; at most 30 x 30"),
    ({"test": [{"output": [[1]]}]}, "test 1: has no input"),
])
def test_what_is_no_task_is_refused_in_one_line(tmp_path, changed, said):
    file = tmp_path / "task.json"
    file.write_text(json.dumps(TASK | changed))
    run = CliRunner().invoke(app, ["solve", str(file)])
    assert isinstance(run.exception, NesyError) and said in str(run.exception) and "\n" not in str(run.exception)
    with pytest.raises(NesyError, match="task.json"):
        pose(file)


OWN = '''
import numpy as np
from dsl import primitive
from dsl.languages.grids import Grid, grids
from dsl.languages.integers import integers


@primitive
def brighter(g: Grid) -> Grid:
    return Grid(np.minimum(2 * g.cells, 9))


mine, numbers = grids.extend("mine", [brighter]), integers
'''


def test_a_task_of_a_file_is_solved_in_a_language_of_ones_own(tmp_path):
    (tmp_path / "own.py").write_text(OWN)
    file = tmp_path / "task.json"
    file.write_text(json.dumps({"train": [{"input": [[1, 2, 3], [0, 4, 1]], "output": [[2, 4, 6], [0, 8, 2]]},
                                          {"input": [[3]], "output": [[6]]}], "test": [{"input": [[2, 0]]}]}))
    run = CliRunner().invoke(app, ["solve", str(file), "--language", f"{tmp_path / 'own.py'}:mine", "--seconds", "15"])
    assert run.exit_code == 0 and "brighter(x0)" in run.stdout
    run = CliRunner().invoke(app, ["solve", str(file), "--language", f"{tmp_path / 'own.py'}:numbers"])
    assert isinstance(run.exception, NesyError) and "has no grids" in str(run.exception)


def test_two_attempts_are_scored_and_both_told():
    ambiguous = task("either", [{"input": [[1, 2], [1, 2]], "output": [[1, 2], [1, 2]]}],
                     [{"input": [[1, 2], [3, 4]], "output": [[1, 2], [1, 2]]}], "here")
    found = solve(ambiguous.dsl, ambiguous.spec, budget=QUICK, trusted=True)
    assert found.status is Status.SOLVED and len(found.programs) == 2
    assert found.certificate is not None and found.certificate.ambiguous
    assert found.shares == tuple(sorted(found.shares, reverse=True)) and 0 < sum(found.shares) < 1
    assert found.certificate.share == found.shares[0] and "% likely" in str(found.certificate)
    record = line(ambiguous, found)
    assert record["share"] == round(found.shares[0], 4)
    assert record["certificate"].split(":")[0].split(" (")[0] == "checked on 1 example; ambiguous"
    assert plain(record["prediction"]) == [[[1, 2], [3, 4]]] and len(record["others"]) == 1


def test_rules_are_found_that_no_small_program_is():
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(4):
        left, right = rng.integers(0, 2, (2, 4, 4))
        joined = np.concatenate([left * 3, np.full((4, 1), 5), right * 2], 1)
        pairs.append((joined, np.where((left == 0) & (right == 0), 8, np.where(left & right, 1, 0))))
    posed = spec(pairs[:3], [pairs[3][0]])
    found = solve(for_spec(posed), posed, budget=QUICK, trusted=True)
    assert found.program is not None and "where(" in str(found.program)
    assert any(np.array_equal(p(Grid(pairs[3][0])).cells, pairs[3][1]) for p in found.programs)


def test_rules_are_right_on_every_cell_and_come_with_their_cost():
    rng = np.random.default_rng(1)
    x = [Grid(rng.integers(0, 3, (5, 5))) for _ in range(3)]
    programs: list[Program] = [named_program(text) for text in ("x0", "flip(x0)", "flooded(x0, sky)", "moved_left(x0)")]
    pictures = [Picture(p, p.cost, np.concatenate([p(g).cells.ravel() for g in x])) for p in programs]
    first, mirror = pictures[0].cells, pictures[1].cells
    target = np.where((first == 1) & (mirror == 2), 8, first)
    found = list(induce(pictures, target, float("inf")))
    assert found
    for told in found:
        assert told.cost >= min(p.cost for p in programs) and told.weight >= 2.0 ** -told.cost
        assert np.array_equal(np.concatenate([told.program(g).cells.ravel() for g in x]), target)


def named_program(text: str) -> Program:
    from dsl import parse

    return parse(text, grids, spec([([[1]], [[1]])]).inputs)


def test_a_primitive_of_ones_own_is_searched_over():
    @primitive
    def doubled_colour(g: Grid) -> Grid:
        """Every colour twice as high, as far as it goes."""
        return Grid(np.minimum(2 * g.cells, 9))

    own = grids.extend("mine", [doubled_colour])
    asked = spec([([[1, 2], [0, 4]], [[2, 4], [0, 8]]), ([[3]], [[6]])], [[[2, 1]]])
    found = solve(own, asked, budget=QUICK)
    assert str(found.program) == "doubled_colour(x0)" and found.program(Grid([[2, 1]])) == Grid([[4, 2]])


def test_a_primitive_that_hoards_memory_is_contained():
    @primitive
    def hoard(g: Grid) -> Grid:
        """Far too much."""
        return Grid(np.ones((10**6, 10**6)))

    own = DSL("mine", [hoard, *grids.primitives], constants={Colour: [Colour.BLUE], int: [2]}, open=[Colour])
    asked = spec([([[1, 2], [1, 2]], [[2, 1], [2, 1]])], [[[2, 1, 1]]])
    found = solve(own, asked, budget=Budget(seconds=20, memory_mb=1500), trusted=True)
    assert found.status is Status.SOLVED and found.program(Grid([[2, 1, 1]])) == Grid([[1, 1, 2]])


def test_the_corpus_is_read_and_its_tests_are_kept_from_the_solver():
    training = benchmark("arc").split("training")
    assert len(training.ids) == 400 and len(benchmark("arc").split("evaluation").ids) == 400
    first = training.task(training.ids[0])
    assert first.attempts == 2 and len(first.tests) == len(first.spec.queries)
    assert all(e.inputs == q for e, q in zip(first.tests, first.spec.queries, strict=True))
    assert named("pictures").name == "pictures"
