"""`python -m nesy`: the command line."""

from nesy.cli import main

main()
