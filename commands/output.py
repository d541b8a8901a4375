"""Standard output that holds what a command says and nothing else, whatever a library prints.

A library in C prints to file descriptor 1 itself, where Python's ``sys.stdout`` has no say: a solver's banner would
come before the JSON. So the program leads descriptor 1 to standard error for as long as it lives, and keeps for itself
a stream to what was standard output. What a library prints through Python is led away while a command works.
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any, TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.segment import Segment
from typer.core import TyperCommand

from geo.errors import InputError

# What a shell reports of a program whose reader has gone, such as `head` after its lines.
NOBODY_READS = 141
# Besides control characters: those that reverse or nest the direction of a text, and the other two ends of a line.
_HIDDEN = {0x061C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_ESCAPED = {code: f"\\u{code:04x}" for code in {*range(0x20), *range(0x7F, 0xA0), *_HIDDEN} - {ord("\n"), ord("\t")}}


class ReachCommand(TyperCommand):
    """A command during which Python's ``print`` goes to standard error, unless it is the command that prints."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        before = sys.stdout
        sys.stdout = LedAway(before)
        try:
            return super().invoke(ctx)
        finally:
            sys.stdout = before


class LedAway(io.TextIOBase):
    """What stands for ``sys.stdout`` while a command works: it writes to standard error.

    Attributes
    ----------
    ours
        The stream that it stands for, for the command alone; None where standard output is closed.
    """

    def __init__(self, ours: TextIO | None) -> None:
        self.ours = ours

    def write(self, text: str) -> int:
        """Write text to standard error, if that is open."""
        return len(text) if sys.stderr is None else sys.stderr.write(text)

    def flush(self) -> None:
        """Flush standard error."""
        if sys.stderr is not None:
            sys.stderr.flush()

    def writable(self) -> bool:
        """Return True."""
        return True


def keep_for_ourselves() -> None:
    """Lead descriptor 1 to standard error until the process ends, and ``sys.stdout`` to where descriptor 1 led.

    It is not led back: what a library in C has printed may lie in its buffer until the process ends.
    """
    stdout = sys.stdout
    if stdout is None:  # closed: without this the next file that is opened would be descriptor 1
        _lead_to_error(1)
        return
    stdout.flush()
    kept = os.dup(1)
    _lead_to_error(1)
    sys.stdout = os.fdopen(
        kept, "w", encoding=stdout.encoding, errors=stdout.errors, buffering=1 if os.isatty(kept) else -1
    )


@contextmanager
def last_flush() -> Iterator[None]:
    """See that what Typer itself printed, such as a help text, has arrived before the program ends.

    Raises
    ------
    SystemExit
        With `NOBODY_READS` when the reader has gone, and with 2, after a message, when standard output takes no more.
    """
    stopped: BaseException | None = None
    try:
        yield
    except (SystemExit, OSError) as error:
        stopped = error
    fault = None if sys.stdout is None else _fault_of(sys.stdout)
    if isinstance(fault, BrokenPipeError):
        raise SystemExit(NOBODY_READS)
    if fault is not None:
        if sys.stderr is not None:
            print(f"Error: standard output cannot be written: {fault.strerror or fault}", file=sys.stderr)
        raise SystemExit(2)
    if stopped is not None:
        raise stopped


def _fault_of(stream: TextIO) -> OSError | None:
    """Flush a stream; return what is wrong with it, and let it make no more noise then."""
    try:
        stream.flush()
    except OSError as error:
        _throw_away(stream)
        return error
    return None


def printable(text: str) -> str:
    r"""Return `text` with characters that steer a terminal written as ``\u001b``, which JSON reads back."""
    return text.translate(_ESCAPED)


def standard_output() -> TextIO:
    """Return the stream to standard output: of the command that runs, or of the program outside of one.

    Raises
    ------
    InputError
        When standard output is closed.
    """
    stream: TextIO | None = sys.stdout.ours if isinstance(sys.stdout, LedAway) else sys.stdout
    if stream is None:
        raise InputError("standard output is closed, so nothing can be printed: open it, or give --out FILE")
    return stream


@contextmanager
def printing() -> Iterator["Printable"]:
    """Yield what writes to standard output, and see that all of it arrives.

    Raises
    ------
    InputError
        When standard output is closed, or cannot take it, such as on a full disk.
    SystemExit
        With `NOBODY_READS` when the reader has gone.
    """
    stream = standard_output()
    try:
        yield Printable(stream)
        stream.flush()
    except BrokenPipeError:
        _throw_away(stream)
        raise SystemExit(NOBODY_READS) from None
    except OSError as error:
        _throw_away(stream)
        raise InputError(f"standard output cannot be written: {error.strerror or error}") from error


class Printable:
    """A stream to write text to that lets nothing pass that steers a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text."""
        return self._stream.write(printable(text))


class Terminal(Console):
    """A console that shows text as it stands, control characters spelt out, on standard output if on no file."""

    def __init__(self, file: IO[str] | None = None, width: int | None = None) -> None:
        stream = standard_output() if file is None else file
        super().__init__(file=stream, width=width, markup=False, highlight=False, emoji=False)
        self.push_render_hook(_SpeltOut())

    def print(self, *objects: Any, **options: Any) -> None:
        """Print; errors as for :func:`printing`."""
        try:
            super().print(*objects, **options)
        except OSError as error:
            _throw_away(self.file)
            raise InputError(f"standard output cannot be written: {error.strerror or error}") from error

    def on_broken_pipe(self) -> None:
        """End quietly: nobody reads on."""
        _throw_away(self.file)
        raise SystemExit(NOBODY_READS)


class _SpeltOut(RenderHook):
    """Spells control characters out after the layout, so that rich's own colours stay."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Spelt(renderable) for renderable in renderables]


class _Spelt:
    def __init__(self, inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        segments: Iterable[Segment] = console.render(self._inner, options)
        for segment in segments:
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


def _throw_away(stream: IO[str]) -> None:
    """Lead a stream that takes nothing more to nowhere, so that Python's last flush of it makes no noise."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):  # in memory
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)


def _lead_to_error(number: int) -> None:
    try:
        os.dup2(2, number)
    except OSError:  # standard error is closed
        nowhere = os.open(os.devnull, os.O_WRONLY)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)
