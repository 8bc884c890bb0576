"""``detect_anomaly``: the first operation that made a NaN or an Inf, and the user's line."""

import threading
import warnings

import numpy as np
import pytest

import microgradnn as mg
from microgradnn._notes import of_values
from microgradnn.autograd.anomaly_report import AnomalyError
from tests.autograd.anomaly_programs import PROGRAMS

# NumPy warns of the same divisions by zero.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def fails(run):
    with pytest.raises(AnomalyError) as caught, mg.autograd.detect_anomaly():
        run()
    assert not mg.is_anomaly_enabled()
    return caught.value


@pytest.mark.parametrize(
    ("run", "operation", "made", "backward", "module"),
    [case[1:] for case in PROGRAMS],
    ids=[case[0] for case in PROGRAMS],
)
def test_the_guilty_line_is_named(run, operation, made, backward, module):
    error = fails(run)
    assert error.line.endswith("# here"), str(error)
    assert error.line in str(error)
    assert "anomaly_programs.py:" in error.line
    assert (error.operation, error.made, error.backward) == (operation, made, backward)
    assert error.module == module or (module == "" and error.module == "")
    assert error.draw(format="svg").source
