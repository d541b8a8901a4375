"""Reading XML records as a table of text with line numbers."""

from collections.abc import Sequence
from pathlib import Path
from xml.parsers import expat

import pandas as pd

from geo.errors import SourceError
from geo.sources.checks import read_text


class _Collector:
    """Collects the text of the fields of each record, and the line on which the record starts."""

    def __init__(self, record: str, fields: Sequence[str]) -> None:
        self.record = record
        self.fields = frozenset(fields)
        self.rows: list[dict[str, str]] = []
        self.lines: list[int] = []
        self._inside = False
        self._field = ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name == self.record:
            self._inside = True
            self.rows.append({})
            self.lines.append(self.parser.CurrentLineNumber)
        elif self._inside:
            self._field = name if name in self.fields else ""

    def _end(self, name: str) -> None:
        self._field = ""
        if name == self.record:
            self._inside = False

    def _text(self, data: str) -> None:
        if self._field:
            row = self.rows[-1]
            row[self._field] = row.get(self._field, "") + data


def read_records(path: Path, record: str, fields: Sequence[str]) -> pd.DataFrame:
    """Read the fields of every record in an XML file.

    Parameters
    ----------
    path
        The file, UTF-8.
    record
        Name of the element that is one record.
    fields
        Names of the elements, at any depth inside a record, whose text is wanted.

    Returns
    -------
    pandas.DataFrame
        A row a record and a column a field, text without blanks at its ends, ``""`` where a record lacks the field; the
        index, named ``line``, is the line on which the record starts.

    Raises
    ------
    SourceError
        The file is missing, empty, not well-formed, or holds no such record.
    """
    collector = _Collector(record, fields)
    content = read_text(path)
    try:
        collector.parser.Parse(content, True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise SourceError(
            f"{path.name}: line {error.lineno}, character {error.offset + 1}: not well-formed XML: {reason}"
        ) from None
    if not collector.rows:
        raise SourceError(f"{path.name}: the file has no element named {record}")
    index = pd.Index(collector.lines, name="line")
    rows = [[row.get(field, "").strip() for field in fields] for row in collector.rows]
    return pd.DataFrame(rows, columns=list(fields), index=index, dtype="str")
