"""SMT (z3): programs as formulas, proved, told apart, completed and found."""
