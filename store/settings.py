"""What whoever runs this copy of the program is asked once: kept in a file in their configuration folder."""

import json
import logging
import os
import tomllib
from pathlib import Path

from platformdirs import user_config_path

from store.database import FOLDER
from store.errors import StoreError

CONTACT_VARIABLE = "REACH_CONTACT"
"""Whom to write to about accessibility: an e-mail address, a telephone number or an address. It wins over the file."""
_LOG = logging.getLogger(__name__)


def settings_file() -> Path:
    """Return where the settings are kept, as is usual on the system; the file need not exist."""
    return user_config_path(FOLDER, appauthor=False) / "settings.toml"


def read_contact() -> str | None:
    """Return whom to write to about accessibility.

    Returns
    -------
    The contact; empty when whoever was asked gave none, or when the file cannot be read; None when nobody was asked.
    """
    given = os.environ.get(CONTACT_VARIABLE, "").strip()
    if given:
        return given
    path = settings_file()
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("contact", "")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        _LOG.warning("the settings %s cannot be read: %s", path, error)
        return ""
    return found if isinstance(found, str) else ""


def keep_contact(contact: str) -> Path:
    """Keep whom to write to about accessibility, on one line, and return the file; an empty text says "asked".

    Raises
    ------
    StoreError
        When the file cannot be written.
    """
    path = settings_file()
    line = json.dumps(" ".join(contact.split()), ensure_ascii=False)  # a string of JSON is one of TOML
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"contact = {line}\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"the settings {path} cannot be written: {error}") from error
    return path
