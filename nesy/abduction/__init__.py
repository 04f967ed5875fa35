"""Abduction: perception learned without labels, through background knowledge about what images lead to."""
