"""S5e: an autoencoder squeezes an image through two numbers.

The wanted output is the input itself. That would be easy, were there not a bottleneck: 64 pixels
go through 10 neurons into 2, and from these 2 through 10 again into 64::

    x (64) -> tanh (10) -> code (2) -> tanh (10) -> sigmoid (64) = y     L = mean (y - x)^2

What comes out is a two-number summary of an image, found without anybody saying what is on it. In
the plot of the codes, equal digits lie together all the same.

Is it any good? The best *linear* squeeze into two numbers is known: the first two principal
components. The network should beat it, since its curved layers can do more than a plane can.

By hand, a layer is always the same three lines (see ``gradient``): the layer's slope, its weights'
gradient, and what it hands to the layer before.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from digit_images import Split, digits
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p
from seednet.lockstep import Pairs

import microgradnn as mg

SIZES = (64, 10, 2, 10, 64)
# Twice the rate or more momentum learns a little more in the same time, but then the training is
# chaotic: two of them, apart by one rounding error, end at different weights. Equal gradients
# are not enough for equal ends there.
EPOCHS, BATCH, RATE, MOMENTUM = 80, 32, 3.0, 0.5

# Weights (out, in) and biases (out,) of the four layers, alternating.
Weights = list[np.ndarray]


def first_weights(random: np.random.Generator) -> Weights:
    """Uniform weights sized to keep signals and gradients about as large as they come in."""
    weights: Weights = []
    for inputs, outputs in pairwise(SIZES):
        largest = np.sqrt(6 / (inputs + outputs))
        weights += [random.uniform(-largest, largest, (outputs, inputs)), np.zeros(outputs)]
    return weights


def forward(weights: Weights, x: np.ndarray) -> list[np.ndarray]:
    """The input and what each layer makes of it; the code is the third, the image the last."""
    w1, b1, w2, b2, w3, b3, w4, b4 = weights
    h1 = np.tanh(x @ w1.T + b1)
    code = h1 @ w2.T + b2
    h2 = np.tanh(code @ w3.T + b3)
    y = 1 / (1 + np.exp(-(h2 @ w4.T + b4)))
    return [x, h1, code, h2, y]


def gradient(weights: Weights, x: np.ndarray) -> Weights:
    """The gradient of mean (y - x)^2, layer by layer from the end."""
    _, _, w2, _, w3, _, w4, _ = weights
    _, h1, code, h2, y = forward(weights, x)

    dl_dy = 2 * (y - x) / y.size
    d4 = dl_dy * y * (1 - y)  # dL/dz of the last layer: the sigmoid's slope
    dw4, db4 = d4.T @ h2, d4.sum(axis=0)
    dl_dh2 = d4 @ w4

    d3 = dl_dh2 * (1 - h2**2)  # the slope of tanh
    dw3, db3 = d3.T @ code, d3.sum(axis=0)
    dl_dcode = d3 @ w3

    d2 = dl_dcode  # the code is not squashed: slope 1
    dw2, db2 = d2.T @ h1, d2.sum(axis=0)
    dl_dh1 = d2 @ w2

    d1 = dl_dh1 * (1 - h1**2)
    dw1, db1 = d1.T @ x, d1.sum(axis=0)
    return [dw1, db1, dw2, db2, dw3, db3, dw4, db4]


def network(start: Weights) -> tuple[mg.nn.Sequential, mg.nn.Sequential]:
    """The engine's encoder and decoder, with the given first weights."""
    encoder = mg.nn.Sequential(mg.nn.Linear(64, 10), mg.nn.Tanh(), mg.nn.Linear(10, 2)).double()
    decoder = mg.nn.Sequential(
        mg.nn.Linear(2, 10), mg.nn.Tanh(), mg.nn.Linear(10, 64), mg.nn.Sigmoid()
    ).double()
    with mg.no_grad():
        own = [*encoder.parameters(), *decoder.parameters()]
        for parameter, values in zip(own, start, strict=True):
            parameter.copy_(mg.tensor(values))
    return encoder, decoder


def _pairs(by_hand: Weights, engine: list[mg.Tensor]) -> Pairs:
    names = [f"{kind} {layer}" for layer in (1, 2, 3, 4) for kind in ("weight", "bias")]
    return dict(zip(names, zip(by_hand, engine, strict=True), strict=True))


def train(
    setting: Setting, images: np.ndarray
) -> tuple[Lockstep, Weights, mg.nn.Sequential, mg.nn.Sequential, list[float]]:
    """Both trainings in lockstep, on the same batches."""
    random = np.random.default_rng(setting.seed)
    weights = first_weights(random)
    velocity = [np.zeros_like(w) for w in weights]
    encoder, decoder = network(weights)
    own = [*encoder.parameters(), *decoder.parameters()]
    optimizer = mg.optim.SGD(own, lr=RATE, momentum=MOMENTUM)
    squared_error = mg.nn.MSELoss()

    lockstep, losses = Lockstep(), []
    for _ in setting.steps(EPOCHS, "S5e  autoencoder"):
        order = random.permutation(len(images))
        epoch_losses = []
        for first in range(0, len(order) - BATCH + 1, BATCH):
            batch = images[order[first : first + BATCH]]

            by_hand = gradient(weights, batch)
            velocity = [MOMENTUM * v + g for v, g in zip(velocity, by_hand, strict=True)]
            weights = [w - RATE * v for w, v in zip(weights, velocity, strict=True)]

            x = mg.tensor(batch)
            loss = squared_error(decoder(encoder(x)), x)
            optimizer.zero_grad()
            loss.backward()
            expected = gradient([parameter.detach().numpy() for parameter in own], batch)
            lockstep.gradients(**_pairs(expected, [parameter.grad for parameter in own]))
            optimizer.step()
            lockstep.weights(**_pairs(weights, own))
            epoch_losses.append(loss.item())
        losses.append(float(np.mean(epoch_losses)))
    return lockstep, weights, encoder, decoder, losses


def principal_components(train: np.ndarray, test: np.ndarray) -> float:
    """The test error of the best linear squeeze into two numbers."""
    mean = train.mean(axis=0)
    _, _, directions = np.linalg.svd(train - mean, full_matrices=False)
    two = directions[:2]
    back = (test - mean) @ two.T @ two + mean
    return float(((back - test) ** 2).mean())


def run(setting: Setting) -> Result:
    """Train, compare with principal components, draw codes and reconstructions."""
    split = digits(setting.seed)
    train_images, test_images = (
        images.reshape(len(images), 64) for images in (split.train_images, split.test_images)
    )
    before = first_weights(np.random.default_rng(setting.seed))
    error_before = float(((forward(before, test_images)[-1] - test_images) ** 2).mean())
    lockstep, weights, encoder, decoder, losses = train(setting, train_images)
    with mg.no_grad():
        codes = encoder(mg.tensor(test_images))
        images = decoder(codes).numpy()
        codes = codes.numpy()
    by_hand = float(((forward(weights, test_images)[-1] - test_images) ** 2).mean())
    error = float(((images - test_images) ** 2).mean())
    linear = principal_components(train_images, test_images)
    result = Result(
        [
            Figure.within(
                "reconstruction error",
                f"falls from {error_before:.4f}",
                by_hand,
                error,
                high=error_before / 2,
                shown="{:.4f}",
            ),
        ],
        lockstep,
        story=[
            *(f"epoch {epoch:2d}  error {losses[epoch]:.5f}" for epoch in range(0, EPOCHS, 5)),
            f"Test error {error:.5f}; the best linear squeeze into two numbers has {linear:.5f}.",
        ],
    )
    result.files.append(_plot(setting, split, codes, losses, linear))
    result.files.append(_plot_images(setting, test_images, images))
    return result


def _plot(
    setting: Setting, split: Split, codes: np.ndarray, losses: list[float], linear: float
) -> Path:
    colors = (
        p.BLUE, p.ORANGE, p.GREEN, p.VERMILION, p.PURPLE,
        p.SKY, p.BLACK, "#8c6d1f", "#7a7a7a", "#5b3fa0",
    )  # fmt: skip
    with p.panels(
        1,
        2,
        "Ten digits squeezed into two numbers",
        size=(12, 5.6),
        gridspec_kw={"width_ratios": [2, 3]},
    ) as (figure, (left, right)):
        left.plot(losses, color=p.BLUE, label="autoencoder, training")
        left.axhline(linear, color=p.VERMILION, linestyle="--", label="two principal components")
        left.set(title="The error falls", xlabel="epoch", ylabel="mean squared error")
        left.legend()
        # Each point is the digit itself: readable without telling ten colours apart.
        for digit in range(10):
            own = codes[split.test_answers == digit]
            right.scatter(
                own[:, 0], own[:, 1], marker=f"${digit}$", s=42, color=colors[digit], linewidth=0.3
            )
        right.set(
            title="The codes of the test images",
            xlabel="first number of the code",
            ylabel="second number of the code",
        )
        return setting.save(figure, "s5e-codes.png")


def _plot_images(setting: Setting, images: np.ndarray, back: np.ndarray) -> Path:
    with p.panels(2, 10, "Through the bottleneck", size=(11, 2.9)) as (figure, axes):
        for column in range(10):
            for row, (name, pixels) in enumerate((("image", images), ("rebuilt", back))):
                axis = axes[row, column]
                axis.imshow(pixels[column].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
                axis.set(xticks=[], yticks=[])
                axis.grid(visible=False)
                if column == 0:
                    axis.set_ylabel(name)
        return setting.save(figure, "s5e-reconstructions.png")


NETWORKS = (SeedNetwork("S5e", "autoencoder 64-10-2-10-64", run, needs=("sklearn", "matplotlib")),)

if __name__ == "__main__":
    run_alone(NETWORKS)
