"""Proposer: a transformer that reads examples and proposes programs, which solvers verify."""
