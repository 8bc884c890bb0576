"""Networks with each activation and each loss: the same bits at first, the same after training."""

import numpy as np
import pytest

from tests.nn.peer import draw
from tests.nn.training_peer import same_training

pytestmark = pytest.mark.peers

ACTIVATIONS = [
    ("CELU", {"alpha": 0.5}), ("ELU", {"alpha": 0.7, "inplace": True}), ("GELU", {}),
    ("GELU", {"approximate": "tanh"}), ("GLU", {"dim": 1}), ("Hardshrink", {"lambd": 0.1}),
    ("Hardsigmoid", {}), ("Hardswish", {"inplace": True}), ("Hardtanh", {"max_val": 0.5}),
    ("LeakyReLU", {"negative_slope": 0.2}), ("LogSigmoid", {}), ("LogSoftmax", {"dim": 1}),
    ("Mish", {}), ("PReLU", {}), ("PReLU", {"num_parameters": 6, "init": 0.1}), ("ReLU", {}),
    ("ReLU6", {"inplace": True}), ("RReLU", {}), ("SELU", {}), ("Sigmoid", {}), ("SiLU", {}),
    ("Softmax", {"dim": 1}), ("Softmin", {"dim": 1}), ("Softplus", {"beta": 2.0}),
    ("Softshrink", {}), ("Softsign", {}), ("Tanh", {}), ("Tanhshrink", {}),
    ("Threshold", {"threshold": 0.1, "value": 0.3}),
]  # fmt: skip


# In their derivatives PyTorch has the constants 1/6 and 1/alpha in float32 only.
COARSE = {"Hardsigmoid"}


def named(case):
    return "-".join([case[0], *case[1]])


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", ACTIVATIONS, ids=named)
def test_activations(torch, case, dtype):
    name, options = case
    if name in COARSE:
        dtype = "float32"
    after = 3 if name == "GLU" else 6

    def build(m):
        nn = m.nn
        layer = getattr(nn, name)(**options)
        return nn.Sequential(nn.Linear(4, 6), nn.LayerNorm(6), layer, nn.Linear(after, 2))

    same_training(torch, build, lambda m, net: net(m.tensor(draw(5, 4).astype(dtype))), dtype)


def test_bilinear(torch):
    for bias in (True, False):

        def build(m, bias=bias):
            return m.nn.Bilinear(3, 4, 2, bias=bias)

        def forward(m, net):
            return net(m.tensor(draw(2, 5, 3)), m.tensor(draw(2, 5, 4, seed=1))).tanh()

        same_training(torch, build, forward)


X, Y = draw(5, 3, seed=1), draw(5, 3, seed=2, low=0.1, high=0.9)
CLASSES, SIGNS = np.array([0, 2, 1, 1, 0]), np.array([1.0, -1.0, 1.0, 1.0, -1.0])
# Name, options, targets; the first argument is the network's output.
LOSSES = [
    ("L1Loss", {}, (Y,)), ("MSELoss", {}, (Y,)),
    ("SmoothL1Loss", {"beta": 0.3}, (Y,)), ("HuberLoss", {"delta": 0.3}, (Y,)),
    ("PoissonNLLLoss", {"full": True}, (CLASSES[:, None] * np.ones((1, 3)),)),
    ("GaussianNLLLoss", {}, (Y, Y)), ("NLLLoss", {"ignore_index": 2}, (CLASSES,)),
    ("CrossEntropyLoss", {"label_smoothing": 0.1}, (CLASSES,)),
    ("BCEWithLogitsLoss", {}, (Y,)), ("KLDivLoss", {"reduction": "batchmean"}, (Y,)),
    ("SoftMarginLoss", {}, (np.sign(X),)), ("MultiLabelSoftMarginLoss", {}, (Y,)),
    ("MultiMarginLoss", {"p": 2}, (CLASSES,)),
    ("MultiLabelMarginLoss", {}, (np.array([[0, 1, -1]] * 5),)),
    ("HingeEmbeddingLoss", {"margin": 0.5}, (np.sign(X),)),
    ("MarginRankingLoss", {"margin": 0.5}, (Y, np.sign(X))),
    ("CosineEmbeddingLoss", {"margin": 0.1}, (Y, SIGNS)),
    ("TripletMarginLoss", {"swap": True}, (X, Y)),
    ("TripletMarginWithDistanceLoss", {"margin": 0.5}, (X, Y)),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("case", LOSSES, ids=named)
def test_losses(torch, case, dtype):
    name, options, targets = case

    def build(m):
        return m.nn.ModuleList([m.nn.Linear(4, 3), getattr(m.nn, name)(**options)])

    def forward(m, net):
        given = [a.astype(dtype) if a.dtype.kind == "f" else a for a in (draw(5, 4), *targets)]
        x, *wanted = map(m.tensor, given)
        return net[1](net[0](x), *wanted)

    same_training(torch, build, forward, dtype)


@pytest.mark.parametrize("name", ["BCELoss", "BCEWithLogitsLoss", "CrossEntropyLoss", "NLLLoss",
                                  "MultiMarginLoss", "MultiLabelSoftMarginLoss"])  # fmt: skip
def test_weights_are_buffers(torch, name):
    import microgradnn as mg

    states = []
    for m in (mg, torch):
        layer = getattr(m.nn, name)(weight=m.ones(3))
        states.append((list(layer.state_dict()), list(getattr(m.nn, name)().state_dict())))
        assert list(layer.parameters()) == []
    assert states[0] == states[1]


def test_distances(torch):
    def build(m):
        return m.nn.ModuleList(
            [m.nn.Linear(4, 3), m.nn.PairwiseDistance(3.0, keepdim=True), m.nn.CosineSimilarity(1)]
        )

    def forward(m, net):
        x, y = net[0](m.tensor(draw(5, 4))), m.tensor(Y)
        return net[1](x, y) * net[2](x, y)

    same_training(torch, build, forward)


@pytest.mark.parametrize("head_bias", [False, True])
def test_adaptive_log_softmax(torch, head_bias):
    def build(m):
        return m.nn.AdaptiveLogSoftmaxWithLoss(
            8, 20, [3, 8, 14], div_value=2.0, head_bias=head_bias
        )

    def forward(m, net):
        x = m.tensor(draw(9, 8))
        output, loss = net(x, m.tensor([0, 2, 3, 7, 8, 13, 19, 14, 1]))
        one, _ = net(x[0], m.tensor(17))
        return m.cat([output, loss.reshape(1), one.reshape(1), net.log_prob(x).flatten()])

    same_training(torch, build, forward)


def test_adaptive_prediction(torch):
    import microgradnn as mg

    results = []
    for m in (mg, torch):
        m.manual_seed(1)
        net = m.nn.AdaptiveLogSoftmaxWithLoss(8, 20, [3, 8, 14], div_value=2.0).double()
        results.append(net.predict(m.tensor(5 * draw(60, 8))).tolist())
    assert results[0] == results[1]
    assert max(results[0]) >= 14
    assert min(results[0]) < 3


def test_ctc(torch):
    def build(m):
        return m.nn.ModuleList([m.nn.Linear(4, 5), m.nn.CTCLoss(blank=4, zero_infinity=True)])

    def forward(m, net):
        logs = m.nn.functional.log_softmax(net[0](m.tensor(draw(7, 2, 4))), 2)
        return net[1](logs, m.tensor([[0, 1, 1], [2, 3, 0]]), m.tensor([7, 5]), m.tensor([3, 2]))

    same_training(torch, build, forward)
