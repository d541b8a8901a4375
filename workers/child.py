"""What runs in the process of a job: it does the work, tells how far it is, and ends with the server."""

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from geo.errors import ReachError
from workers.job import End

PROGRESS, STOP = "progress", "stop"
_NICE = 5  # on one core alone, clicks then get three quarters of it, and jobs still come to an end under many clicks
_BETWEEN_S = 0.2


class Line:
    """The connection of a job's process to the queue, as the work uses it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._told_s = float("-inf")

    def progress(self, value: Any) -> None:
        """Tell how far the work is; what comes too soon after the last is left out."""
        if time.monotonic() - self._told_s >= _BETWEEN_S:
            self._told_s = time.monotonic()
            self._pipe.send((PROGRESS, value))

    def stop(self) -> bool:
        """Whether the work is to end with what it has; nothing else is ever sent to it."""
        return self._pipe.poll()


def serve(pipe: Connection, work: bytes, watched: bool) -> None:
    """Do the work of one job and send what came of it."""
    _behind_the_pages()
    threading.Thread(target=_end_with_the_server, name="end with the server", daemon=True).start()
    try:
        end, value = _done(Line(pipe), work, watched)
        pipe.send((end, value))
    except OSError:  # nobody listens any more
        pass
    except MemoryError:
        pipe.send((End.TOO_LARGE, None))
    except Exception:  # what it made cannot be sent
        pipe.send((End.FAILED, traceback.format_exc()))


def _done(line: Line, work: bytes, watched: bool) -> tuple[End, Any]:
    try:
        function = pickle.loads(work)
        return End.DONE, function(progress=line.progress, stop=line.stop) if watched else function()
    except ReachError as error:
        return End.REFUSED, error
    except MemoryError:
        return End.TOO_LARGE, None
    except Exception:
        return End.FAILED, traceback.format_exc()


def _behind_the_pages() -> None:
    """Let the pages go first, and let a system that runs out of memory end this process and not the server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which then ends this
    if hasattr(os, "nice"):
        os.nice(_NICE)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_the_server() -> None:
    """End this process at once when that of the server has ended, however that came."""
    server = multiprocessing.parent_process()
    if server is not None:
        wait([server.sentinel])
        os._exit(1)
