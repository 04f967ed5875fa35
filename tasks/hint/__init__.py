"""HINT: handwritten arithmetic, learned from results."""
