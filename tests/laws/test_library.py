"""Libraries: what is learned shortens solutions, means what it stands for, and survives being saved."""

import json
from keyword import iskeyword
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import DSL, Example, Grammar, NesyError, Spec, load, parse, primitive
from dsl.defined import defined, inlined
from dsl.interpret import Failure, run
from dsl.pcfg import PCFG
from dsl.program import Apply
from dsl.types import BOOL, INT, sequence
from nesy.library import compress as compress_module
from nesy.library import store
from nesy.library.compress import Solution, _name, compress
from nesy.library.dreams import Dreaming
from nesy.library.terms import Writer, expanded, flat, matched, read
from nesy.library.wake_sleep import Config, learn
from nesy.problem import find_language
from nesy.proposer.propose import Transformer
from solvers.base import Budget
from solvers.names import named
from tasks.base import Task, task_set

LISTS = load("lists")
INPUTS = (sequence(INT), INT)
ROWS = [((3, 1, 2), 1), ((5, 0), 2), ((4, 4, 1, 9), 0)]


def solutions(seed: int, many: int = 12) -> list[Solution]:
    """Programs of the list language that run on all rows, as solutions of what they do there."""
    pcfg, rng, found = PCFG.uniform(Grammar(LISTS, INPUTS, sequence(INT))), Random(seed), []
    while len(found) < many:
        program = pcfg.sample_sized(rng, rng.randint(3, 9))
        outs = [run(program, row) for row in ROWS] if program is not None else [Failure]
        if program is not None and not any(isinstance(o, Failure) for o in outs):
            found.append(Solution(Spec(inputs=INPUTS, output=sequence(INT), examples=[
                Example(*row, output=o) for row, o in zip(ROWS, outs, strict=True)]), program))
    return found


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10**6))
def test_with_its_abstractions_inlined_a_solution_is_what_it_was(seed):
    before = solutions(seed)
    before += before[:4]  # something to be found twice
    found, after = compress(LISTS, before)
    bodies = {a.primitive: a.body for a in found}
    assert [inlined(s.program, bodies) for s in after] == [s.program for s in before]
    for s, old in zip(after, before, strict=True):
        assert s.spec.holds(s.program)
        assert s.program.cost <= old.program.cost
    if found:
        assert sum(s.program.cost for s in after) < sum(s.program.cost for s in before)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_every_whole_program_matches_itself_as_a_pattern(seed):
    for s in solutions(seed, 3):
        writer = Writer()
        term = flat(read(writer.write(s.program, 0)))
        if not any(str(p) in ("x0", "x1") for p in s.program.walk()):
            found = matched(term, s.program, 0, writer.words)
            assert found is not None and found.body == s.program and not found.parts


def test_parts_that_a_lambda_binds_do_not_leave_it():
    program = parse("map(lam(int)(add(y0, head(x0))), x0)", LISTS, INPUTS)
    assert matched(read("(map (lam (add $0 #0)) #1)"), program, 0, {}) is not None
    assert matched(read("(map (lam (add #0 #1)) #2)"), program, 0, {}) is None


def test_a_body_with_lambdas_is_numbered_on_where_it_stands():
    body = parse("map(lam(int)(add(y0, x1)), x0)", LISTS, (sequence(INT), INT))
    raise_ = defined("raise_all", body, (sequence(INT), INT))
    more = LISTS.extend("more", [raise_])
    for text in ("map(lam(int)(total(raise_all(x0, y0))), x0)", "raise_all(raise_all(x0, 1), head(x0))",
                 "raise_all(map(lam(int)(total(raise_all(x0, y0))), x0), 3)"):
        program = parse(text.replace("total", "sum"), more, INPUTS)
        plain = inlined(program, {raise_: body})
        assert parse(str(plain), LISTS, INPUTS) == plain
        assert [run(plain, row) for row in ROWS] == [run(program, row) for row in ROWS]


def test_earlier_patterns_are_put_in_place_of_their_names():
    bodies = {"fn_0": read("(add #0 (head #1))")}
    assert expanded(read("(map (lam (fn_0 $0 $1)) x)"), bodies) == read("(map (lam (add $0 (head $1))) x)")
    nested = {"fn_0": read("(map (lam (add $0 #0)) #1)")}
    assert expanded(read("(lam (fn_0 $0 y))"), nested) == read("(lam (map (lam (add $0 $1)) y))")


FEW = DSL("few", [LISTS.primitive(name) for name in ("map", "multiply", "add", "reverse", "sort")],
          constants={int: [1]})


def tasks_of(texts):
    """Tasks that these programs solve."""
    found, rows = [], [(3, 1, 2), (5, 0), (4, 4, 1, 9), (7,)]
    for n, text in enumerate(texts):
        program = parse(text, FEW, (sequence(INT),))
        found.append(Task(f"t{n}", FEW, Spec(inputs=[sequence(INT)], output=program.type, examples=[
            Example(row, output=run(program, (row,))) for row in rows])))
    return task_set("lists", "some", found)


def test_a_library_solves_what_was_too_large_before(tmp_path):
    raised = "map(lam(int)(multiply(y0, add(y0, 1))), {})"
    small = [raised.format(inner) for inner in ("x0", "reverse(x0)", "sort(x0)")]
    large = [raised.format(text) for text in small]
    library = learn(tasks_of(small + large), named("bottom-up"), Config(budget=Budget(seconds=30, size=9)))
    assert [r["solved"] for r in library.rounds] == [3, 6]
    assert all(r["compressed"] < r["cost"] for r in library.rounds)
    store.save(library, tmp_path)
    again = store.load(tmp_path)
    assert again == library
    more = again.extend(FEW)
    name = str(library.abstractions[0]["name"])
    assert more.primitive(name)((1, 2)) == (2, 6)


def test_between_rounds_a_proposer_learns_the_new_words(tmp_path):
    raised = "map(lam(int)(multiply(y0, add(y0, 1))), {})"
    small = [raised.format(inner) for inner in ("x0", "reverse(x0)", "sort(x0)")]
    dreaming = Dreaming(folder=tmp_path, solver="bottom-up", minutes=0.02)
    library = learn(tasks_of([*small, raised.format(raised.format("reverse(x0)"))]), named("bottom-up"),
                    Config(budget=Budget(seconds=20, size=9)), dreaming=dreaming)
    assert [r["solved"] for r in library.rounds] == [3, 4]
    taught = Transformer.load(tmp_path / "proposer-1")
    assert str(library.abstractions[0]["name"]) in taught.model.config.primitives
    assert "solutions found before" in (tmp_path / "proposer-1" / "README.md").read_text()


def test_a_library_is_learned_from_languages_that_differ_in_constants():
    def of(n: int) -> Task:
        text = f"map(lam(int)(multiply(y0, add(y0, {n}))), x0)"
        dsl = DSL("few", FEW.primitives, constants={int: [n]})
        rows = [((i, i + 2),) for i in range(3)]
        program = parse(text, dsl, (sequence(INT),))
        return Task(f"t{n}", dsl, Spec(inputs=[sequence(INT)], output=sequence(INT), examples=[
            Example(*row, output=run(program, row)) for row in rows]))

    library = learn(task_set("lists", "some", [of(1), of(2)]), named("bottom-up"),
                    Config(budget=Budget(seconds=20, size=9)))
    assert library.rounds[-1]["solved"] == 2


BROKEN = '{"learned_from": "a/b", "abstractions": [{"name": "a b", "body": "", "params": []}]}'


@pytest.mark.parametrize("text", ["{", "[]", '{"learned_from": "a/b"}', BROKEN])
def test_a_damaged_library_is_refused_in_one_line(tmp_path, text):
    (tmp_path / store.NAME).write_text(text)
    with pytest.raises(NesyError, match="no library"):
        store.load(tmp_path)
    with pytest.raises(NesyError, match="no library"):
        find_language(str(tmp_path))


@pytest.mark.parametrize("wrong", [{"params": []}, {"params": "int"}, {"name": "if"}, {"name": "a b"}, {"body": 5},
                                   {"body": "add(x0, hole(int))"}, {"body": "no_such(x0)"}, {"params": ["flub"]},
                                   {"name": "add"}, {"body": "reverse(x0)"}])
def test_a_wrong_abstraction_is_refused_in_one_line(tmp_path, wrong):
    good = {"name": "twice", "params": ["int"], "body": "add(x0, x0)"}
    for a in (good, {**good, **wrong}):
        (tmp_path / store.NAME).write_text(json.dumps({"learned_from": "lists/handwritten", "abstractions": [a]}))
        if a is good:
            assert store.load(tmp_path).extend(LISTS).primitive("twice")(4) == 8
        else:
            with pytest.raises(NesyError, match="library") as said:
                store.load(tmp_path).extend(LISTS)
            assert "\n" not in str(said.value)


def test_what_only_a_lambda_uses_is_not_computed_before_it():
    text = "map(lam(int)(add(multiply(y0, y0), {1})), take({0}, x0))"
    programs = [parse(text.format(*parts), LISTS, INPUTS) for parts in (
        ("x1", "divide(6, x1)"), ("x1", "divide(9, x1)"), ("1", "divide(8, x1)"), ("2", "x1"), ("x1", "3"))]
    rows = [((3, 1, 2), 1), ((5, 4), 2)]
    before = [Solution(Spec(inputs=INPUTS, output=sequence(INT), examples=[
        Example(*row, output=run(p, row)) for row in rows]), p) for p in programs]
    _, after = compress(LISTS, before)
    for old, new in zip(before, after, strict=True):
        for row in (((3, 1, 2), 0), ((), 0), ((1,), 2)):
            assert run(new.program, row) == run(old.program, row) or isinstance(run(old.program, row), Failure)


def test_a_library_is_for_languages_that_have_its_primitives(tmp_path):
    (tmp_path / store.NAME).write_text(json.dumps({"learned_from": "lists/handwritten", "abstractions": [
        {"name": "odd", "params": ["int"], "body": "no_such(x0)"}]}))
    with pytest.raises(NesyError, match="no_such"):
        store.load(tmp_path).extend(LISTS)


def test_abstractions_of_what_may_fail_are_kept_and_counted_and_have_names_that_can_be_read(tmp_path):
    @primitive
    def head(xs: tuple[int, ...]) -> int:
        return xs[0]

    @primitive
    def mul(a: int, b: int) -> int:
        return a * b

    @primitive(name="if_")
    def choose(condition: bool, a: int, b: int) -> int:
        return a if condition else b

    @primitive
    def above(a: int, b: int) -> bool:
        return a > b

    dsl = DSL("partial", [head, mul, choose, above], constants={int: [0, 1, 2]})
    rows = [((3, 1),), ((5, 2, 2),)]

    def solved(text):
        program = parse(text, dsl, (sequence(INT),), INT)
        return Solution(Spec(inputs=[sequence(INT)], output=INT, examples=[
            Example(*row, output=program(*row)) for row in rows]), program)

    squares = [solved(f"mul({n}, mul(head(x0), head(x0)))") for n in (0, 1, 2)] * 2
    found, short = compress(dsl, squares)
    assert found and sum(s.program.cost for s in short) < sum(s.program.cost for s in squares)
    for a in found:
        assert a.uses == sum(p.function == a.primitive for s in short for p in s.program.walk()
                             if isinstance(p, Apply))
    tests = [solved(f"mul({n}, if_(above(head(x0), {m}), 1, 0))") for n in (0, 1, 2) for m in (0, 2)]
    found, _ = compress(dsl, tests)
    store.save(store.of("a/b", found, []), tmp_path)
    assert found and store.load(tmp_path).extend(dsl).primitives
    assert _name(parse("if_(above(1, 0), 1, 0)", dsl, ()), set()).isidentifier()
    body = Apply(choose, tuple(parse(t, dsl, ()) for t in ("above(1, 0)", "1", "0")))
    assert not iskeyword(_name(body.replace(lambda p: parse("0", dsl, ()) if p.type == BOOL else None), set()))


def test_a_library_without_stitch_is_refused_before_anything_is_solved(monkeypatch):
    monkeypatch.setattr(compress_module, "find_spec", lambda name: None)
    with pytest.raises(NesyError, match="pip install 'nesy\\[library\\]'"):
        learn(None, None)  # type: ignore[arg-type]
