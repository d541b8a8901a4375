"""Standard output with only the output of a command, whatever its libraries print.

A library in C prints directly to file descriptor 1, which Python's ``sys.stdout`` does not control: a solver's banner
would come before the JSON. So the program redirects descriptor 1 to standard error until it ends, and keeps a stream
of its own to the original standard output. What a library prints through Python is redirected while a command runs.
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any, TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook, RenderResult
from rich.segment import Segment
from typer.core import TyperCommand

from geo.errors import InputError

# The exit code that a shell reports for a program whose reader has ended, such as `head` after its lines.
NOBODY_READS = 141
# In addition to control characters: those that change the direction of text, and the other two line separators.
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
    """Replaces ``sys.stdout`` while a command runs: it writes to standard error.

    Attributes
    ----------
    ours
        The stream that it replaces, for use by the command; None where standard output is closed.
    """

    def __init__(self, ours: TextIO | None) -> None:
        self.ours = ours

    def write(self, text: str) -> int:
        """Write text to standard error, if that is open."""
        if sys.stderr is not None:
            with suppress(OSError):  # what a library says is no reason to stop
                sys.stderr.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush standard error."""
        if sys.stderr is not None:
            with suppress(OSError):
                sys.stderr.flush()

    def writable(self) -> bool:
        """Return True."""
        return True


def keep_for_ourselves() -> None:
    """Redirect descriptor 1 to standard error until the process ends, and ``sys.stdout`` to the original descriptor 1.

    It is not restored: the output of a library in C may stay in its buffer until the process ends.
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
    """Make sure that Typer's own output, such as a help text, is written before the program ends.

    Raises
    ------
    SystemExit
        With `NOBODY_READS` when the reader has ended, and with 2, after a message, when standard output cannot be
        written.
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
    """Flush a stream; return the error, if there is one, and then prevent further error messages from it."""
    try:
        stream.flush()
    except OSError as error:
        _throw_away(stream)
        return error
    return None


def printable(text: str) -> str:
    r"""Return `text` with characters that control a terminal written as ``\u001b``, as JSON can read them."""
    return text.translate(_ESCAPED)


def standard_output() -> TextIO:
    """Return the stream to standard output: that of the running command, or of the program when none runs.

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
    """Yield a stream to standard output, and make sure that everything is written.

    Raises
    ------
    InputError
        When standard output is closed, or cannot be written, such as on a full disk.
    SystemExit
        With `NOBODY_READS` when the reader has ended.
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
    """A stream for text that escapes every character that controls a terminal."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text."""
        return self._stream.write(printable(text))


class Terminal(Console):
    """A console that shows text unchanged, but with control characters escaped; on standard output or a file."""

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
        """End without a message: the reader has ended."""
        _throw_away(self.file)
        raise SystemExit(NOBODY_READS)


class _SpeltOut(RenderHook):
    """Escapes control characters after the layout, so that rich's own colours stay."""

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
    """Redirect a broken stream to the null device, so that Python's last flush gives no error message."""
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
