"""The command line's part for data: nesy data list, fetch, verify."""

from typing import Annotated

import typer

from dsl.errors import NesyError
from nesy import display

data_app = typer.Typer(no_args_is_help=True, help="Data sets, known by checksum.")


@data_app.command("list")
def data_list() -> None:
    """List data sets, their licence, and which files are here."""
    from tasks.data import SOURCES

    display.sources(SOURCES)


@data_app.command("fetch")
def data_fetch(name: Annotated[str | None, typer.Argument(help="A data set; all, if none is named.")] = None) -> None:
    """Fetch data files that are not here yet."""
    from tasks.base import TaskError
    from tasks.data import SOURCES, fetch, local, source

    failed = 0
    for data in [source(name)] if name else SOURCES.values():
        for file in data.files:
            if name is None and data.url(file) is None and local(data, file) is None:
                typer.echo(f"{data.name}/{file}: not here, and has no public address; NESY_DATA has to hold it")
                continue
            try:
                typer.echo(f"{data.name}/{file}: {fetch(data, file)}")
            except TaskError as error:
                if name is not None:
                    raise
                failed += 1
                typer.echo(f"{data.name}/{file}: {error}")
    if failed:
        raise NesyError(f"{failed} file(s) could not be had; `nesy data fetch` goes on where it stopped")


@data_app.command("verify")
def data_verify(name: Annotated[str | None, typer.Argument(help="A data set; all, if none is named.")] = None) -> None:
    """Compare the files that are here with their checksums."""
    from tasks.base import TaskError
    from tasks.data import SOURCES, intact, local, source

    wrong = 0
    for data in [source(name)] if name else SOURCES.values():
        for file, sha256 in data.files.items():
            try:
                path = local(data, file)
                state = "not here" if path is None else "intact" if intact(path, sha256) else "DIFFERS"
            except TaskError as error:
                state = f"DIFFERS: {error}"
            wrong += state.startswith("DIFFERS")
            typer.echo(f"{data.name}/{file}: {state}")
    if wrong:
        raise NesyError(f"{wrong} file(s) differ from what was published; remove and fetch them again")
