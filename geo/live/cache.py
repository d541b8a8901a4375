"""The files that were fetched, kept by their content: each once, under its SHA-256."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from geo.errors import InputError
from geo.files import write_whole
from geo.values import made_of, parse_json

_LONGEST_RECORD = 100_000
_Record = TypeVar("_Record", "Answer", "Edition")


@dataclass(frozen=True)
class Answer:
    """What a publisher answered at an address.

    Attributes
    ----------
    url
        Address with its query.
    sha256
        Of the content.
    date
        Day of the last request to which this was the answer, ``YYYY-MM-DD``.
    etag, last_modified
        The publisher's own marks of this edition; ``""`` where it gives none.
    """

    url: str
    sha256: str
    date: str
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Edition:
    """When the bytes of a source were first fetched (``YYYY-MM-DD``), and the vintage that they have."""

    fetched: str
    vintage: str


class Cache:
    """Fetched files in a folder: ``bytes/`` by content, ``answers/`` by address, ``editions/`` by content.

    Every file is written completely or not at all, so a process that is killed leaves nothing half done.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("bytes", "answers", "editions", "parts"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where the bytes of this SHA-256 are kept, whether or not they are."""
        return self.folder / "bytes" / digest

    def has(self, digest: str) -> bool:
        """Whether the bytes are there, and are still those that the name says."""
        path = self.path(digest)
        return bool(digest) and path.is_file() and sha256(path.read_bytes()).hexdigest() == digest

    def keep(self, content: bytes) -> str:
        """Keep bytes; return their SHA-256."""
        digest = sha256(content).hexdigest()
        if not self.has(digest):
            write_whole(self.path(digest), content)
        return digest

    def answer(self, url: str) -> Answer | None:
        """Return the last answer of an address; None when there is none, or its bytes are gone."""
        found = _read(self._answer_path(url), Answer)
        return found if found is not None and found.url == url and self.has(found.sha256) else None

    def remember(self, answer: Answer) -> None:
        """Keep what an address answered."""
        _write(self._answer_path(answer.url), answer)

    def edition(self, digest: str) -> Edition | None:
        """Return when the bytes of a source were first fetched; None when they were not fetched."""
        return _read(self.folder / "editions" / f"{digest}.json", Edition)

    def remember_edition(self, digest: str, edition: Edition) -> None:
        """Keep when the bytes of a source were first fetched."""
        _write(self.folder / "editions" / f"{digest}.json", edition)

    def part(self, url: str) -> Path:
        """Where a download that was cut off is kept until it is resumed."""
        return self.folder / "parts" / sha256(url.encode()).hexdigest()

    def prune(self, wanted: Collection[str], since: str) -> None:
        """Remove answers from before the day `since`, and all bytes but the `wanted` ones (SHA-256) and those answers'.

        Some addresses have a date in them, so nobody asks for the old ones again.
        """
        keep = set(wanted)
        for path in (self.folder / "answers").glob("*.json"):
            answer = _read(path, Answer)
            if answer is None or answer.date < since:
                path.unlink(missing_ok=True)
            else:
                keep.add(answer.sha256)
        for path in [*(self.folder / "bytes").iterdir(), *(self.folder / "editions").iterdir()]:
            # A file that another process is writing has a name that begins with a dot.
            if path.stem not in keep and not path.name.startswith("."):
                path.unlink(missing_ok=True)

    def _answer_path(self, url: str) -> Path:
        return self.folder / "answers" / f"{sha256(url.encode()).hexdigest()}.json"


def _read(path: Path, kind: type[_Record]) -> _Record | None:
    try:
        return made_of(kind, parse_json(path.read_bytes(), path.name, most_bytes=_LONGEST_RECORD), path.name)
    except (OSError, InputError):  # a record that cannot be read is as good as none: it is fetched again
        return None


def _write(path: Path, record: Answer | Edition) -> None:
    write_whole(path, json.dumps(asdict(record), indent=1, ensure_ascii=False).encode())
