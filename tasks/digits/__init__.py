"""Digits: what handwritten digits add up to, and whether they make a Sudoku; no image has a label."""
