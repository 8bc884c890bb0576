"""Activations, losses and distances take PyTorch's arguments: names, order and defaults."""

import inspect

import pytest

import microgradnn as mg

pytestmark = pytest.mark.peers


def arguments(f):
    """Names and defaults, but for those that only swallow what is given."""
    swallow = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        (name, p.default)
        for name, p in inspect.signature(f).parameters.items()
        if p.kind not in swallow
    ]


@pytest.mark.parametrize("chapter", ["activation", "loss", "distance", "adaptive"])
def test_modules(chapter):
    import torch

    names = getattr(torch.nn.modules, chapter).__all__
    assert names
    for name in names:
        ours, theirs = getattr(mg.nn, name), getattr(torch.nn, name)
        assert arguments(ours.__init__) == arguments(theirs.__init__), name


def test_functions():
    import torch

    theirs = vars(torch.nn.functional)
    names = [
        name
        for name, f in theirs.items()
        if name.endswith(("_loss", "elu", "shrink", "tanh", "sigmoid", "softmax", "cross_entropy",
                          "swish", "mish", "div", "softmin", "softsign", "glu", "threshold",
                          "logits", "relu6"))
        and inspect.isfunction(f)
        and not name.startswith("_")
    ]  # fmt: skip
    assert len(names) > 40
    for name in names:
        assert arguments(getattr(mg.nn.functional, name)) == arguments(theirs[name]), name
