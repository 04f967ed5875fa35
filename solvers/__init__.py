"""How a program, or a hidden symbol, is found and proved."""
