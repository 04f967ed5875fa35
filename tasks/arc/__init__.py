"""The Abstraction and Reasoning Corpus and its relatives."""
