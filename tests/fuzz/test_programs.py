"""Random Tensor programs have PyTorch's values, shapes, data types and gradients."""

import pytest

from tests.fuzz.programs import program
from tests.fuzz.runner import report

CHUNK = 50


def test_a_seed_repeats_its_program():
    assert program(7).text() == program(7).text()
    assert program(7).text() != program(8).text()


@pytest.mark.peers
@pytest.mark.parametrize("first", range(0, 300, CHUNK))
def test_programs_agree_with_pytorch(first):
    import torch

    verdicts = []
    for seed in range(first, first + CHUNK):
        verdict, said = report(seed, torch)
        verdicts.append(verdict)
        assert verdict != "differs", said
    assert verdicts.count("same") > 0.6 * CHUNK


@pytest.mark.peers
def test_a_wrong_derivative_is_found(monkeypatch):
    import torch

    import microgradnn as mg

    monkeypatch.setattr(mg.Tensor, "tanh", lambda x: x.detach().sinh())
    monkeypatch.setattr(mg, "tanh", lambda x: x.detach().sinh())
    found = [said for seed in range(150) if (said := report(seed, torch)[1])]
    assert found
    assert all("tanh" in said for said in found)
