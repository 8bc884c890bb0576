"""Every seed network's real training run: published figures met, gradients equal at every step."""

import functools
import re

import pytest
from seednet import AGREEMENT, Setting
from seednet.catalogue import networks

NETWORKS = {network.id: network for network in networks()}

# What the articles publish, written here a second time: the figures' own verdicts are not trusted.
# (low, high) is what both derivations must lie between; a plain number must be met to its digits.
PUBLISHED = {
    "S1": {
        "test accuracy (%)": (90.49 - 2.40, 90.49 + 2.40),
        "total accuracy (%)": (90.33 - 0.40, 90.33 + 0.40),
        "total, weights within 1": (35, 75),
        "test, standardised": (97, 100),
    },
    "S2a": {"output for [2, 3]": 0.9990889488055994, "the same by nn.Neuron": 0.9990889488055994},
    "S2b": {"output for [2, 3]": 0.7216325609518421},
    "S2c": {"loss of answering 0": 0.5},
    "S2d": {
        "h1": 0.04742587317756678,
        "y_pred": 0.5236951740839997,
        "dL/dy_pred": -0.95260965,
        "dy_pred/dh1": 0.24943854,
        "dh1/dw1": -0.09035332,
        "dL/dw1": 0.02146953526581111,
    },
    "S2e": {"Emily": (0.90, 1), "Frank": (0, 0.25), "loss after 1000 epochs": (0, 0.02)},
    "S3a": {"w after one step": 1, "answer to 2": 2},
    "S3b": {"w after step 1": 4, "w after step 2": -8, "w after step 3": 28},
    "S3c": {
        "w after pass 1": 0.4,
        "w after pass 2": 0.64,
        "w after pass 3": 0.784,
        "w after pass 18": 0.99989844,
    },
    "S4": {
        "w": (1.8 - 1e-7, 1.8 + 1e-7),
        "b": (32 - 1.1e-7, 32 + 1.1e-7),
        "w, summed gradient": (1.8 - 1e-7, 1.8 + 1e-7),
        "b, summed gradient": (32 - 1.1e-7, 32 + 1.1e-7),
    },
    "S5a": {
        "w1": 9.67299303,
        "w2": -0.2078435,
        "w3": -4.62963669,
        "answer to [1, 0, 0]": 0.99993704,
    },
    "S5b": {
        "answer to [1, 1, 0]": 0.0078876,
        "layer 2, weight 1": -8.18850925,
        "layer 2, weight 2": 10.13210706,
        "layer 2, weight 3": -21.33532796,
        "layer 2, weight 4": 9.90935111,
    },
    "S5c": {"bias and w0 differ by": (0, 1e-10)},
    "S5d": {"test accuracy (%)": (95, 100)},
    "S5e": {"reconstruction error": (0, 0.06)},
    "S5f": {"full - dropped (points)": (0.1, 100)},
    "S5g": {"exponent of depth": (0.8, 1.2), "exponent of width": (1.7, 2.3)},
}

# Gradients compared: steps times parameters, so that a shortened training would be seen.
COMPARED = {
    "S1": 3 * 10 * 250,
    "S2a": 5,
    "S2b": 4,
    "S2c": 1,
    "S2d": 9 + 3,
    "S2e": 1000 * 4 * 4,
    "S3a": 1,
    "S3b": 10,
    "S3c": 18,
    "S4": 2 * 10_000 * 2,
    "S5a": 10_000,
    "S5b": 60_000 * 2,
    "S5c": 2_000 * 3,
    "S5d": 20 * (1257 // 32) * 4,
    "S5e": 80 * (1257 // 32) * 8,
    "S5f": 800 * 6,
}


@pytest.fixture(scope="module")
def result_of(tmp_path_factory):
    """Each network is trained once, in full, for all tests here."""
    setting = Setting(0, tmp_path_factory.mktemp("out"), show_progress=False)
    return functools.cache(lambda id: NETWORKS[id].trained(setting))


def number(shown):
    return float(re.match(r"[-+]?[0-9.]+(e[-+][0-9]+)?", shown).group())


def test_no_network_is_missing():
    assert list(NETWORKS) == list(PUBLISHED)


@pytest.mark.parametrize("id", PUBLISHED)
def test_every_published_figure_is_met_by_hand_and_by_the_engine(result_of, id):
    figures = {figure.name: figure for figure in result_of(id).figures}
    assert list(figures) == list(PUBLISHED[id])
    for name, published in PUBLISHED[id].items():
        figure = figures[name]
        assert figure.agrees, figure
        for shown in (figure.by_hand, figure.engine):
            if isinstance(published, tuple):
                assert published[0] <= number(shown) <= published[1], figure
            else:
                digits = len(shown.partition(".")[2])
                assert digits >= len(str(published).partition(".")[2].removesuffix("0")), figure
                assert number(shown) == pytest.approx(published, rel=4e-16, abs=0)


@pytest.mark.parametrize("id", PUBLISHED)
def test_gradients_are_equal_at_every_step_and_weights_after_every_update(result_of, id):
    result = result_of(id)
    lockstep = result.lockstep
    assert AGREEMENT == 1e-10
    assert lockstep.largest_gradient_difference <= 1e-10, lockstep.worst_gradient
    assert lockstep.largest_weight_difference <= 1e-10
    assert result.agrees
    if id in COMPARED:
        assert lockstep.gradients_compared == COMPARED[id]


@pytest.mark.parametrize("id", PUBLISHED)
def test_pictures_are_whole_and_the_story_is_told(result_of, id):
    result = result_of(id)
    assert result.story
    for path in result.files:
        head = path.read_bytes()[:2000]
        assert head.startswith(b"\x89PNG") if path.suffix == ".png" else b"<svg" in head, path
    assert bool(result.files) == ("matplotlib" in NETWORKS[id].needs or id in ("S2d", "S5c"))


@pytest.mark.parametrize(
    ("id", "told"),
    [
        ("S1", "slope o (1 - o) before training"),
        ("S2e", "epoch 990  loss"),
        ("S4", "the same line"),
        ("S5b", "from how many of 200 first weights"),
        ("S5b", "What an improvement costs"),
        ("S5d", "five most probable"),
        ("S5d", "sorted rightly with probability"),
        ("S5g", "A step costs depth^"),
    ],
)
def test_the_articles_ideas_are_in_the_story(result_of, id, told):
    assert told in "\n".join(result_of(id).story)
