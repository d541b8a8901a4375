"""Tables as bytes: the same rows always give the same file."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from geo.live.contents import text_of
from geo.live.http import PublisherError


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Write rows as CSV in UTF-8, lines ended by a line feed alone."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def named_rows(content: bytes, columns: Sequence[str], origin: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by name of column, blanks at the ends of values removed.

    Raises
    ------
    PublisherError
        When the file lacks one of the `columns`: the publisher has changed it.
    """
    reader = csv.DictReader(io.StringIO(text_of(content)))
    found = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in columns if name not in found]
    if missing:
        raise PublisherError(f"{origin}: has no column {', '.join(missing)}; it has: {', '.join(found[:12])}")
    reader.fieldnames = found
    for row in reader:
        yield {name: (row[name] or "").strip() for name in columns}


def plain_rows(content: bytes) -> Iterator[list[str]]:
    """Yield the rows of a CSV file without a header."""
    yield from csv.reader(io.StringIO(text_of(content)))
