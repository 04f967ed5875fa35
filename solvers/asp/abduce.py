"""Abduce: the most probable consistent choice of everything that is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from dsl.errors import NesyError
from solvers.asp.run import Answer, best
from solvers.isolate import GRACE, Killed, limited

HEAVIEST = 2**31 - 1  # as clingo holds weights
SCALE = 1000  # clingo counts in whole numbers: thousandths of a nat


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What was picked for each hidden choice, its log-probability, and whether nothing is more probable."""

    picks: dict[str, str]
    logp: float
    proved: bool
    seconds: float


def abduce(choices: Mapping[str, Mapping[str, float]], rules: str, facts: Iterable[str] = (), *,
           seconds: float = 10.0, memory_mb: int = 2048, isolated: bool = True) -> Explanation | None:
    """One option for each choice, most probable together, such that the answer comes out right; None if none is.

    `choices` gives each option's log-probability; `rules` are ASP text that defines
    `right` from atoms pick("choice", "option"). Grounding cannot be interrupted, so the
    call has a process of its own, with hard limits; `isolated=False` saves the fork
    for rules that are known to ground.

    >>> coin = {"a": {"heads": -0.1, "tails": -2.0}, "b": {"heads": -0.2, "tails": -1.0}}
    >>> abduce(coin, 'right :- pick("a", X), pick("b", Y), X != Y.').picks
    {'a': 'heads', 'b': 'tails'}

    Raises:
        NesyError: when a limit is overrun; for a choice without options, for a
            log-probability that is not finite, and for rules that are no ASP.
    """
    for choice, options in choices.items():
        if not options:
            raise NesyError(f"choice {choice!r} has no options")
        for option, logp in options.items():
            if not -inf < logp < inf:
                raise NesyError(f"choice {choice!r}, option {option!r}: log-probability {logp} is not finite")
    given = [f"option({_quote(c)},{_quote(o)},{min(round(-SCALE * logp), HEAVIEST)})."
             for c, options in choices.items() for o, logp in options.items()]
    if isolated:
        try:
            answer = limited(_best, (*given, *facts), rules, seconds,
                             seconds=seconds + GRACE, memory_mb=memory_mb)
        except Killed as killed:
            raise NesyError(f"abduction: {killed.reason}; simplify the rules or give it more") from None
    else:
        answer = _best((*given, *facts), rules, seconds)
    if answer is None:
        return None
    assert isinstance(answer, Answer)
    picks = {str(c): str(o) for c, o in answer.of("pick") if c in choices}
    return Explanation(picks=picks, logp=sum(choices[c][o] for c, o in picks.items()),
                       proved=answer.proved, seconds=answer.seconds)


def _best(facts: tuple[str, ...], rules: str, seconds: float) -> Answer | None:
    return best("abduce.lp", facts, rules, seconds=seconds)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
