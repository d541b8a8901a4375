"""Who types commands, as the store and its audit log know them."""

import getpass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.person import Person


def operator() -> "Person":
    """Return whoever types this command, who may do everything: they hold the database anyway."""
    from store.person import local_person

    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        name = ""
    return local_person(name, origin="command")
