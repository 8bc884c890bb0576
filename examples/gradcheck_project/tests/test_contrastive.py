"""The hand-derived gradients against differences, and the same losses on microgradnn."""

import contrastive
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgradnn as mg

rng = np.random.default_rng(0)
A, B = rng.standard_normal((5, 3)), rng.standard_normal((5, 3))


def test_contrastive(gradcheck):
    gradcheck(contrastive.contrastive, [A, B], gradient=contrastive.contrastive_gradient)


@pytest.mark.parametrize("temperature", [0.1, 1.0])
def test_info_nce(gradcheck, temperature):
    gradcheck(
        lambda a, b: contrastive.info_nce(a, b, temperature),
        [A, B],
        gradient=lambda a, b: contrastive.info_nce_gradient(a, b, temperature),
    )


@pytest.mark.gradcheck(order=2)
def test_to_second_order_on_tensors():
    def loss(a, b):
        scores = a @ b.T / 0.5
        return mg.nn.functional.cross_entropy(scores, mg.arange(5))

    return loss, [mg.tensor(A), mg.tensor(B)]


@given(st.integers(1, 6), st.integers(1, 4), st.integers(0, 99))
def test_sizes(gradcheck_once, rows, columns, seed):
    a, b = np.random.default_rng(seed).standard_normal((2, rows, columns))
    gradcheck_once(contrastive.info_nce, [a, b], gradient=contrastive.info_nce_gradient)


@pytest.fixture(scope="module")
def gradcheck_once():
    """The same check for hypothesis, which wants fixtures that outlive an example."""
    return mg.testing.check_grads
