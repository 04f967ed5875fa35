"""Runs: the record of an evaluation, one line per task, resumable."""
