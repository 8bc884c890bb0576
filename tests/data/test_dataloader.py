"""`DataLoader` without workers: order, batches, lengths, options."""

import itertools
import os

import numpy as np
import pytest

import microgradnn as mg
from microgradnn.utils.data import DataLoader, IterableDataset, TensorDataset


class Stream(IterableDataset):
    def __init__(self, n, told=None):
        self.n = n
        self.told = n if told is None else told

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self):
        return self.told


def given(loader):
    return [batch.tolist() for batch in loader]


def test_batches_in_order():
    assert given(DataLoader(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert given(DataLoader(range(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert [len(DataLoader(range(5), 2)), len(DataLoader(range(5), 2, drop_last=True))] == [3, 2]


def test_tensors_come_in_batches_of_each():
    x, y = mg.arange(6.0).reshape(3, 2), mg.tensor([0, 1, 2])
    (first, second) = DataLoader(TensorDataset(x, y), batch_size=2)
    assert [t.tolist() for t in first] == [[[0.0, 1.0], [2.0, 3.0]], [0, 1]]
    assert [t.tolist() for t in second] == [[[4.0, 5.0]], [2]]


def test_a_shuffled_loader_has_another_order_each_time():
    loader = DataLoader(range(100), 10, shuffle=True)
    first, second = given(loader), given(loader)
    assert sorted(itertools.chain(*first)) == sorted(itertools.chain(*second)) == list(range(100))
    assert first != second


def test_two_iterations_at_once_do_not_disturb_each_other():
    loader = DataLoader(range(4), 2)
    assert [(a.tolist(), b.tolist()) for a, b in zip(loader, loader, strict=True)] == [
        ([0, 1], [0, 1]),
        ([2, 3], [2, 3]),
    ]


def test_samples_one_by_one():
    loader = DataLoader([np.array([1, 2]), "word"], batch_size=None)
    first, second = loader
    assert (first.tolist(), second, len(loader)) == ([1, 2], "word", 2)


def test_samplers_decide():
    assert given(DataLoader("abcd", None, sampler=[3, 0], collate_fn=np.asarray)) == ["d", "a"]
    loader = DataLoader(range(10), batch_sampler=[[1, 2], [9]])
    assert (given(loader), len(loader), loader.batch_size) == ([[1, 2], [9]], 2, None)


def test_a_collate_fn_gets_the_list_of_samples():
    assert list(DataLoader("abc", 2, collate_fn=tuple)) == [("a", "b"), ("c",)]


def test_a_dataset_that_gives_batches_is_asked_for_them():
    class AtOnce:
        def __len__(self):
            return 3

        def __getitems__(self, indices):
            return [10 * i for i in indices]

    assert given(DataLoader(AtOnce(), 2)) == [[0, 10], [20]]


def test_a_stream_in_batches():
    assert given(DataLoader(Stream(5), 2)) == [[0, 1], [2, 3], [4]]
    assert given(DataLoader(Stream(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert list(DataLoader(Stream(3), None)) == [0, 1, 2]
    assert [len(DataLoader(Stream(5), b)) for b in (2, None, 5)] == [3, 5, 1]
    assert len(DataLoader(Stream(5), 2, drop_last=True)) == 2


def test_a_stream_that_has_ended_is_not_asked_again():
    class Once:
        """Begins anew after its end, as an iterator should not."""

        def __init__(self):
            self.items = [0, 1, None, 2, None]

        def __iter__(self):
            return self

        def __next__(self):
            item = self.items.pop(0)
            if item is None:
                raise StopIteration
            return item

    class Data(IterableDataset):
        def __iter__(self):
            return Once()

    assert given(DataLoader(Data(), 3)) == [[0, 1]]


def test_a_stream_longer_than_it_said_is_warned_of():
    loader = DataLoader(Stream(3, told=2), None)
    assert len(loader) == 2
    with pytest.warns(UserWarning, match=r"reported to be 2 .*but 3 samples have been fetched"):
        assert list(loader) == [0, 1, 2]
    assert list(DataLoader(Stream(3, told=2), None)) == [0, 1, 2]  # nobody asked: no warning


def test_pinned_memory_is_not_used_and_said_so():
    with pytest.warns(UserWarning, match="no accelerator is found"):
        assert given(DataLoader(range(2), 2, pin_memory=True)) == [[0, 1]]


def test_what_others_were_made_of_cannot_be_set():
    loader = DataLoader(range(2))
    for name in ("batch_size", "sampler", "drop_last", "dataset"):
        with pytest.raises(ValueError, match=f"{name} attribute should not be set"):
            setattr(loader, name, None)
    loader.collate_fn = tuple
    assert list(loader) == [(0,), (1,)]


BOTH = (ValueError, AssertionError)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"num_workers": -1}, "num_workers option should be non-negative, got -1"),
        ({"timeout": -1}, "timeout option should be non-negative"),
        ({"prefetch_factor": 2}, "prefetch_factor option could only be"),
        ({"prefetch_factor": 0, "num_workers": 1}, "should be positive, got 0"),
        ({"persistent_workers": True}, "persistent_workers option needs num_workers > 0"),
        ({"sampler": [0], "shuffle": True}, "sampler option is mutually exclusive with shuffle"),
        ({"batch_sampler": [[0]], "batch_size": 2}, "batch_sampler option is mutually exclusive"),
        ({"batch_sampler": [[0]], "shuffle": True}, "batch_sampler option is mutually exclusive"),
        ({"batch_sampler": [[0]], "drop_last": True}, "batch_sampler option is mutually"),
        ({"batch_size": None, "drop_last": True}, "disables auto-batching"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"multiprocessing_context": "fork"}, "can only be used with multi-process loading"),
        ({"multiprocessing_context": "hop", "num_workers": 1}, "valid start method in"),
        ({"timeout": 1}, "this DataLoader has none"),
    ],
)
def test_options_that_contradict_are_refused(options, text):
    with pytest.raises(BOTH, match=text):
        list(DataLoader(range(3), **options))


@pytest.mark.parametrize("name", ["shuffle", "sampler", "batch_sampler"])
def test_a_stream_has_its_own_order(name):
    with pytest.raises(ValueError, match=f"expected unspecified {name} option"):
        DataLoader(Stream(3), **{name: [[0]]})


def test_a_context_must_be_one():
    with pytest.raises(TypeError, match="multiprocessing_context=3"):
        DataLoader(range(3), num_workers=1, multiprocessing_context=3)


def test_too_many_workers_are_warned_of(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    with pytest.warns(UserWarning, match="will create 3 worker processes.* system is 1"):
        DataLoader(range(3), num_workers=3)


def test_an_iterator_is_not_pickled():
    with pytest.raises(NotImplementedError, match="pickle the DataLoader"):
        iter(DataLoader(range(3))).__reduce__()


@pytest.mark.peers
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 3},
        {"batch_size": 3, "shuffle": True},
        {"batch_size": 4, "shuffle": True, "drop_last": True},
        {"batch_size": None, "shuffle": True},
        {"batch_size": 3, "shuffle": True, "own": True},
        {"batch_size": 3, "replace": True},
    ],
    ids=str,
)
def test_the_order_of_three_epochs_is_that_of_pytorch(options):
    import torch.utils.data

    found = []
    for m in (mg, torch):
        m.manual_seed(1234)
        d, more = m.utils.data, dict(options)
        if more.pop("own", False):
            more["generator"] = m.Generator().manual_seed(7)
        if more.pop("replace", False):
            more["sampler"] = d.RandomSampler(range(23), replacement=True)
        loader = d.DataLoader(range(23), **more)
        seen = [len(loader)]
        for _ in range(3):
            for batch in loader:
                seen.append(batch if isinstance(batch, int) else batch.tolist())
                seen.append(m.rand(1).item())  # drawn in between, as dropout does
        found.append(seen)
    assert found[0] == found[1]
