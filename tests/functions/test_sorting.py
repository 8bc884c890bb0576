"""Orders, the largest few, what differs, and where a number belongs."""

import math

import numpy as np
import pytest

import microgradnn as mg


@pytest.mark.parametrize("n", [5, 300])
@pytest.mark.parametrize("descending", [False, True])
def test_equal_elements_keep_their_order_and_nan_is_the_largest(n, descending):
    rng = np.random.default_rng(1)
    numbers = np.concatenate([rng.integers(0, n // 3, n - 1), [math.nan]])
    values, indices = mg.tensor(numbers).sort(descending=descending)
    key = [(math.inf if x != x else x, k) for k, x in enumerate(numbers)]
    wanted = sorted(key, key=lambda pair: ((-1 if descending else 1) * pair[0], pair[1]))
    assert indices.tolist() == [k for _, k in wanted]
    np.testing.assert_array_equal(values.numpy(), numbers[indices.numpy()])


@pytest.mark.parametrize("largest", [True, False])
@pytest.mark.parametrize("k", [0, 1, 3, 20, 100])
def test_the_first_of_the_order(k, largest):
    for special in ([], [math.inf, -math.inf], [math.nan]):
        x = np.random.default_rng(k).standard_normal((2, 100))
        x[0, : len(special)] = special
        values, indices = mg.topk(mg.tensor(x), k, largest=largest)
        order = mg.tensor(x).argsort(descending=largest)[:, :k]
        assert indices.tolist() == order.tolist()
        np.testing.assert_array_equal(values.numpy(), np.take_along_axis(x, order.numpy(), 1))


def test_more_than_there_are():
    with pytest.raises(RuntimeError, match="k is from 0 to 3, the size of dimension -1, got 4"):
        mg.zeros(3).topk(4)
    with pytest.raises(RuntimeError, match="k is from 1 to 3"):
        mg.zeros(3).kthvalue(0)


def test_the_gradient_goes_back_to_where_elements_were():
    x = mg.tensor([3.0, 1.0, 2.0], requires_grad=True)
    x.sort().values.backward(mg.tensor([10.0, 20.0, 30.0]))
    assert x.grad.tolist() == [30.0, 10.0, 20.0]


def test_what_differs():
    x = mg.tensor([[2, 1], [2, 1], [0, 1]])
    values, inverse, counts = x.unique(return_inverse=True, return_counts=True)
    assert values.tolist() == [0, 1, 2]
    assert values[inverse].tolist() == x.tolist()
    assert counts.tolist() == [1, 3, 2]
    assert x.unique(dim=0).tolist() == [[0, 1], [2, 1]]
    assert mg.unique_consecutive(x, dim=0).tolist() == [[2, 1], [0, 1]]
    assert mg.unique_consecutive(x, return_counts=True)[1].tolist() == [1, 1, 1, 1, 1, 1]


def test_where_numbers_belong():
    lines = mg.tensor([[1.0, 3.0, 5.0], [0.0, 0.0, 9.0]])
    x = mg.tensor([[3.0, math.nan], [0.0, 4.0]])
    assert mg.searchsorted(lines, x).tolist() == [[1, 3], [0, 2]]
    assert mg.searchsorted(lines, x, right=True).tolist() == [[2, 3], [2, 2]]
    assert mg.bucketize(2.0, mg.tensor([1.0, 3.0])).item() == 1
    with pytest.raises(RuntimeError, match="all sizes but the last must be equal"):
        mg.searchsorted(lines, mg.zeros(3, 2))
    with pytest.raises(RuntimeError, match="side='left' with right=True"):
        mg.searchsorted(lines, x, side="left", right=True)
