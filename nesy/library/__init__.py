"""Library: abstractions learned from solutions, with which a language solves more."""
