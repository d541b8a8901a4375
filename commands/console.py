"""Parts that all commands share: error messages and exit codes, plain terminals, and atomic writing of files."""

import codecs
import csv
import io
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from commands.output import ReachCommand, Terminal, printable, printing
from geo.errors import InputError, PackError, ReachError, SourceError
from geo.files import check_folder, resolved, written_whole
from wording.rounding import digits, half_up, whole

_Function = TypeVar("_Function", bound=Callable[..., Any])
MOST_NAMED = 20
# Packages that the core does not need, and the extra of the project that installs each.
_EXTRA_OF = {
    "alembic": "app", "altair": "app", "pydeck": "app", "segno": "app", "sqlalchemy": "app", "streamlit": "app",
    "httpx": "build", "networkx": "build", "osmnx": "build", "pandera": "build", "tenacity": "build",
    "branca": "reports", "folium": "reports", "jinja2": "reports", "openpyxl": "reports", "pptx": "reports",
    "typst": "reports",
}  # fmt: skip
_PLAIN_SPELLING = {
    "–": "-",
    "—": "-",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "©": "(c)",
    "²": "2",
    "✓": "yes",
    "×": "x",
    "\u00a0": " ",
}


class ReachGroup(TyperGroup):
    """A group of commands that report the project's own errors as one message on standard error, never a traceback.

    The exit code is 2 for an error in the user's input, and 1 for a damaged pack, a publisher's file that cannot be
    read, a part of the project that is not installed, or what the machine refuses: a file, a folder, memory.
    """

    def invoke(self, ctx: Any) -> Any:
        """Run the requested command."""
        try:
            return super().invoke(ctx)
        except ReachError as error:
            note(f"Error: {error}")
            raise typer.Exit(1 if isinstance(error, PackError | SourceError) else 2) from error
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in _EXTRA_OF:
                raise
            note(f'Error: this needs the package {package}: pip install "service-reach[{_EXTRA_OF[package]}]"')
            raise typer.Exit(1) from error
        except BrokenPipeError:
            raise  # the reader has ended: :func:`commands.output.last_flush` ends without a message
        except OSError as error:
            note(f"Error: {fault_of(error)}")
            raise typer.Exit(1) from error
        except MemoryError as error:
            note("Error: this needs more memory than there is")
            raise typer.Exit(1) from error


class ReachTyper(typer.Typer):
    """A group in which each command is a :class:`ReachCommand`, unless another class is given."""

    def command(  # type: ignore[override]  # options that this program does not use are left out
        self, name: str | None = None, *, cls: type[TyperCommand] = ReachCommand
    ) -> Callable[[_Function], _Function]:
        """Register a command."""
        return super().command(name, cls=cls)


def new_group(about: str) -> ReachTyper:
    """Make a group of commands: plain help texts, and our errors as :class:`ReachGroup` shows them."""
    return ReachTyper(
        cls=ReachGroup,
        help=about,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def use_plain_spelling() -> None:
    """On a terminal that cannot show a character (such as old ones on Windows), show the nearest plain spelling."""
    codecs.register_error("plain_spelling", _spell_plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.encoding.lower().startswith("utf"):
            stream.reconfigure(errors="plain_spelling")


def _spell_plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    unable = error.object[error.start : error.end]
    return "".join(_PLAIN_SPELLING.get(character, "?") for character in unable), error.end


def terminal(file: TextIO | None = None, width: int | None = None) -> Terminal:
    """Return a console on standard output, or on `file`, that shows text unchanged."""
    return Terminal(file, width)


def note(text: str) -> None:
    """Print a note on standard error, so that standard output has only results."""
    # Not typer.echo: it sends UTF-8 to a terminal that only has ASCII. Where standard error is closed, `print` would
    # use standard output instead.
    if sys.stderr is not None:
        with suppress(OSError):  # nobody can be told; the exit code still says it
            print(printable(text), file=sys.stderr)


def fault_of(error: OSError) -> str:
    """Say what the system refused, and of which file: ``plans/list.csv: Permission denied``."""
    what = error.strerror or str(error) or type(error).__name__
    return what if error.filename is None else f"{error.filename}: {what}"


def name_some(names: Iterable[str]) -> str:
    """Join names, the first `MOST_NAMED` of them."""
    every = list(names)
    more = f" and {len(every) - MOST_NAMED} more" if len(every) > MOST_NAMED else ""
    return ", ".join(every[:MOST_NAMED]) + more


def nearest_whole(value: float) -> int | None:
    """Round half up, as on the pages; None for a number that is not finite, because JSON cannot have it."""
    return whole(value) if math.isfinite(value) else None


def rounded(value: float, decimals: int) -> float | None:
    """Round to decimals; None for a number that is not finite, because JSON cannot have it."""
    return half_up(value, decimals) if math.isfinite(value) else None


def count_text(sent: int | str | None) -> str:
    """Write a count from :func:`analysis.shown.sent` for a terminal; a dash where there is no figure."""
    return "-" if sent is None else sent if isinstance(sent, str) else digits(sent)


def check_out(path: Path | None, inputs: Iterable[Path | None] = ()) -> None:
    """Refuse an output file that cannot be written, before any work is done.

    Raises
    ------
    InputError
        When its folder does not exist or takes no files, it is not an ordinary file, or it is one of the inputs.
    """
    if path is None:
        return
    try:
        target = resolved(path)
        if not target.parent.is_dir():
            raise InputError(f"--out {path}: there is no folder {target.parent}")
        if target.exists() and not target.is_file():
            raise InputError(f"--out {path}: is not an ordinary file")
        check_folder(target.parent)
    except OSError as error:
        raise InputError(f"--out {path}: cannot be written: {error.strerror or error}") from error
    if any(given is not None and _is_file(given, target) for given in inputs):
        raise InputError(f"--out {path}: would overwrite the file that is read from")


def _is_file(given: Path, target: Path) -> bool:
    try:
        return resolved(given) == target
    except OSError:  # whoever reads it says what is wrong with it
        return False


@contextmanager
def whole_file(path: Path) -> Iterator[TextIO]:
    """Open a file for UTF-8 text that replaces the old one only when all of it is written.

    Raises
    ------
    InputError
        When it cannot be written; the old file is then unchanged.
    """
    check_out(path)
    try:
        with written_whole(path) as part, part.open("x", encoding="utf-8", newline="") as handle:
            yield handle
    except OSError as error:
        raise InputError(f"--out {path}: cannot be written: {error.strerror or error}") from error


def write_text(text: str, out: Path | None) -> None:
    """Write text to a file (completely or not at all), or to standard output."""
    write_stream([text], out)


def write_stream(parts: Iterable[str], out: Path | None) -> None:
    """Write text that comes in parts, none of which is kept, as :func:`write_text` does."""
    if out is None:
        with printing() as stream:
            for part in parts:
                stream.write(part)
        return
    with whole_file(out) as handle:
        for part in parts:
            handle.write(part)
    note(f"Wrote {out}")


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Write rows, each with exactly these columns, as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_answer(
    format_: str,
    out: Path | None,
    print_table: Callable[[Terminal], None],
    as_json: Callable[[], str],
    as_csv: Callable[[], str],
) -> None:
    """Write an answer to a file or to standard output: as a ``table`` to read, as ``json``, or as ``csv``."""
    if format_ != "table":
        write_text(as_csv() if format_ == "csv" else as_json(), out)
    elif out is None:
        print_table(terminal())
    else:
        text = io.StringIO()
        print_table(terminal(text, width=100))
        write_text(text.getvalue(), out)
