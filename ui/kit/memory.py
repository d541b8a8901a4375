"""Memory that visits leave behind is given back now and then, and not after every drawing of a page.

Python finds what nobody uses any more by going over everything that there is, which takes longer than drawing a page,
while every visitor waits. So what lasts as long as the program is set aside once, and the rest is gone over on a clock.
"""

import gc
import threading
import time
from functools import cache

EVERY_S = 20.0
"""Seconds between two times."""


@cache
def tend_memory() -> threading.Thread:
    """Set aside what there is, and have the rest gone over on a clock; once in a process, whoever calls it again."""
    gc.collect()
    gc.freeze()
    tending = threading.Thread(target=_give_back, name="memory", daemon=True)
    tending.start()
    return tending


def _give_back() -> None:
    while True:
        time.sleep(EVERY_S)
        gc.collect()
