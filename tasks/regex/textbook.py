"""Regular languages over 0 and 1 as textbooks ask for them (after AlphaRegex's collection: Lee, So and Oh 2016).

Each is told by a predicate; its examples and tests are drawn from the words that satisfy it and those that don't.
"""

from collections.abc import Callable

TEXTBOOK: dict[str, Callable[[str], bool]] = {
    "starts-with-0": lambda w: w.startswith("0"),
    "ends-with-01": lambda w: w.endswith("01"),
    "contains-0101": lambda w: "0101" in w,
    "starts-with-1-ends-with-0": lambda w: w.startswith("1") and w.endswith("0"),
    "third-is-0": lambda w: w[2:3] == "0",
    "each-0-before-a-1": lambda w: "00" not in w and not w.endswith("0"),
    "zeros-in-threes": lambda w: w.count("0") % 3 == 0,
    "even-with-0-or-odd-with-1": lambda w: bool(w) and (w[0] == "0") == (len(w) % 2 == 0),
    "1-at-every-odd-place": lambda w: "0" not in w[::2],
    "two-zeros-or-more": lambda w: w.count("0") >= 2,
    "a-zero-and-at-most-one-1": lambda w: "0" in w and w.count("1") <= 1,
    "exactly-two-zeros": lambda w: w.count("0") == 2,
    "no-double-1": lambda w: "11" not in w,
    "at-most-one-double-0": lambda w: sum(w[i:i + 2] == "00" for i in range(len(w))) <= 1,
    "fifth-from-the-end-is-1": lambda w: w[-5:-4] == "1",
    "zeros-before-ones": lambda w: "10" not in w,
    "even-zeros": lambda w: w.count("0") % 2 == 0,
    "length-in-threes": lambda w: len(w) % 3 == 0,
    "ends-as-it-starts": lambda w: bool(w) and w[0] == w[-1],
    "alternating": lambda w: "00" not in w and "11" not in w,
    "at-most-two-ones": lambda w: w.count("1") <= 2,
    "no-01-at-the-end": lambda w: not w.endswith("01"),
    "without-110": lambda w: "110" not in w,
    "double-0-then-double-1": lambda w: "11" in w[w.find("00") + 2:] if "00" in w else False,
    "four-letters-or-fewer": lambda w: len(w) <= 4,
}
