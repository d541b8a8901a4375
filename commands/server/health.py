"""``/healthz``: whether this server can do its work, for a proxy, a service manager and whoever runs it."""

import ipaddress
import os
import platform
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import InputError, ReachError

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from starlette.requests import Request
    from starlette.responses import Response

_KEPT_S = 5.0
"""For how long an answer is given again, so that asking often costs nothing."""


class Health:
    """What the server says of itself; the packs are opened once, and again only when they have changed.

    Parameters
    ----------
    visitors
        Returns how many pages are open.
    """

    def __init__(self, visitors: Callable[[], int]) -> None:
        self._visitors = visitors
        self._started = time.monotonic()
        self._one_at_a_time = threading.Lock()
        self._engine: Engine | None = None
        self._opened: dict[str, int] = {}
        self._kept: tuple[float, int, dict[str, Any]] | None = None

    def answer(self, request: "Request") -> "Response":
        """Answer 200 when all is well and 503 with the reason when not; details only to this machine itself."""
        from starlette.responses import JSONResponse

        with self._one_at_a_time:
            if self._kept is None or time.monotonic() - self._kept[0] > _KEPT_S:
                self._kept = (time.monotonic(), *self._found())
            _, status, said = self._kept
        if request.client is not None and _is_loopback(request.client.host):
            said = said | {"details": self._details()}
        return JSONResponse(said, status_code=status, headers={"Cache-Control": "no-store"})

    def _found(self) -> tuple[int, dict[str, Any]]:
        """Return the status and what is told to everybody."""
        from geo.packs import list_packs

        faults = [*self._store_faults(), *self._pack_faults()]
        said = {"status": "fault" if faults else "ok", "version": _version("service-reach"), "areas": list_packs()}
        return (503, said | {"reasons": faults}) if faults else (200, said | {"store": "ok"})

    def _store_faults(self) -> list[str]:
        from sqlalchemy.exc import SQLAlchemyError

        from store.database import explain, open_engine

        try:
            if self._engine is None:
                self._engine = open_engine()
            # Read alone, and without a transaction, so that nobody's save waits for it.
            connection = self._engine.raw_connection()
            try:
                connection.cursor().execute("SELECT version_num FROM alembic_version")
            finally:
                connection.close()
        except ReachError as error:
            return [f"the store does not answer: {error}"]
        except (SQLAlchemyError, OSError) as error:
            reason = explain(self._engine, error) if isinstance(error, SQLAlchemyError) and self._engine else error
            return [f"the store does not answer: {reason}"]
        except Exception as error:  # the driver's own, which is known only once it is loaded
            return [f"the store does not answer: {type(error).__name__}"]
        return []

    def _pack_faults(self) -> list[str]:
        from geo.packs import default_area, list_packs, open_pack, packs_folder

        try:
            default_area()
        except InputError:  # several, of which nobody said which is the usual one: the page asks
            pass
        except ReachError as error:
            return [str(error)]
        faults = []
        for area in list_packs():
            try:
                changed = (packs_folder() / area / "pack.json").stat().st_mtime_ns
                if self._opened.get(area) != changed:
                    open_pack(area)
                    self._opened[area] = changed
            except (ReachError, OSError) as error:
                faults.append(f"the area {area} cannot be opened: {error}")
        return faults

    def _details(self) -> dict[str, Any]:
        return {
            "visitors": self._visitors(),
            "memory_mb": _memory_mb(),
            "running_s": round(time.monotonic() - self._started),
            "process": os.getpid(),
            "python": platform.python_version(),
            "streamlit": _version("streamlit"),
        }


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:  # run from a folder, without being installed
        return None


def _memory_mb() -> int | None:
    """Return the memory that this process holds, in MB; None where the system does not say it this way."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
