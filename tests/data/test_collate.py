"""Batches of samples."""

from collections import OrderedDict, UserDict, UserList, defaultdict, namedtuple

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.data import collate as collating
from microgradnn.utils.data import default_collate, default_convert

Point = namedtuple("Point", ["x", "y"])


class Frozen(dict):
    """A mapping that cannot be made of a dictionary."""

    def __init__(self, a, b):
        super().__init__(a=a, b=b)


def leaf(m, a):
    """A Tensor of either library, or a leaf, as something to be compared."""
    if isinstance(a, m.Tensor):
        return (str(a.dtype).split(".")[1], tuple(a.shape), a.tolist())
    return a


def plain(m, x):
    """A structure with Tensors told by dtype, shape and numbers, and its types."""
    if isinstance(x, dict | UserDict):
        return (type(x).__name__, {k: plain(m, x[k]) for k in x})
    if isinstance(x, list | tuple | UserList):
        return (type(x).__name__, [plain(m, y) for y in x])
    return leaf(m, x)


BATCHES = {
    "tensors": lambda m: [m.zeros(2, 3), m.ones(2, 3)],
    "scalars": lambda m: [m.tensor(1), m.tensor(2)],
    "floats": lambda m: [1.5, 2],
    "ints": lambda m: [1, 2, 3],
    "bools": lambda m: [True, False],
    "float32": lambda m: [np.float32(1.5), np.float32(2)],
    "float64": lambda m: [np.float64(1.5), np.float64(2)],
    "int8": lambda m: [np.int8(1), np.int8(2)],
    "bool_": lambda m: [np.bool_(1), np.bool_(0)],
    "arrays": lambda m: [np.zeros((2,), np.int16), np.ones((2,), np.int16)],
    "0-d arrays": lambda m: [np.array(1.0), np.array(2.0)],
    "strings": lambda m: ["a", "bc"],
    "bytes": lambda m: [b"a", b"bc"],
    "tuples": lambda m: [(1, 2.0), (3, 4.0)],
    "lists": lambda m: [[1, "a"], [3, "b"]],
    "dicts": lambda m: [{"a": 1, "b": [m.zeros(1)]}, {"a": 2, "b": [m.ones(1)]}],
    "ordered": lambda m: [OrderedDict(b=1, a=2), OrderedDict(b=3, a=4)],
    "defaultdict": lambda m: [defaultdict(int, a=1), defaultdict(int, a=2)],
    "userdict": lambda m: [UserDict(a=1), UserDict(a=2)],
    "userlist": lambda m: [UserList([1, 2]), UserList([3, 4])],
    "namedtuple": lambda m: [Point(1, (2, 3)), Point(4, (5, 6))],
    "range": lambda m: [range(2), range(2)],
    "empty lists": lambda m: [[], []],
    "subclass": lambda m: [Frozen(1, 2), Frozen(3, 4)],
}


@pytest.mark.peers
@pytest.mark.parametrize("name", BATCHES)
@pytest.mark.parametrize("what", ["default_collate", "default_convert"])
def test_batches_are_those_of_pytorch(name, what):
    import torch.utils.data

    ours, theirs = [plain(m, getattr(m.utils.data, what)(BATCHES[name](m))) for m in (mg, torch)]
    assert ours == theirs


def test_a_batch_of_structures_is_a_structure_of_batches():
    batch = default_collate([(1, {"x": mg.zeros(2)}), (2, {"x": mg.ones(2)})])
    assert plain(mg, batch) == (
        "list",
        [
            ("int64", (2,), [1, 2]),
            ("dict", {"x": ("float32", (2, 2), [[0.0, 0.0], [1.0, 1.0]])}),
        ],
    )


def test_floats_become_float64():
    assert default_collate([0.1, 0.2]).dtype is mg.float64


def test_what_is_no_array_is_left_as_it_is():
    words = np.array(["a", "b"])
    assert default_convert(words) is words
    assert default_convert({"a": (1, np.arange(2))})["a"][1].tolist() == [0, 1]
    assert default_convert(None) is None


def test_a_type_can_be_taught():
    class Word(str):
        __slots__ = ()

    table = {
        str: lambda batch, *, collate_fn_map: "+".join(batch),
    }
    assert collating.collate([Word("a"), Word("b")], collate_fn_map=table) == "a+b"
    assert collating.collate([("a", "b"), ("c", "d")], collate_fn_map=table) == ["a+c", "b+d"]


@pytest.mark.parametrize(
    ("batch", "error", "text"),
    [
        ([object(), object()], TypeError, "found <class 'object'>.*collate_fn"),
        ([{1}, {2}], TypeError, "found <class 'set'>"),
        ([None, None], TypeError, "NoneType"),
        ([np.array(["a"])], TypeError, "<U1"),
        ([[1, 2], [3]], RuntimeError, r"equal size; the samples have the lengths \[2, 1\]"),
        ([mg.zeros(2), mg.zeros(3)], RuntimeError, r"\(2,\).*\(3,\)|stack"),
    ],
)
def test_what_makes_no_batch_is_refused(batch, error, text):
    with pytest.raises(error, match=text):
        default_collate(batch)
