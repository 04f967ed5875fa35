"""Sight: a machine that reads images, its perception, grammar and semantics all learned from answers alone."""
