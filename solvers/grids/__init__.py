"""Search over pictures: a bank of grids, and rules over its cells."""
