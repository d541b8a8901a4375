"""The publishers' addresses, and how patiently each is asked: ``data/publishers.toml``."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.errors import UnknownNameError
from geo.values import made_of, read_toml


@dataclass(frozen=True)
class Publisher:
    """Address of a publisher, and the limits of asking it; times in seconds, as the file explains them."""

    address: str
    timeout_s: float = 60.0
    longest_s: float = 900.0
    tries: int = 4
    wait_s: float = 2.0
    longest_wait_s: float = 300.0
    pause_s: float = 0.5
    most_mb: float = 200.0
    page: int = 1000
    key_variable: str = ""


@dataclass(frozen=True)
class Publishers:
    """All publishers by name, and what this program calls itself when it asks one (``User-Agent``)."""

    agent: str
    publishers: Mapping[str, Publisher]

    def named(self, name: str) -> Publisher:
        """Return a publisher.

        Raises
        ------
        UnknownNameError
            When there is none of this name.
        """
        if name not in self.publishers:
            raise UnknownNameError("publisher", name, sorted(self.publishers))
        return self.publishers[name]


def read_publishers(path: Path | None = None) -> Publishers:
    """Read the settings: `path`, or the file that ``REACH_PUBLISHERS`` names, or ``data/publishers.toml``.

    Raises
    ------
    InputError
        When the file is missing, is not TOML, or has a key that is unknown or of the wrong type.
    """
    named = path or os.environ.get("REACH_PUBLISHERS")
    file = Path(named) if named else Path(__file__).resolve().parents[2] / "data" / "publishers.toml"
    return made_of(Publishers, read_toml(file, "the settings of the publishers"), file.name)
