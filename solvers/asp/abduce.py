"""Abduce: the most probable consistent choice of everything that is hidden."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from dsl.errors import NesyError
from solvers.asp.run import best

SCALE = 1000  # clingo counts in whole numbers: thousandths of a nat


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What was picked for each hidden choice, its log-probability, and whether nothing is more probable."""

    picks: dict[str, str]
    logp: float
    proved: bool
    seconds: float


def abduce(choices: Mapping[str, Mapping[str, float]], rules: str, facts: Iterable[str] = (), *,
           seconds: float = 10.0) -> Explanation | None:
    """One option for each choice, most probable together, such that the answer comes out right; None if none is.

    `choices` gives each option's log-probability; `rules` are ASP text that defines
    `right` from atoms pick("choice", "option").

    >>> coin = {"a": {"heads": -0.1, "tails": -2.0}, "b": {"heads": -0.2, "tails": -1.0}}
    >>> abduce(coin, 'right :- pick("a", X), pick("b", Y), X != Y.').picks
    {'a': 'heads', 'b': 'tails'}

    Raises:
        NesyError: for a choice without options, a log-probability that is none, or rules that are no ASP.
    """
    for choice, options in choices.items():
        if not options:
            raise NesyError(f"choice {choice!r} has no options")
        for option, logp in options.items():
            if not -inf < logp < inf:
                raise NesyError(f"choice {choice!r}, option {option!r}: log-probability {logp} is not finite")
    given = [f"option({_quote(c)},{_quote(o)},{round(-SCALE * logp)})."
             for c, options in choices.items() for o, logp in options.items()]
    answer = best("abduce.lp", (*given, *facts), rules, seconds=seconds)
    if answer is None:
        return None
    picks = {str(c): str(o) for c, o in answer.of("pick")}
    return Explanation(picks=picks, logp=sum(choices[c][o] for c, o in picks.items()),
                       proved=answer.proved, seconds=answer.seconds)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
