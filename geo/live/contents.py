"""Whether bytes are what they claim to be, so that an error page or half a file is never taken for data."""

import csv
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from xml.parsers import expat

_PAGE = (b"<!doctype html", b"<html", b"<head")


def fault_of(content: bytes, kind: str) -> str:
    """Say what is wrong with a file, in words that follow its name; ``""`` when nothing is.

    Parameters
    ----------
    content
        The whole file.
    kind
        ``"csv"``, ``"json"``, ``"xml"``, ``"zip"`` or ``"gzip"``.
    """
    if not content.strip():
        return "is empty"
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower().startswith(_PAGE):
        return f"is a web page, not {kind.upper()}"
    return _CHECKS[kind](content)


def text_of(content: bytes) -> str:
    """Decode a publisher's text: UTF-8 with or without its mark, or else the code page of Windows in the West."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _csv_fault(content: bytes) -> str:
    if b"\0" in content:
        return "is not text"
    last = content.rstrip(b"\r\n").rpartition(b"\n")[2]
    try:
        widths = {len(row) for row in csv.reader(io.StringIO(text_of(content)), strict=True) if row}
    except csv.Error as error:
        return f"is not well-formed CSV ({error})"
    if len(widths) > 1:
        return f"has rows of {min(widths)} to {max(widths)} columns; its last line is {text_of(last)[:60]!r}"
    return ""


def _json_fault(content: bytes) -> str:
    try:
        json.loads(content)
    except (ValueError, RecursionError) as error:
        return f"is not whole JSON ({error})"
    return ""


def _xml_fault(content: bytes) -> str:
    try:
        expat.ParserCreate().Parse(content, True)
    except expat.ExpatError as error:
        return f"is not whole XML ({error})"
    return ""


def _zip_fault(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            bad = archive.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return f"is not a whole ZIP file ({error})"
    return f"has a damaged part, {bad}" if bad else ""


def _gzip_fault(content: bytes) -> str:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            while stream.read(1 << 20):
                pass
    except (OSError, EOFError, zlib.error) as error:
        return f"is not a whole gzip file ({error})"
    return ""


_CHECKS: Mapping[str, Callable[[bytes], str]] = MappingProxyType(
    {"csv": _csv_fault, "json": _json_fault, "xml": _xml_fault, "zip": _zip_fault, "gzip": _gzip_fault}
)
