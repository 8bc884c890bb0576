"""Samplers: what they give, and that their numbers are PyTorch's."""

import pytest

import microgradnn as mg
from microgradnn.utils.data import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    WeightedRandomSampler,
)


def test_indices_in_order():
    sampler = SequentialSampler("abc")
    assert list(sampler) == list(sampler) == [0, 1, 2]
    assert len(sampler) == 3


def test_a_shuffle_has_every_index_once_and_differs_from_the_next():
    mg.manual_seed(0)
    sampler = RandomSampler(range(100))
    first, second = list(sampler), list(sampler)
    assert sorted(first) == sorted(second) == list(range(100))
    assert first != second


def test_more_samples_than_there_are_come_from_several_shuffles():
    drawn = list(RandomSampler(range(4), num_samples=10))
    assert sorted(drawn[:4]) == sorted(drawn[4:8]) == [0, 1, 2, 3]
    assert len(set(drawn[8:])) == 2


def test_the_length_of_a_dataset_may_change():
    data = [0, 1]
    sampler = RandomSampler(data)
    data.append(2)
    assert (len(sampler), sampler.num_samples) == (3, 3)


def test_weights_of_zero_are_never_drawn():
    drawn = list(WeightedRandomSampler([0.0, 1.0, 0.0, 2.0], 50))
    assert set(drawn) == {1, 3}
    assert sorted(WeightedRandomSampler([1.0, 1.0, 0.5], 3, replacement=False)) == [0, 1, 2]


def test_batches_of_indices():
    assert list(BatchSampler(range(7), 3, False)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(BatchSampler(range(7), 3, True)) == [[0, 1, 2], [3, 4, 5]]
    assert (len(BatchSampler(range(7), 3, False)), len(BatchSampler(range(7), 3, True))) == (3, 2)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: RandomSampler([1], replacement=1), TypeError, "replacement=1"),
        (lambda: RandomSampler([]), ValueError, r"num_samples=0 \(the length of the dataset\)"),
        (lambda: RandomSampler([1], num_samples=-1), ValueError, "num_samples=-1"),
        (lambda: RandomSampler([1], num_samples=1.5), ValueError, "num_samples=1.5"),
        (lambda: WeightedRandomSampler([1.0], 0), ValueError, "num_samples=0"),
        (lambda: WeightedRandomSampler([1.0], True), ValueError, "num_samples=True"),
        (lambda: WeightedRandomSampler([1.0], 1, 0), ValueError, "replacement=0"),
        (lambda: WeightedRandomSampler([[1.0]], 1), ValueError, r"shape \(1, 1\)"),
        (lambda: BatchSampler([1], 0, False), ValueError, "batch_size=0"),
        (lambda: BatchSampler([1], True, False), ValueError, "batch_size=True"),
        (lambda: BatchSampler([1], 1, 0), ValueError, "drop_last=0"),
        (lambda: iter(Sampler()), NotImplementedError, "must define __iter__"),
    ],
)
def test_what_does_not_fit_is_refused(make, error, text):
    with pytest.raises(error, match=text):
        make()


def samplers(m):
    """The random samplers, by how they are called."""
    d = m.utils.data

    def generator():
        return m.Generator().manual_seed(9)

    return {
        "shuffle": d.RandomSampler(range(40)),
        "shuffle, generator": d.RandomSampler(range(40), generator=generator()),
        "many": d.RandomSampler(range(7), num_samples=20),
        "few": d.RandomSampler(range(50), num_samples=5),
        "replacement": d.RandomSampler(range(50), replacement=True),
        "replacement, many": d.RandomSampler(range(5), True, 100, generator()),
        "replacement, 64": d.RandomSampler(range(5), True, 64, generator()),
        "subset": d.SubsetRandomSampler([5, 3, 8, 1]),
        "subset, generator": d.SubsetRandomSampler([5, 3, 8, 1], generator()),
        "weighted": d.WeightedRandomSampler([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], 20),
        "weighted, once": d.WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 3, False, generator()),
        "batches": d.BatchSampler(d.RandomSampler(range(10)), 4, True),
    }


@pytest.mark.peers
@pytest.mark.parametrize("name", list(samplers(mg)))
def test_samplers_draw_what_pytorch_draws(name):
    import torch
    import torch.utils.data

    found = []
    for m in (mg, torch):
        m.manual_seed(3)
        sampler = samplers(m)[name]
        found.append((len(sampler), list(sampler), list(sampler), m.rand(1).item()))
    assert found[0] == found[1]


def test_a_random_sampler_without_end_draws_as_it_goes():
    drawn = []
    for count in (10**15, 40):
        mg.manual_seed(0)
        sampler = iter(RandomSampler(range(10), replacement=True, num_samples=count))
        drawn.append([next(sampler) for _ in range(32)])
    assert drawn[0] == drawn[1]
    assert sum(1 for _ in sampler) == 8
