"""PCFG-SET: nested string edits."""
