"""Leaflet as text to put into a page, from an installed package, so that the page loads nothing from the internet."""

import base64
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from geo.errors import InputError

PACKAGE = "XStatic-Leaflet"
_DATA = "xstatic/pkg/leaflet/data"


@dataclass(frozen=True)
class Leaflet:
    """Leaflet's script, and its style sheet with the images embedded."""

    script: str
    style: str


def installed_leaflet() -> Leaflet:
    """Read Leaflet from the package that contains it.

    Raises
    ------
    InputError
        When the package is not installed or lacks a file.
    """
    try:
        folder = Path(str(distribution(PACKAGE).locate_file(_DATA)))
        script = (folder / "leaflet.js").read_text(encoding="utf-8")
        style = (folder / "leaflet.css").read_text(encoding="utf-8")
        # The developer tools of a browser would load the source map.
        script = re.sub(r"(?m)^//# sourceMappingURL=.*$", "", script)
        style = re.sub(r"url\((images/[\w.-]+\.png)\)", lambda found: _picture(folder / found[1]), style)
    except (PackageNotFoundError, OSError) as error:
        raise InputError(
            f'the map needs the package {PACKAGE}, which cannot be read ({error}): pip install "service-reach[reports]"'
        ) from error
    # `behavior: url(#default#VML)` is only for very old browsers.
    return Leaflet(script.strip(), re.sub(r"behavior:\s*url\([^)]*\);?", "", style).strip())


def _picture(path: Path) -> str:
    return f"url(data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()})"
