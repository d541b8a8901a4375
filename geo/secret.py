"""What must stay secret, such as the address of a database with its password: from a variable, or a file it names."""

import os
from pathlib import Path

from geo.errors import InputError

COOKIE_SECRET = "REACH_COOKIE_SECRET"
"""What cookies are signed with; processes that stand in for one another need the same."""
LEAST_LETTERS = 32
"""Letters of a secret that is drawn at random."""


def secret(name: str) -> str | None:
    """Return a secret, from the variable `name` or from the file that the variable ``<name>_FILE`` gives.

    A file is what systemd (``LoadCredential``), Docker and Kubernetes hand over; unlike a variable it is not passed on
    to other programs. White space around the secret is left out.

    Parameters
    ----------
    name
        Name of the variable, such as ``REACH_DATABASE_URL``.

    Returns
    -------
    The secret; None when neither is set, or what is set is empty.

    Raises
    ------
    InputError
        When both are set, or the file cannot be read. The message never holds the secret.
    """
    given, file = os.environ.get(name, "").strip(), os.environ.get(f"{name}_FILE", "").strip()
    if given and file:
        raise InputError(f"{name} and {name}_FILE are both set; set one of them")
    if not file:
        return given or None
    try:
        return Path(file).read_text(encoding="utf-8").strip() or None
    except UnicodeDecodeError:  # its own message would hold what was read
        raise InputError(f"{name}_FILE: {file} is not a text file in UTF-8") from None
    except OSError as error:
        raise InputError(f"{name}_FILE: {file} cannot be read: {error.strerror or error}") from None
