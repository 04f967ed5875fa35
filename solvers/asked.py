"""Asked: what witnesses say of the arguments behind an output, each question put once."""

from itertools import islice
from typing import Any

from dsl.errors import DSLError
from dsl.witness import ANY, Step, Table, choices
from solvers.entry import FAULTS

MOST_KNOWN = 2_000_000  # answers remembered
LARGEST_GOAL = 2**16  # values of a goal, beyond which no witness is asked
FEW = 8  # values of a goal made from another's, however few that has
LARGEST_CHOICE = 400  # values of a goal that are looked at one by one


class Asked:
    """The answers of witnesses, remembered."""

    def __init__(self):
        self._known: dict[tuple, Any] = {}

    def back(self, step: Step, wanted, args: tuple) -> Any:
        """The values of an argument from which some wanted output can come.

        Raises:
            DSLError: for a witness that returns no choice of values.
        """
        key = (step, wanted, args)
        found = self._known.get(key)
        if found is None:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            found = self._known[key] = _ask(step, wanted, args)
        return found


def _ask(step: Step, wanted, args: tuple) -> Any:
    try:
        if len(wanted) == 1:
            (out,) = wanted
            back: Any = choices(step.witness(out, *args), step.where)
            hash(back)  # fails where a value cannot be looked up
            return back if back is ANY or len(back) >= 0 else ()  # a range may be longer than len can say
        values: dict = {}
        functions = set[Table]()
        for out in islice(wanted, LARGEST_CHOICE):
            back = choices(step.witness(out, *args), step.where)
            if back is ANY:
                return ANY
            if type(back) is Table:  # calls of one function; those of several belong to none
                functions.add(back)
                if len(functions) > 1:
                    return ()
                continue
            values.update(dict.fromkeys(islice(back, LARGEST_CHOICE)))
            if len(values) > max(len(wanted), FEW) or len(wanted) > LARGEST_GOAL:  # what grows is never settled
                return ()
        return functions.pop() if functions else tuple(values)
    except DSLError:
        raise
    except FAULTS:  # it knows no argument from which that could come
        return ()
