"""Reproducible Office files: the same content gives the same bytes."""

import io
import re
import zipfile
from datetime import date

_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")
_FIRST = (1980, 1, 1, 0, 0, 0)


def steady(content: bytes, made_on: date) -> bytes:
    """Return an Office file with every time in it set to one day, also in workbooks inside it.

    Parameters
    ----------
    content
        A ``.pptx`` or ``.xlsx``: a zip archive.
    made_on
        The day for its properties.
    """
    stamp = rb"\g<1>" + made_on.isoformat().encode() + rb"T00:00:00Z\g<2>"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in given.infolist():
            blob = given.read(entry)
            if entry.filename.endswith(".xlsx"):
                blob = steady(blob, made_on)
            elif entry.filename == "docProps/core.xml":
                blob = _STAMP.sub(stamp, blob)
            made.writestr(zipfile.ZipInfo(entry.filename, _FIRST), blob, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()
