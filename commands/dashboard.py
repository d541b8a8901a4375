"""`reach app`: start the dashboard."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from geo.errors import InputError

_APP = Path(__file__).resolve().parent.parent / "app.py"


def app_command(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on; 8501 or the next free one when left out.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Area to open with.")] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 lets other machines on the network in.")
    ] = "localhost",
    headless: Annotated[bool, typer.Option("--headless", help="Do not open a browser.")] = False,
    contact: Annotated[
        str | None,
        typer.Option(help="Whom to write to about accessibility (e-mail, phone or address); kept for the next time."),
    ] = None,
) -> None:
    """Start the dashboard and open it in the browser; Ctrl+C stops it."""
    # Imported here, as in every command, so that `reach --help` does not wait for what it does not use.
    from streamlit.runtime.pages_manager import PagesManager
    from streamlit.web.cli import main as streamlit

    from geo.pack import check_area

    if not _APP.is_file():
        raise InputError(
            f"the dashboard {_APP.name} is not in {_APP.parent}; run reach from a full copy of the project"
        )
    if area is not None:
        check_area(area)
        os.environ["REACH_AREA"] = area
    take_contact(contact)
    # Until app.py has run once, Streamlit treats a `pages` folder as an app of the older kind, in which a link to a
    # page runs only that page's script, without the menu. No setting turns this off.
    PagesManager.uses_pages_directory = False
    streamlit(streamlit_arguments(port=port, host=host, headless=headless), prog_name="streamlit")


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


def streamlit_arguments(*, port: int | None, host: str, headless: bool) -> list[str]:
    """Return the arguments for Streamlit's own command line; the rest is in ``.streamlit/config.toml``."""
    listen = [] if port is None else ["--server.port", str(port)]
    return [
        "run",
        str(_APP),
        "--server.address",
        host,
        *listen,
        "--server.headless",
        "true" if headless else "false",
        "--browser.gatherUsageStats",
        "false",
    ]
