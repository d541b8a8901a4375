"""The search by timetable against ferrobus, another router, from every place of an area to every other.

ferrobus gets our own streets, in whole seconds. It walks to the nearest stop alone and from there to others. Ours by
these rules agrees. Of the rest each is a journey that ferrobus does not find, or one for which it goes to another stop
or a little further than the limit: none is earlier than both of ours.
"""

import numpy as np
import pytest

from benchmarks.timetables import Ferrobus
from benchmarks.transit import CLOSE_S, FEED, LEAVE_S, LIMIT_MIN, SHARE, Question, close

pytest.importorskip("ferrobus")


@pytest.mark.slow
def test_times_are_those_of_ferrobus(sources_dir, tmp_path):
    question = Question.of()
    files = Ferrobus.write(question.transit, question.places, sources_dir / FEED, tmp_path)
    theirs = files.anew(LIMIT_MIN, LEAVE_S, question.transit.timing.boardings)
    ours, by_its_rules = question.matrix_s(), question.by_its_rules_s()
    elsewhere = ~np.eye(len(theirs), dtype=bool)
    assert close(theirs, by_its_rules)[elsewhere].mean() >= SHARE
    assert (theirs >= np.minimum(ours, by_its_rules) - CLOSE_S)[elsewhere].all()
