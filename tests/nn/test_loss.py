"""Losses as modules: their options, what they keep, and that they call the functions."""

import pytest

import microgradnn as mg
from tests.nn.peer import draw

nn = mg.nn


def test_a_weight_is_a_buffer_and_no_parameter():
    layer = nn.CrossEntropyLoss(mg.ones(3))
    assert list(layer.state_dict()) == ["weight"]
    assert list(layer.parameters()) == []
    assert layer.double().weight.dtype is mg.float64
    assert nn.BCELoss().weight is None


def test_another_reduction_is_refused_at_once():
    for name in ("MSELoss", "HuberLoss", "CTCLoss", "TripletMarginLoss", "GaussianNLLLoss"):
        with pytest.raises(ValueError, match="reduction is 'mean', 'sum' or 'none', got 'avg'"):
            getattr(nn, name)(reduction="avg")
    with pytest.raises(ValueError, match="got 'batchmean'"):
        nn.MSELoss(reduction="batchmean")
    assert nn.KLDivLoss(reduction="batchmean").reduction == "batchmean"


@pytest.mark.parametrize(
    ("size_average", "reduce", "expected"),
    [(True, None, "mean"), (False, None, "sum"), (None, False, "none"), (True, True, "mean"),
     (False, True, "sum"), (True, False, "none"), (False, False, "none")],
)  # fmt: skip
def test_former_arguments(size_average, reduce, expected):
    for name in ("L1Loss", "KLDivLoss", "NLLLoss", "MultiLabelMarginLoss"):
        with pytest.warns(UserWarning, match=f"please use reduction='{expected}' instead"):
            layer = getattr(nn, name)(size_average=size_average, reduce=reduce)
        assert layer.reduction == expected


def test_options_reach_the_function():
    x, y = mg.tensor(draw(3, 4)), mg.tensor(draw(3, 4, seed=1))
    F = nn.functional
    pairs = [
        (nn.SmoothL1Loss(beta=0.2), F.smooth_l1_loss(x, y, beta=0.2)),
        (nn.HuberLoss("sum", 0.2), F.huber_loss(x, y, "sum", 0.2)),
        (nn.PoissonNLLLoss(full=True), F.poisson_nll_loss(x, y, full=True)),
        (nn.HingeEmbeddingLoss(0.3), F.hinge_embedding_loss(x, y, 0.3)),
        (nn.SoftMarginLoss(reduction="none"), F.soft_margin_loss(x, y, reduction="none")),
    ]
    for layer, expected in pairs:
        assert mg.equal(layer(x, y), expected)
