"""The older place of autocast and GradScaler."""

import inspect

import pytest

import microgradnn as mg
from microgradnn.cuda.amp import GradScaler, autocast


def test_a_training_loop_written_for_a_gpu_trains_without_one():
    parameter = mg.nn.Parameter(mg.tensor([1.0]))
    optimizer = mg.optim.SGD([parameter], lr=0.25)
    with pytest.warns(UserWarning, match="disabled"):
        scaler = GradScaler()
    with pytest.warns(UserWarning, match="disabled"), autocast():
        loss = (parameter * parameter).sum()
    scaler.scale(loss).backward()
    scaler.step(optimizer)
    scaler.update()
    assert parameter.tolist() == [0.5]
    assert isinstance(scaler, mg.amp.GradScaler)


@pytest.mark.peers
@pytest.mark.parametrize("kind", [GradScaler, autocast])
def test_the_arguments_are_pytorchs(kind):
    import torch

    theirs = inspect.signature(getattr(torch.cuda.amp, kind.__name__).__init__)
    assert list(inspect.signature(kind.__init__).parameters) == list(theirs.parameters)
