"""Where the server listens and by which names it is asked: checked before anything is started."""

import errno
import ipaddress
import os
import re
import socket
from collections.abc import Iterable
from contextlib import suppress

from geo.errors import InputError
from geo.secret import COOKIE_SECRET, LEAST_LETTERS, secret

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_EVERY_ADDRESS = ("0.0.0.0", "::")
_NAME = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*", re.IGNORECASE)
_PRIVILEGED = 1024


def check_listening(host: str, port: int | None, names: Iterable[str] = (), *, known: bool) -> None:
    """Refuse an address or a port that the server cannot have, and one that would let others in by accident.

    Parameters
    ----------
    host
        Address or name to listen on.
    port
        Port to listen on; None when any free one will do.
    names
        Names that people type, such as that of a proxy, which lets others in.
    known
        Whether it is settled who comes in: those who sign in, or, where that was said, everybody.

    Raises
    ------
    InputError
        When the address is not one of this machine's, the port is taken or not allowed, or others would be let in.
    """
    found = _address(host, port)
    others = [f"--name {name}" for name in names]
    if not ipaddress.ip_address(found).is_loopback:
        others.insert(0, f"--host {host}")
    if others and not known:
        raise InputError(
            f"{others[0]} lets others in: say by --sign-in FILE how they sign in, or --open-to-all when everybody who "
            "can reach this machine may use the dashboard"
        )


def _address(host: str, port: int | None) -> str:
    """Listen for a moment, as Streamlit will, and return the address in digits."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as place:
        if os.name != "nt":  # there it would let two programs have one port
            place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            place.bind((host, port or 0))
            place.listen(1)
            return str(place.getsockname()[0])
        except (OSError, UnicodeError) as error:
            code = error.errno if isinstance(error, OSError) else None
            if code == errno.EADDRINUSE:
                reason = f"--port {port} is taken by another program; leave --port out to take the next free one"
            elif code == errno.EACCES and port is not None and port < _PRIVILEGED:
                reason = f"--port {port} is for administrators; choose one from {_PRIVILEGED} up"
            elif code in (errno.EACCES, errno.EPERM):
                reason = f"--port {port} is not allowed on this machine; choose another"
            else:
                reason = f"--host {host} is not an address of this machine"
            raise InputError(reason) from None


def allowed_hosts(host: str, names: Iterable[str]) -> list[str]:
    """Return the names that a browser may ask this server by, without ports.

    A page of another site can make its own name lead to this machine (DNS rebinding) and then read the answers; such a
    name is not among these.

    Parameters
    ----------
    host
        Address or name that the server listens on.
    names
        Names that people type, such as that of a proxy before this server; ``*.`` at the start stands for any name
        under the rest.

    Raises
    ------
    InputError
        When a name is not the name of a machine.
    """
    found = [*_LOOPBACK]
    if host in _EVERY_ADDRESS:
        found += [socket.gethostname(), socket.getfqdn(), *_own_addresses()]
    else:
        found.append(host)
    for name in names:
        plain = name.strip().removeprefix("[").removesuffix("]").rstrip(".")
        if not (_NAME.fullmatch(plain) or _is_address(plain)):
            raise InputError(
                f"--name {name}: give the name of a machine as it stands in the address, such as reach.example.org, "
                "without https:// and without a port"
            )
        found.append(plain)
    return list(dict.fromkeys(one.lower() for one in found if one))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _own_addresses() -> list[str]:
    """Return the addresses of this machine that it knows by its own name, and the one that leads to others."""
    found = []
    with suppress(OSError):  # a machine that does not know its own name
        found += [str(one[4][0]).partition("%")[0] for one in socket.getaddrinfo(socket.gethostname(), None)]
    # To "connect" a datagram socket sends nothing: it only chooses the address that would be sent from.
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "fd00::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as place:
                place.connect((elsewhere, 9))
                found.append(str(place.getsockname()[0]))
        except OSError:  # no way to other machines
            continue
    return found


def take_cookie_secret() -> None:
    """Give Streamlit what cookies are signed with, where it is set; Streamlit makes one up at each start otherwise.

    Raises
    ------
    InputError
        When it is too short to be a secret, or its file cannot be read. The message never holds it.
    """
    found = secret(COOKIE_SECRET)
    if found is None:
        return
    if len(found) < LEAST_LETTERS:
        raise InputError(f"{COOKIE_SECRET} is too short: at least {LEAST_LETTERS} letters and digits, drawn at random")
    # Streamlit takes it from nowhere else but a file of its own.
    os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] = found
