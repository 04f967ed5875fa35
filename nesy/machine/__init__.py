"""The Neural-Symbolic Recursive Machine: perception, grammar and semantics, learned by deduction-abduction."""
