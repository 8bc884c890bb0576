"""`DistributedSampler`: the shares of several processes."""

import pytest

import microgradnn as mg
from microgradnn.utils.data import DistributedSampler


def shares(**options):
    return [list(DistributedSampler(range(7), 3, rank, **options)) for rank in range(3)]


def test_shares_are_equal_and_have_every_index():
    assert shares(shuffle=False) == [[0, 3, 6], [1, 4, 0], [2, 5, 1]]
    assert shares(shuffle=False, drop_last=True) == [[0, 3], [1, 4], [2, 5]]
    assert {i for share in shares() for i in share} == set(range(7))


def test_an_epoch_has_an_order_of_its_own():
    sampler = DistributedSampler(range(100), 2, 0)
    first = list(sampler)
    assert list(sampler) == first
    sampler.set_epoch(1)
    assert list(sampler) != first


def test_what_does_not_fit_is_refused():
    with pytest.raises(RuntimeError, match="give num_replicas and rank"):
        DistributedSampler(range(3))
    with pytest.raises(ValueError, match=r"Invalid rank 2, .*\[0, 1\]"):
        DistributedSampler(range(3), 2, 2)


@pytest.mark.peers
@pytest.mark.parametrize("size", [1, 2, 5, 12, 13])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
def test_shares_are_those_of_pytorch(size, drop_last, shuffle):
    import torch.utils.data

    found = []
    for m in (mg, torch):
        for replicas, rank in [(1, 0), (2, 0), (2, 1), (4, 3)]:
            sampler = m.utils.data.DistributedSampler(
                range(size), replicas, rank, shuffle, seed=3, drop_last=drop_last
            )
            sampler.set_epoch(2)
            found.append((len(sampler), list(sampler)))
    assert found[: len(found) // 2] == found[len(found) // 2 :]
