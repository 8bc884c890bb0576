"""Every loss with every option: values, first and second gradients are PyTorch's."""

import numpy as np
import pytest

import microgradnn as mg
from tests.nn.peer import draw, same_twice

pytestmark = pytest.mark.peers

RNG = np.random.default_rng(3)
X, Y = draw(3, 4), draw(3, 4, seed=1)
P, Q = RNG.dirichlet(np.ones(4), 3), RNG.dirichlet(np.ones(4), 3)
SIGNS = np.where(RNG.random((3, 4)) < 0.5, -1.0, 1.0)
BITS = (SIGNS + 1) / 2
COUNTS = RNG.integers(0, 5, (3, 4)).astype(float)
W = draw(3, 4, seed=2, low=0.1)
CHANCES = draw(3, 4, seed=9, low=0.1, high=0.9)
CLASSES = np.array([2, 0, 3])
LABELS = np.array([[1, 2, -1, 0], [3, -1, 0, 0], [-1, 1, 1, 1]])
A, B, C = draw(5, 3, seed=4), draw(5, 3, seed=5), draw(5, 3, seed=6)
PIXELS = draw(2, 4, 3, 2, seed=8)
PIXEL_CLASSES = RNG.integers(0, 4, (2, 3, 2))

# Name, operands ([array]: a constant), options. All is run with each reduction.
LOSSES = [
    ("l1_loss", (X, Y), {}),
    ("l1_loss", (X, Y), {"weight": W}),
    ("mse_loss", (X, Y), {}),
    ("mse_loss", (X, Y), {"weight": W}),
    ("smooth_l1_loss", (X, Y), {}),
    ("smooth_l1_loss", (X, Y), {"beta": 0.3}),
    ("smooth_l1_loss", (X, Y), {"beta": 0.0}),
    ("huber_loss", (X, Y), {}),
    ("huber_loss", (X, Y), {"delta": 0.3}),
    ("huber_loss", (X, Y), {"delta": 1.7, "weight": W}),
    ("poisson_nll_loss", (X, COUNTS), {}),
    ("poisson_nll_loss", (X, [COUNTS]), {"full": True}),
    ("poisson_nll_loss", (W, [COUNTS]), {"log_input": False, "eps": 1e-3}),
    ("gaussian_nll_loss", (X, Y, W), {}),
    ("gaussian_nll_loss", (X, Y, W[:, :1]), {"full": True}),
    ("gaussian_nll_loss", (X, Y, W[:, 0]), {"eps": 0.5}),
    ("gaussian_nll_loss", (X[0], Y[0], W[0, :1]), {}),
    ("nll_loss", (X, CLASSES), {}),
    ("nll_loss", (X, CLASSES), {"weight": W[0], "ignore_index": 2}),
    ("nll_loss", (X[0], np.array(1)), {}),
    ("nll_loss", (PIXELS, PIXEL_CLASSES), {"weight": W[0], "ignore_index": 1}),
    ("cross_entropy", (X, CLASSES), {"weight": W[0], "ignore_index": 0, "label_smoothing": 0.2}),
    ("cross_entropy", (X, P), {"weight": W[0], "label_smoothing": 0.2}),
    ("cross_entropy", (PIXELS, PIXEL_CLASSES), {"weight": W[0], "label_smoothing": 0.2}),
    ("binary_cross_entropy", (CHANCES, [Q]), {}),
    ("binary_cross_entropy", (CHANCES, [Q]), {"weight": W[0]}),
    ("binary_cross_entropy_with_logits", (X, BITS), {"weight": W, "pos_weight": W[0]}),
    ("soft_margin_loss", (X, [SIGNS]), {}),
    ("multilabel_soft_margin_loss", (X, BITS), {}),
    ("multilabel_soft_margin_loss", (X, BITS), {"weight": W[0]}),
    ("kl_div", (np.log(P), Q), {}),
    ("kl_div", (np.log(P), np.log(Q)), {"log_target": True}),
    ("kl_div", (np.log(P), [BITS]), {}),
    ("hinge_embedding_loss", (X, [SIGNS]), {}),
    ("hinge_embedding_loss", (X, [SIGNS * (W > 1)]), {"margin": 0.4}),
    ("margin_ranking_loss", (X, Y, [SIGNS]), {}),
    ("margin_ranking_loss", (X, Y, [SIGNS]), {"margin": 0.7}),
    ("cosine_embedding_loss", (A, B, [SIGNS.ravel()[:5]]), {}),
    ("cosine_embedding_loss", (A, B, [SIGNS.ravel()[:5]]), {"margin": -0.3}),
    ("cosine_embedding_loss", (A[0], B[0], [np.array(1.0)]), {}),
    ("triplet_margin_loss", (A, B, C), {}),
    ("triplet_margin_loss", (A, B, C), {"margin": 2.5, "p": 3.0, "eps": 1e-3, "swap": True}),
    ("triplet_margin_loss", (A[0], B[0], C[0]), {"p": 1.0}),
    ("triplet_margin_with_distance_loss", (A, B, C), {"margin": 2.0, "swap": True}),
    ("linear_cross_entropy", (A, draw(4, 3), np.array([0, 3, 1, 1, 2])), {"weight": W[0]}),
    ("linear_cross_entropy", (A, draw(4, 2, 3), RNG.integers(0, 4, (5, 2))),
     {"linear_bias": draw(4, 2), "ignore_index": 1, "label_smoothing": 0.1}),
]  # fmt: skip
# What PyTorch differentiates once only.
ONCE = [
    ("multi_margin_loss", (X, CLASSES), {}),
    ("multi_margin_loss", (X, CLASSES), {"p": 2, "margin": 0.5, "weight": W[0]}),
    ("multi_margin_loss", (X[0], np.array(1)), {}),
    ("multilabel_margin_loss", (X, LABELS), {}),
    ("multilabel_margin_loss", (X[0], LABELS[0]), {}),
]


def named(case):
    name, operands, options = case
    return f"{name}-{operands[0].ndim}d-{'-'.join(options) or 'plain'}"


def tensors(m, options):
    return {k: m.tensor(v) if isinstance(v, np.ndarray) else v for k, v in options.items()}


@pytest.fixture(scope="module")
def torch():
    import torch

    return torch


@pytest.mark.filterwarnings("ignore:.*reduction.*mean:UserWarning")  # of kl_div
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", LOSSES, ids=named)
def test_equal_to_second_order(torch, case, reduction):
    name, operands, options = case
    same_twice(
        torch,
        lambda m, *x: getattr(m.nn.functional, name)(
            *x, **tensors(m, options), reduction=reduction
        ),
        *operands,
        tolerance=1e-10,  # PyTorch's second derivative of binary_cross_entropy is cut off earlier
    )


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", ONCE, ids=named)
def test_equal_to_first_order(torch, case, reduction):
    name, (x, target), options = case
    results = []
    for m in (mg, torch):
        t = m.tensor(x, requires_grad=True)
        f = getattr(m.nn.functional, name)
        loss = f(t, m.tensor(target), **tensors(m, options), reduction=reduction)
        loss.sum().backward()
        results.append((loss.detach().numpy(), t.grad.numpy()))
    for a, b in zip(*results, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-12)


@pytest.mark.filterwarnings("ignore:.*reduction.*mean:UserWarning")
@pytest.mark.parametrize("case", LOSSES, ids=named)
def test_equal_in_float32(torch, case):
    name, operands, options = case
    small = {k: v.astype("f") if isinstance(v, np.ndarray) else v for k, v in options.items()}

    def as_float32(x):
        if isinstance(x, list):
            return [as_float32(x[0])]
        return x.astype("f") if x.dtype.kind == "f" else x

    same_twice(
        torch,
        lambda m, *x: getattr(m.nn.functional, name)(*x, **tensors(m, small)),
        *map(as_float32, operands),
        tolerance=5e-5,
    )


# --- Former arguments ---------------------------------------------------------------------------

LEGACY = ["l1_loss", "mse_loss", "smooth_l1_loss", "binary_cross_entropy_with_logits", "kl_div",
          "poisson_nll_loss", "soft_margin_loss", "multilabel_soft_margin_loss",
          "hinge_embedding_loss"]  # fmt: skip


@pytest.mark.parametrize("size_average", [None, True, False])
@pytest.mark.parametrize("reduce", [None, True, False])
@pytest.mark.parametrize("name", LEGACY)
def test_size_average_and_reduce(torch, name, size_average, reduce):
    if size_average is None and reduce is None:
        return
    results = []
    for m in (mg, torch):
        f = getattr(m.nn.functional, name)
        with pytest.warns(UserWarning, match="size_average and reduce args will be deprecated"):
            loss = f(m.tensor(X), m.tensor(BITS), size_average=size_average, reduce=reduce)
        results.append(loss.numpy())
    assert results[0].shape == results[1].shape
    np.testing.assert_allclose(*results, rtol=1e-13)


def test_the_former_arguments_by_position(torch):
    for m in (mg, torch):
        with pytest.warns(UserWarning, match="please use reduction='sum'"):
            loss = m.nn.functional.nll_loss(m.tensor(X), m.tensor(CLASSES), None, False, 2)
        assert loss.item() == pytest.approx(-X[1, 0] - X[2, 3])
        with pytest.warns(UserWarning, match="please use reduction='none'"):
            layer = m.nn.MSELoss(None, False)
        assert layer.reduction == "none"
        with pytest.warns(UserWarning, match="elementwise_mean.* is deprecated"):
            m.nn.functional.mse_loss(m.tensor(X), m.tensor(Y), reduction="elementwise_mean")


# --- Edges --------------------------------------------------------------------------------------


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 3, 2)])
def test_the_mean_over_ignored_targets_is_nan_with_the_gradient_of_pytorch(torch, shape, smoothing):
    results = []
    for m in (mg, torch):
        x = m.tensor(draw(*shape), requires_grad=True)
        places = shape[:1] + shape[2:] if len(shape) > 1 else ()
        target = m.full(places, -100, dtype=m.int64)
        m.nn.functional.cross_entropy(x, target, label_smoothing=smoothing).backward()
        results.append(x.grad.numpy())
    np.testing.assert_array_equal(*results)
    if not smoothing:
        assert not results[0].any()


def test_classes_that_weigh_nothing(torch):
    results = []
    for m in (mg, torch):
        x = m.tensor(X, requires_grad=True)
        m.nn.functional.cross_entropy(x, m.tensor(CLASSES), m.zeros(4).double()).backward()
        results.append(x.grad.numpy())
    np.testing.assert_array_equal(*results)


BAD = {
    "class out of range": lambda m, f: f.cross_entropy(m.zeros(2, 3), m.tensor([0, 3])),
    "negative class": lambda m, f: f.nll_loss(m.zeros(2, 3), m.tensor([0, -1])),
    "weight of another size": lambda m, f: f.nll_loss(m.zeros(2, 3), m.tensor([0, 1]), m.ones(2)),
    "smoothing": lambda m, f: f.cross_entropy(m.zeros(2, 3), m.tensor([0, 1]), label_smoothing=2),
    "ignored probabilities":
        lambda m, f: f.cross_entropy(m.zeros(2, 3), m.zeros(2, 3), ignore_index=1),
    "no probability": lambda m, f: f.binary_cross_entropy(m.tensor([1.5]), m.zeros(1)),
    "shapes": lambda m, f: f.binary_cross_entropy_with_logits(m.zeros(2), m.zeros(3)),
    "reduction": lambda m, f: f.mse_loss(m.zeros(2), m.zeros(2), reduction="avg"),
    "beta": lambda m, f: f.smooth_l1_loss(m.zeros(2), m.zeros(2), beta=-1.0),
    "delta": lambda m, f: f.huber_loss(m.zeros(2), m.zeros(2), delta=0.0),
    "weights": lambda m, f: f.mse_loss(m.zeros(2), m.zeros(2), weight=m.ones(1)),
    "negative variance": lambda m, f: f.gaussian_nll_loss(m.zeros(2), m.zeros(2), -m.ones(2)),
    "variances": lambda m, f: f.gaussian_nll_loss(m.zeros(2, 3), m.zeros(2, 3), m.ones(3)),
    "gaussian reduction":
        lambda m, f: f.gaussian_nll_loss(m.zeros(2), m.zeros(2), m.ones(2), reduction="a"),
    "ranks": lambda m, f: f.margin_ranking_loss(m.zeros(2), m.zeros(2), m.ones(2, 1)),
    "p": lambda m, f: f.multi_margin_loss(m.zeros(2, 3), m.tensor([0, 1]), p=3),
    "weight's rank":
        lambda m, f: f.multi_margin_loss(m.zeros(2, 3), m.tensor([0, 1]), weight=m.ones(1, 3)),
    "multi margin's target": lambda m, f: f.multi_margin_loss(m.zeros(2, 3), m.tensor([0])),
    "multi margin's class": lambda m, f: f.multi_margin_loss(m.zeros(2, 3), m.tensor([0, 3])),
    "labels' shape": lambda m, f: f.multilabel_margin_loss(m.zeros(2, 3), m.tensor([0, 1])),
    "cosine's target": lambda m, f: f.cosine_embedding_loss(m.zeros(2), m.zeros(2), m.ones(2)),
    "margin": lambda m, f: f.triplet_margin_loss(m.ones(2), m.ones(2), m.ones(2), margin=0.0),
    "triplet's ranks": lambda m, f: f.triplet_margin_loss(m.ones(2), m.ones(1, 2), m.ones(2)),
    "features": lambda m, f: f.linear_cross_entropy(m.ones(2, 3), m.ones(4, 2), m.tensor([0, 1])),
    "blank": lambda m, f: f.ctc_loss(m.zeros(2, 1, 3), m.tensor([[1]]), [2], [1], blank=3),
    "too long an input": lambda m, f: f.ctc_loss(m.zeros(2, 1, 3), m.tensor([[1]]), [3], [1]),
    "too long a target": lambda m, f: f.ctc_loss(m.zeros(2, 1, 3), m.tensor([[1]]), [2], [2]),
    "lengths": lambda m, f: f.ctc_loss(m.zeros(2, 1, 3), m.tensor([[1]]), [2, 2], [1]),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_pytorch_refuses_with_the_same_kind_of_error(torch, what):
    with pytest.raises(Exception) as theirs:  # noqa: PT011  (whatever it is)
        BAD[what](torch, torch.nn.functional)
    with pytest.raises(theirs.type):
        BAD[what](mg, mg.nn.functional)
