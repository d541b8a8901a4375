"""`reach app`: start the dashboard."""

import os
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.addresses import Addresses
from commands.server.guards import Closed, KnownNames, SameSite
from commands.server.headers import SafeHeaders, content_policy
from commands.server.health import Health
from commands.server.listening import allowed_hosts, check_listening, take_cookie_secret
from commands.server.messages import OwnMessages
from commands.server.request_log import RequestLog, Visitors, note, write_json_lines
from commands.server.sign_in import OneVisit, SignedIn
from geo.errors import InputError

if TYPE_CHECKING:
    from store.access import Access
    from store.sign_in import SignIn

_APP = Path(__file__).resolve().parent.parent / "app.py"
_OPEN_AFTER_S = 1.0


class Log(StrEnum):
    """Forms of the log."""

    PLAIN = "plain"
    JSON = "json"


def app_command(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; 8501 or the next free one when left out.")
    ] = None,
    area: Annotated[
        str | None, typer.Option(help="Area to open with; that of the setting REACH_AREA when left out.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines on the network in.")
    ] = "localhost",
    name: Annotated[
        list[str] | None,
        typer.Option(help="A name by which people reach this server, such as that of a proxy; may be said again."),
    ] = None,
    sign_in: Annotated[
        Path | None,
        typer.Option(
            envvar="REACH_SIGN_IN",
            metavar="FILE",
            help="Let in who signs in, as this TOML file says; see docs/server.md.",
        ),
    ] = None,
    open_to_all: Annotated[
        bool, typer.Option("--open-to-all", help="Let in everybody who can reach the address of --host or --name.")
    ] = False,
    log: Annotated[Log, typer.Option(help="Form of the log: plain, or json with a line for each request.")] = Log.PLAIN,
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    contact: Annotated[
        str | None,
        typer.Option(help="Whom to write to about accessibility (e-mail, phone or address); kept for the next time."),
    ] = None,
) -> None:
    """Start the dashboard and open it in the browser; Ctrl+C stops it."""
    # Imported here, as in every command, so that `reach --help` does not wait for what it does not use.
    from streamlit.runtime.pages_manager import PagesManager

    from geo.packs import check_area, default_area
    from workers.limits import Limits

    if not _APP.is_file():
        raise InputError(
            f"the dashboard {_APP.name} is not in {_APP.parent}; run reach from a full copy of the project"
        )
    if area is not None:
        check_area(area)
        os.environ["REACH_AREA"] = area
    elif os.environ.get("REACH_AREA", "").strip():
        default_area()  # a wrong one is told here, not on every page
    Limits.of_machine()  # likewise
    if sign_in is not None and open_to_all:
        raise InputError("--sign-in and --open-to-all are both said; say one of them")
    check_listening(host, port, name or (), known=sign_in is not None or open_to_all)
    options = settings(port=port, host=host, names=name or (), log=log)
    take_cookie_secret()
    way, asked = take_sign_in(sign_in, options["server.allowedHosts"], open_to_all=open_to_all)
    take_contact(contact)
    # Until app.py has run once, Streamlit treats a `pages` folder as an app of the older kind, in which a link to a
    # page runs only that page's script, without the menu. No setting turns this off.
    PagesManager.uses_pages_directory = False
    # Streamlit looks for `.streamlit/config.toml` beside the program that was started, which is to be app.py.
    sys.argv = [str(_APP)]
    dashboard(opens=not headless, log=log, way=way, sign_in=asked).run(config=options)


def take_sign_in(file: Path | None, names: Collection[str], *, open_to_all: bool) -> "tuple[Access, SignIn | None]":
    """Check the file of the sign-in, and tell the pages by the environment how people come in.

    Parameters
    ----------
    file
        The file; None when nobody is asked to sign in.
    names
        The names that the server answers to.
    open_to_all
        Whether everybody may come in.

    Raises
    ------
    InputError
        When the file cannot be read, or something in it is missing or wrong.
    """
    from geo.secret import COOKIE_SECRET, secret
    from store.access import ACCESS, Access
    from store.sign_in import SIGN_IN, read_sign_in

    if file is None:
        way, asked = Access.OPEN if open_to_all else Access.OWN, None
    else:
        way, asked = Access.SIGNED_IN, read_sign_in(file, secret(COOKIE_SECRET), names)
        os.environ[SIGN_IN] = str(file.resolve())
        if os.name == "posix" and file.stat().st_mode & 0o004:
            typer.echo(f"--sign-in {file}: everybody on this machine can read its secrets; chmod 600 it", err=True)
    os.environ[ACCESS] = way
    return way, asked


def dashboard(
    *, opens: bool = False, log: Log = Log.PLAIN, way: "Access | None" = None, sign_in: "SignIn | None" = None
) -> Any:
    """Return the dashboard as a server (ASGI): Streamlit's pages, what guards them, and addresses of our own.

    Parameters
    ----------
    opens
        Whether it opens a browser when it has started.
    log
        Form of the log; only ``json`` has a line for each request.
    way, sign_in
        How people come in, and what the file of the sign-in says where they sign in.
    """
    import streamlit as st
    from starlette.middleware import Middleware

    from store.access import Access

    @asynccontextmanager
    async def started(_: Any) -> AsyncIterator[None]:
        if log is Log.JSON:  # only now: uvicorn has set up its own log a moment before
            write_json_lines()
            note("started", port=st.get_option("server.port"))
        if opens:  # the port may be the next free one, which is known only now; the server listens a moment later
            address = f"http://localhost:{st.get_option('server.port')}{_base()}"
            threading.Timer(_OPEN_AFTER_S, webbrowser.open, [address]).start()
        yield

    visitors = Visitors()
    health = Health(lambda: visitors.now)
    # From the outermost to the innermost. Not as routes of the app: those are fixed before Streamlit has read its
    # settings, and do not know its base path. Each part is made when the server starts, which is after that.
    parts: list[Callable[[Any], Any]] = [
        lambda app: RequestLog(app, visitors),
        lambda app: SafeHeaders(app, content_policy()),
        KnownNames,
        SameSite,
        OwnMessages,
    ]
    if sign_in is not None:
        from store.door import door

        parts.append(lambda app: SignedIn(app, door(), _base(), page_names()))
    elif way is Access.OPEN:
        parts.append(lambda app: OneVisit(app, _base(), page_names()))
    parts += [lambda app: Closed(app, _base()), lambda app: Addresses(health).before(app, _base())]
    secrets = None if sign_in is None else {"auth": dict(sign_in.auth)}
    return st.App(_APP, middleware=[Middleware(part) for part in parts], lifespan=started, secrets=secrets)


def page_names() -> frozenset[str]:
    """Return the names of the pages in addresses: those of their scripts, and those of the first."""
    return frozenset({"", "start", *(script.stem for script in (_APP.parent / "pages").glob("[!_]*.py"))})


def _base() -> str:
    """Return the path that Streamlit is set to serve everything under, such as ``"/planning/reach"``, or nothing."""
    import streamlit as st

    return "".join(f"/{part}" for part in str(st.get_option("server.baseUrlPath") or "").split("/") if part)


def settings(*, port: int | None, host: str, names: Iterable[str] = (), log: Log = Log.PLAIN) -> dict[str, Any]:
    """Return the settings that the command line decides; the rest is in ``.streamlit/config.toml``.

    Raises
    ------
    InputError
        When a name is not the name of a machine.
    """
    # Always without Streamlit's own message to a first user, which waits for an answer.
    listen = {} if port is None else {"server.port": port}
    # What Streamlit prints beside its log: a welcome, and coloured tracebacks.
    quiet = {"logger.hideWelcomeMessage": True, "logger.enableRich": False} if log is Log.JSON else {}
    return {
        "server.address": host,
        **listen,
        "server.allowedHosts": allowed_hosts(host, names),
        "server.headless": True,
        "secrets.files": [],  # what the file of the sign-in says is handed over, and no other file is looked for
        "browser.gatherUsageStats": False,
        **quiet,
    }


def take_contact(given: str | None) -> None:
    """Keep whom to write to about accessibility; ask for it once where somebody sits at a terminal.

    The accessibility statement names the contact. The app also starts without one, and where it cannot be kept.
    """
    from store.errors import StoreError
    from store.settings import CONTACT_VARIABLE, keep_contact, read_contact

    if given is None:
        if not at_terminal() or read_contact() is not None:
            return
        given = typer.prompt(
            "The accessibility statement needs somebody to write to: an e-mail address, a phone number or an address.\n"
            "Leave it empty to set it later with --contact. Contact",
            default="",
            show_default=False,
        )
    try:
        typer.echo(f"Kept in {keep_contact(given)}; {CONTACT_VARIABLE} wins over it.", err=True)
    except StoreError as error:
        typer.echo(f"{error}. Set {CONTACT_VARIABLE} instead.", err=True)


def at_terminal() -> bool:
    """Whether somebody can be asked: both what is read and what is written is a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()
