"""Answer set programming: abduction as the most probable consistent choice. clingo's one home."""
