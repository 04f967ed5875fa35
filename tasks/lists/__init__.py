"""Programs over lists of integers, by example."""
