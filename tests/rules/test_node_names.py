"""Nodes are called as PyTorch calls them, as far as one function of PyTorch is one primitive."""

import re

import numpy as np
import pytest

import microgradnn as mg
from microgradnn._primitive import table
from tests.rules.cases import CASES
from tests.rules.test_against_torch import in_torch

FIRST = {case.prim.name: case for case in reversed(CASES) if case.wrt}
# What is one call in Python, and other functions inside of PyTorch.
OTHERWISE = {
    "solve", "inv", "cholesky", "svdvals", "eigvalsh", "split", "pad", "reshape", "linear",
    "einsum", "matmul", "im2col", "col2im", "unfold_adjoint",
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "expected"),
    [("tanh", "TanhBackward0"), ("power", "PowBackward0"), ("log1p", "Log1PBackward0"),
     ("max_dim", "MaxBackward0"), ("transpose", "PermuteBackward0"), ("det", "LinalgDetBackward0"),
     ("i0e", "SpecialI0EBackward0"), ("log_softmax", "LogSoftmaxBackward0"),
     ("gelu_tanh", "GeluBackward0"), ("affine", "AffineBackward0"), ("ctc", "CtcBackward0")],
)  # fmt: skip
def test_known_names(name, expected):
    assert table[name].node_name + "Backward0" == expected


def test_a_function_of_the_user_keeps_its_capitals():
    class MyReLU(mg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            return g

    assert MyReLU.apply(mg.ones(1, requires_grad=True)).grad_fn.name() == "MyReLUBackward0"


@pytest.mark.peers
@pytest.mark.parametrize(
    "name",
    [n for n, case in FIRST.items()
     if n not in OTHERWISE and re.fullmatch(r"torch\.[^()]*\([^()]*\)", case.prim.torch)],
)  # fmt: skip
def test_pytorch_calls_its_node_the_same(name):
    case = FIRST[name]
    (ours, *_) = [o for o in case.run(*case.tensors()) if o.requires_grad]
    _, outputs = in_torch(case, np.float64)
    (theirs, *_) = [o for o in outputs if o.requires_grad]
    # The number at the end tells PyTorch's overloads apart.
    assert ours.grad_fn.name().rstrip("0123456789") == theirs.grad_fn.name().rstrip("0123456789")
