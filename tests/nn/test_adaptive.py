"""A softmax over clusters of classes: probabilities, the loss, bad cutoffs."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw


def layer(head_bias=False):
    mg.manual_seed(0)
    return mg.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [4, 10], 2.0, head_bias, dtype=mg.float64)


def test_the_probabilities_of_all_classes_have_the_sum_one():
    net, x = layer(), mg.tensor(draw(5, 8))
    logs = net.log_prob(x)
    assert logs.shape == (5, 20)
    assert mg.allclose(logs.exp().sum(1), mg.ones(5).double())
    target = mg.tensor([0, 3, 4, 9, 19])
    output, loss = net(x, target)
    assert mg.allclose(output, logs.gather(1, target.unsqueeze(1)).squeeze(1))
    assert loss.item() == pytest.approx(-output.mean().item())
    alone = net(x[2], target[2])
    assert alone.output.shape == ()
    assert alone.output.item() == pytest.approx(output[2].item())


def test_the_likeliest_class():
    net, x = layer(head_bias=True), mg.tensor(3 * draw(50, 8))
    best = net.predict(x)
    in_head = net.head(x).argmax(1) < 4
    assert in_head.any()
    assert not in_head.all()
    assert mg.equal(best[~in_head], net.log_prob(x).argmax(1)[~in_head])
    assert (best[in_head] < 4).all()


def test_only_what_is_used_is_learned():
    net = layer()
    net(mg.tensor(draw(3, 8)), mg.tensor([0, 1, 5])).loss.backward()
    assert net.head.weight.grad is not None
    assert net.tail[0][0].weight.grad is not None
    assert net.tail[1][0].weight.grad is None


@pytest.mark.parametrize("cutoffs", [[], [5, 4], [4, 4], [0, 4], [4, 20], [1.5]])
def test_bad_cutoffs(cutoffs):
    with pytest.raises(ValueError, match="cutoffs should be a sequence of unique, positive"):
        mg.nn.AdaptiveLogSoftmaxWithLoss(8, 20, cutoffs)


def test_bad_targets():
    net, x = layer(), mg.tensor(draw(3, 8))
    with pytest.raises(RuntimeError, match=r"in \[0, 19\], but values in range \[0, 20\]"):
        net(x, mg.tensor([0, 20, 1]))
    for target in (mg.tensor([0, 1]), mg.tensor(0), mg.tensor([[0, 1, 2]])):
        with pytest.raises(RuntimeError, match="same size in the batch dimension"):
            net(x, target)
