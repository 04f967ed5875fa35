"""Experiments: one YAML for each table of a paper, with the paper's own figures."""
