"""Sudoku: puzzles to complete."""
