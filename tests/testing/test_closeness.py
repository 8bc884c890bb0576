import numpy as np
import pytest

import microgradnn as mg
from microgradnn.testing import assert_allclose, assert_close

nan = float("nan")

EQUAL = [
    (1.0, 1.0 + 5e-8, {}),
    ([1.0, 2.0], [1.0, 2.0 + 2e-6], {}),
    ([nan, 1.0], [nan, 1.0], {"equal_nan": True}),
    ([1.0], [1.4], {"rtol": 0.0, "atol": 0.5}),
    ([float("inf")], [float("inf")], {}),
    ([[]], [[]], {}),
]
DIFFERENT = [
    ([1.0, 2.0], [1.0, 2.1], {}, "Mismatched elements: 1 / 2"),
    ([1, 2], [1, 3], {}, "Greatest absolute difference: 1 at index (1,) (up to 0"),
    ([nan], [nan], {}, "not close"),
    ([1.0], [[1.0]], {}, "attribute 'shape'"),
    ([1.0], [1], {}, "attribute 'dtype'"),
    ([float("inf")], [1.0], {"rtol": 1.0, "atol": 1.0}, "not close"),
    ([1.0], [float("inf")], {"rtol": 1.0, "atol": 1.0}, "not close"),
]


@pytest.mark.parametrize(("a", "b", "options"), EQUAL)
def test_close(a, b, options):
    assert_close(mg.tensor(a), mg.tensor(b), **options)


@pytest.mark.parametrize(("a", "b", "options", "message"), DIFFERENT)
def test_not_close(a, b, options, message):
    with pytest.raises(AssertionError) as error:
        assert_close(mg.tensor(a), mg.tensor(b), **options)
    assert message in str(error.value)


def test_containers_say_where():
    a = {"w": [mg.ones(2), 1.0], "name": "net"}
    assert_close(a, {"w": [mg.ones(2), 1.0], "name": "net"})
    with pytest.raises(AssertionError, match=r"for item \['w'\]\[1\]"):
        assert_close(a, {"w": [mg.ones(2), 2.0], "name": "net"})
    with pytest.raises(AssertionError, match="keys of the mappings"):
        assert_close(a, {"w": 1})
    with pytest.raises(AssertionError, match="length of the sequences mismatch: 1 != 2"):
        assert_close([1], [1, 2])
    with pytest.raises(AssertionError, match="'net' is not 'other'"):
        assert_close(a, {"w": [mg.ones(2), 1.0], "name": "other"})


def test_own_messages_and_wrong_arguments():
    with pytest.raises(AssertionError, match=r"^mine$"):
        assert_close(1, 2, msg="mine")
    with pytest.raises(AssertionError, match=r"^before: Scalars"):
        assert_close(1, 2, msg=lambda text: f"before: {text}")
    with pytest.raises(ValueError, match="both or not at all"):
        assert_close(1, 1, rtol=0.1)
    with pytest.raises(TypeError, match="got object"):
        assert_close(object(), object())
    with pytest.raises(TypeError, match="like with like"):
        assert_close(mg.ones(1), np.ones(1))


NUMBERS_OF_TWO_KINDS = [(1, 1.0), (1.0, 1)]


@pytest.mark.parametrize(("a", "b"), NUMBERS_OF_TWO_KINDS)
def test_numbers_of_two_kinds_differ(a, b):
    with pytest.raises(AssertionError, match=r"The \(d\)types do not match"):
        assert_close(a, b)
    assert_close(a, b, check_dtype=False)
    assert_close([np.float64(1.0)], [np.float64(1.0)])


def test_the_old_name():
    assert_allclose(mg.tensor([1.0, nan]), [1.0, nan])
    with pytest.raises(AssertionError):
        assert_allclose(mg.tensor([1.0]), mg.tensor([2.0]))


@pytest.mark.peers
def test_verdicts_are_pytorchs():
    import torch

    for a, b, options in EQUAL:
        torch.testing.assert_close(torch.tensor(a), torch.tensor(b), **options)
    for a, b, options, _ in DIFFERENT:
        with pytest.raises(AssertionError):
            torch.testing.assert_close(torch.tensor(a), torch.tensor(b), **options)
    for a, b in NUMBERS_OF_TWO_KINDS:
        with pytest.raises(AssertionError):
            torch.testing.assert_close(a, b)
        torch.testing.assert_close(a, b, check_dtype=False)
