"""`python -m nesy`, and the script `nesy`: the command line; an interrupt is one line from its first import on."""

import sys


def main() -> None:
    """Run a command."""
    try:
        from nesy.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("nesy: interrupted\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
