"""Limits: what the machine and the settings say, and what is no number."""

import pytest

from geo.errors import InputError
from workers.limits import Limits, cores


def test_one_core_is_left_to_the_pages():
    assert Limits.of_machine({}).workers == max(1, cores() - 1)
    assert Limits.of_machine({}).waiting == 50


def test_the_settings_say_otherwise():
    limits = Limits.of_machine({"REACH_WORKERS": "3", "REACH_JOB_SECONDS": " 60 ", "REACH_JOB_MB": "500"})
    assert (limits.workers, limits.seconds, limits.megabytes) == (3, 60, 500)


@pytest.mark.parametrize("wrong", ["0", "-1", "two", "1.5", "²", "1e3", "9" * 5000])
def test_a_setting_that_is_no_number_is_told(wrong):
    with pytest.raises(InputError, match=r"the setting REACH_WORKERS .* give a whole number above 0"):
        Limits.of_machine({"REACH_WORKERS": wrong})
