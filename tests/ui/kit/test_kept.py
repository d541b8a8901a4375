"""What one visitor asked for is given to the next who asks the same, and to nobody who asks something else."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pandas as pd
import pytest

from geo.packs import open_pack
from ui.kit.kept import kept


@pytest.fixture
def asked():
    """Return a list of what was worked out, and the function that does it."""
    done: list[object] = []

    @kept(most=4)
    def work(*question: object) -> list[object]:
        done.append(question)
        return [question]

    work.clear()
    return SimpleNamespace(done=done, work=work)


def frame(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def test_the_same_question_is_worked_out_once(asked):
    first = asked.work(frame(ward=["A"], share=[0.5]), "title", 15.0)
    assert asked.work(frame(ward=["A"], share=[0.5]), "title", 15.0) is first
    assert len(asked.done) == 1


@pytest.mark.parametrize(
    "other",
    [
        (frame(ward=["A"], share=[0.6]), "title", 15.0),
        (frame(ward=["B"], share=[0.5]), "title", 15.0),
        (frame(ward=["A"], reach=[0.5]), "title", 15.0),
        (frame(ward=["A"], share=[0.5]).set_axis([7]), "title", 15.0),
        (frame(ward=["A"], share=[0.5]), "another", 15.0),
        (frame(ward=["A"], share=[0.5]), "title", 20.0),
    ],
)
def test_another_question_has_another_answer(asked, other):
    asked.work(frame(ward=["A"], share=[0.5]), "title", 15.0)
    (answered,) = asked.work(*other)
    assert answered[1:] == other[1:]
    pd.testing.assert_frame_equal(answered[0], other[0])
    assert len(asked.done) == 2


def test_a_pack_is_its_checksum(asked):
    pack, again = open_pack("southend"), open_pack("southend")
    assert pack is not again
    assert asked.work(pack) is asked.work(again)
    changed = replace(again, manifest=replace(again.manifest, name="Elsewhere"))
    assert asked.work(changed)[0][0].name == "Elsewhere"
    assert len(asked.done) == 2


def test_a_call_is_its_function_and_what_it_is_given(asked):
    asked.work(partial(sorted, [2, 1], reverse=True))
    asked.work(partial(sorted, [2, 1], reverse=True))
    assert len(asked.done) == 1
    asked.work(partial(sorted, [2, 1], reverse=False))
    asked.work(partial(sorted, [2, 3], reverse=True))
    asked.work(partial(reversed, [2, 1]))
    assert len(asked.done) == 4


def test_no_more_is_kept_than_was_said(asked):
    for number in range(5):
        asked.work(number)
    asked.work(4)
    assert len(asked.done) == 5
    asked.work(0)
    assert len(asked.done) == 6
