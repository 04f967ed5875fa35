"""ExeDec: programs that have to be composed in other ways than those of training."""
