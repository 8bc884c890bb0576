"""Datasets and their combinations."""

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.utils.data import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)


class Stream(IterableDataset):
    def __init__(self, *items):
        self.items = items

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)


class AtOnce:
    """A dataset that counts how often it is asked."""

    def __init__(self):
        self.calls = []

    def __len__(self):
        return 10

    def __getitem__(self, index):
        return self.__getitems__([index])[0]

    def __getitems__(self, indices):
        self.calls.append(list(indices))
        return [10 * index for index in indices]


def test_samples_of_tensors_are_taken_at_the_first_dimension():
    data = TensorDataset(mg.arange(6).reshape(3, 2), mg.tensor([7, 8, 9]))
    x, y = data[1]
    assert (x.tolist(), y.item(), len(data)) == ([2, 3], 8, 3)
    x, y = data[0:2]
    assert (x.tolist(), y.tolist()) == ([[0, 1], [2, 3]], [7, 8])


def test_tensors_of_different_lengths_are_refused():
    with pytest.raises(AssertionError, match=r"Size mismatch between tensors.*\[3, 2\]"):
        TensorDataset(mg.zeros(3), mg.zeros(2, 3))


def test_stacked_datasets_are_asked_for_a_batch_at_once():
    data, plain = AtOnce(), range(10)
    assert StackDataset(data, plain)[2] == (20, 2)
    assert StackDataset(data, plain).__getitems__([1, 3]) == [(10, 1), (30, 3)]
    assert StackDataset(a=data, b=plain).__getitems__([4]) == [{"a": 40, "b": 4}]
    assert data.calls == [[2], [1, 3], [4]]
    assert len(StackDataset(a=data, b=plain)) == 10


@pytest.mark.parametrize(
    ("args", "kwargs", "text"),
    [
        ((), {}, "at least one"),
        (([1],), {"a": [1]}, "1 positional and 1 named"),
        (([1], [1, 2]), {}, r"\[1, 2\]"),
        ((), {"a": [1], "b": []}, r"\[1, 0\]"),
    ],
)
def test_datasets_that_do_not_stack_are_refused(args, kwargs, text):
    with pytest.raises(ValueError, match=text):
        StackDataset(*args, **kwargs)


def test_a_batch_of_the_wrong_size_is_noticed():
    class Short(AtOnce):
        def __getitems__(self, indices):
            return [0]

    with pytest.raises(ValueError, match="Expected 2, got 1"):
        StackDataset(Short()).__getitems__([1, 2])


def test_datasets_end_to_end():
    data = Subset("abc", [2, 0]) + Subset("xyz", [1])
    assert isinstance(data, ConcatDataset)
    assert [data[i] for i in range(len(data))] == ["c", "a", "y"]
    assert [data[-1], data[-3]] == ["y", "c"]
    assert data.cumulative_sizes == [2, 3]
    with pytest.raises(ValueError, match="got -4, the length is 3"):
        data[-4]
    with pytest.raises(IndexError):
        data[3]
    with pytest.raises(AssertionError, match="empty"):
        ConcatDataset([])
    with pytest.raises(AssertionError, match="ChainDataset"):
        ConcatDataset([Stream(1)])


def test_streams_end_to_end():
    data = Stream(1, 2) + Stream(3)
    assert isinstance(data, ChainDataset)
    assert list(data) == [1, 2, 3]
    assert list(data) == [1, 2, 3]
    assert len(data) == 3
    with pytest.raises(AssertionError, match="got list; ConcatDataset"):
        list(ChainDataset([[1]]))


def test_a_subset_of_a_subset_asks_for_a_batch_at_once():
    data = AtOnce()
    part = Subset(Subset(data, [5, 6, 7]), [2, 0])
    assert part.__getitems__([0, 1]) == [70, 50]
    assert data.calls == [[7, 5]]
    assert (part[1], len(part)) == (50, 2)
    assert Subset(np.arange(10) * 2, [3, 4])[[0, 1]].tolist() == [6, 8]


def test_a_subset_whose_batches_would_be_made_without_its_own_samples_is_refused():
    class Doubled(Subset):
        def __getitem__(self, index):
            return 2 * super().__getitem__(index)

    with pytest.raises(NotImplementedError, match="Doubled defines __getitem__ but not"):
        Doubled(range(3), [0])


def test_what_a_subclass_must_define():
    with pytest.raises(NotImplementedError, match="must define __getitem__"):
        Dataset()[0]


def test_a_random_split_has_every_sample_once():
    mg.manual_seed(0)
    parts = random_split(range(11), [5, 4, 2])
    assert [len(part) for part in parts] == [5, 4, 2]
    assert sorted(x for part in parts for x in part.indices) == list(range(11))


def test_what_fractions_leave_over_goes_to_the_first_part():
    assert [len(p) for p in random_split(range(11), [0.3, 0.3, 0.4])] == [4, 3, 4]


@pytest.mark.parametrize(
    ("lengths", "text"),
    [([3, 3], "3 \\+ 3 = 6, not 10"), ([1.5, -0.5], "index 0 is not between 0 and 1: 1.5")],
)
def test_lengths_that_do_not_fit_are_refused(lengths, text):
    with pytest.raises(ValueError, match=text):
        random_split(range(10), lengths)


def test_an_empty_part_is_warned_of():
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        random_split(range(3), [0.9, 0.1])


@pytest.mark.peers
@pytest.mark.parametrize("lengths", [[7, 3], [0.5, 0.5], [0.7, 0.2, 0.1], [10], [0.33, 0.67]])
@pytest.mark.parametrize("own", [True, False])
def test_random_splits_are_those_of_pytorch(lengths, own):
    import torch
    import torch.utils.data

    found = []
    for m in (mg, torch):
        m.manual_seed(5)
        more = {"generator": m.Generator().manual_seed(42)} if own else {}
        parts = m.utils.data.random_split(range(10), lengths, **more)
        found.append(([list(part.indices) for part in parts], m.rand(1).item()))
    assert found[0] == found[1]
