"""Completion: a network that completes puzzles, learned from the completions that a solver abduces."""
