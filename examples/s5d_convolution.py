"""S5d: a convolutional network reads handwritten digits.

A dense layer has a weight for every pixel: what it learns in one corner it does not know in
another. A convolution has a small filter (here 3 x 3) that is slid over the image and asks the
same question everywhere. Max-pooling then keeps, of each 2 x 2 patch, the strongest reply and
forgets where exactly it was; doing it again halves the map once more. At the end a dense layer
and a softmax turn 128 numbers into ten probabilities, and one asks for the five most probable::

    image (1, 8, 8) -> convolution (32, 8, 8) -> relu -> pool (32, 4, 4) -> pool (32, 2, 2)
                    -> dense (10) -> softmax

**Softmax and cross-entropy.** Ten scores z become probabilities e^z_k / sum e^z. The network's
probability of sorting *all* the examples rightly is the product of what it gives each right answer.
To make that product largest is to make the sum of the logarithms largest, or minus their mean
smallest: that is the cross-entropy loss. Its gradient by the scores is as simple as can be,
``probability - wanted``, where wanted is 1 for the right digit and 0 for the others.

**Backwards by hand.** ``digit_network_by_hand`` has it all in NumPy. A max-pooling passes a
gradient to the pixel that won and nothing to the others. A convolution is a matrix product between
all patches of the image and the filters, so the filters' gradient is one, too: patches, transposed,
times gradients.
"""

from __future__ import annotations

from pathlib import Path

import digit_network_by_hand as hand
import numpy as np
from digit_images import Split, digits
from seednet import Figure, Lockstep, Result, SeedNetwork, Setting, run_alone
from seednet import plots as p
from seednet.lockstep import Pairs

import microgradnn as mg

FILTERS, EPOCHS, BATCH, RATE, MOMENTUM = 32, 20, 32, 0.05, 0.9


def network(start: hand.Weights) -> mg.nn.Sequential:
    """The engine's network, with the given first weights."""
    net = mg.nn.Sequential(
        mg.nn.Conv2d(1, FILTERS, 3, padding=1),
        mg.nn.ReLU(),
        mg.nn.MaxPool2d(2),
        mg.nn.MaxPool2d(2),
        mg.nn.Flatten(),
        mg.nn.Linear(FILTERS * 4, 10),
    ).double()
    with mg.no_grad():
        for parameter, values in zip(net.parameters(), start, strict=True):
            parameter.copy_(mg.tensor(values))
    return net


def train(
    setting: Setting, split: Split
) -> tuple[Lockstep, hand.Weights, mg.nn.Sequential, list[float]]:
    """Both trainings in lockstep, on the same batches."""
    random = np.random.default_rng(setting.seed)
    weights = hand.first_weights(random, FILTERS)
    velocity = hand.Weights(*(np.zeros_like(w) for w in weights))
    net = network(weights)
    optimizer = mg.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    cross_entropy = mg.nn.CrossEntropyLoss()
    own = list(net.parameters())

    lockstep, losses = Lockstep(), []
    for _ in setting.steps(EPOCHS, "S5d  convolution"):
        order = random.permutation(len(split.train_answers))
        epoch_losses = []
        for first in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[first : first + BATCH]
            images, answers = split.train_images[chosen], split.train_answers[chosen]

            gradient = hand.gradient(weights, images, answers)
            velocity = hand.Weights(
                *(MOMENTUM * v + g for v, g in zip(velocity, gradient, strict=True))
            )
            weights = hand.Weights(*(w - RATE * v for w, v in zip(weights, velocity, strict=True)))

            loss = cross_entropy(net(mg.tensor(images)), mg.tensor(answers))
            optimizer.zero_grad()
            loss.backward()
            at_engine = hand.Weights(*(parameter.detach().numpy() for parameter in own))
            expected = hand.gradient(at_engine, images, answers)
            lockstep.gradients(**_pairs(expected, [parameter.grad for parameter in own]))
            optimizer.step()
            lockstep.weights(**_pairs(weights, own))
            epoch_losses.append(loss.item())
        losses.append(float(np.mean(epoch_losses)))
    return lockstep, weights, net, losses


def _pairs(by_hand: hand.Weights, engine: list[mg.Tensor]) -> Pairs:
    return dict(zip(by_hand._fields, zip(by_hand, engine, strict=True), strict=True))


def run(setting: Setting) -> Result:
    """Train, test beside two peers on the same split, and show the five most probable."""
    split = digits(setting.seed)
    lockstep, weights, net, losses = train(setting, split)
    net.eval()
    with mg.no_grad():
        probabilities = mg.softmax(net(mg.tensor(split.test_images)), dim=1).numpy()
    by_hand = hand.probabilities(weights, split.test_images)
    accuracy_hand, accuracy = (
        100 * float((answer.argmax(axis=1) == split.test_answers).mean())
        for answer in (by_hand, probabilities)
    )
    peers = peer_accuracies(split)
    best_peer = max(peers, key=lambda name: peers[name])

    # The least certain of the rightly sorted images has the most to say for itself.
    right = np.flatnonzero(probabilities.argmax(axis=1) == split.test_answers)
    shown = right[np.argsort(probabilities[right].max(axis=1))[:3]]
    result = Result(
        [
            Figure.within(
                "test accuracy (%)",
                f"peer: {peers[best_peer]:.1f}",
                accuracy_hand,
                accuracy,
                low=95.0,
                shown="{:.1f}",
            ),
        ],
        lockstep,
        story=[
            *(
                f"epoch {epoch:2d}  loss {loss:.4f}  "
                f"(each image sorted rightly with probability {np.exp(-loss):.3f})"
                for epoch, loss in enumerate(losses)
            ),
            f"Test accuracy on the same {len(split.test_answers)} images: here {accuracy:.1f} %, "
            + ", ".join(f"{name} {value:.1f} %" for name, value in peers.items()),
            "The five most probable digits of the three least certain images:",
            *(
                f"  a {split.test_answers[i]}: "
                + ", ".join(
                    f"{digit} with {probabilities[i, digit]:.3f}"
                    for digit in np.argsort(-probabilities[i])[:5]
                )
                for i in shown
            ),
        ],
    )
    result.files.append(_plot(setting, split, probabilities, shown))
    result.files.append(_plot_filters(setting, split, net, losses))
    return result


def peer_accuracies(split: Split) -> dict[str, float]:
    """scikit-learn's logistic regression and neural network on the same split, in percent."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.neural_network import MLPClassifier

    train, test = (
        images.reshape(len(images), -1) for images in (split.train_images, split.test_images)
    )
    peers = {
        "scikit-learn's LogisticRegression": LogisticRegression(max_iter=2000),
        "scikit-learn's MLPClassifier": MLPClassifier((32,), max_iter=2000, random_state=0),
    }
    return {
        name: 100 * float(peer.fit(train, split.train_answers).score(test, split.test_answers))
        for name, peer in peers.items()
    }


def _plot(setting: Setting, split: Split, probabilities: np.ndarray, shown: np.ndarray) -> Path:
    with p.panels(
        2,
        len(shown),
        "The five most probable digits",
        size=(10, 5),
        gridspec_kw={"height_ratios": [3, 2]},
    ) as (figure, axes):
        for column, i in enumerate(shown):
            image, bars = axes[0, column], axes[1, column]
            image.imshow(split.test_images[i, 0], cmap="gray_r")
            image.set_title(f"really a {split.test_answers[i]}", loc="center")
            image.set_axis_off()
            five = np.argsort(-probabilities[i])[:5][::-1]
            colors = [p.BLUE if digit == split.test_answers[i] else p.GREY for digit in five]
            drawn = bars.barh([str(digit) for digit in five], probabilities[i, five], color=colors)
            bars.bar_label(drawn, fmt="%.3f", padding=3)
            bars.set(xlim=(0, 1.15), xlabel="probability")
            bars.grid(visible=False, axis="y")
        axes[1, 0].set_ylabel("digit")
        return setting.save(figure, "s5d-five-most-probable.png")


def _plot_filters(
    setting: Setting, split: Split, net: mg.nn.Sequential, losses: list[float]
) -> Path:
    filters = next(iter(net.parameters())).detach().numpy()[:, 0]
    with mg.no_grad():
        replies = net[1](net[0](mg.tensor(split.test_images[:1]))).numpy()[0]
    largest = np.abs(filters).max()
    with p.panels(
        4, 8, "What sixteen of the filters look for, and where they find it", size=(11, 6.2)
    ) as (figure, axes):
        for k in range(16):
            row, column = 2 * (k // 8), k % 8
            axes[row, column].imshow(filters[k], cmap="PuOr", vmin=-largest, vmax=largest)
            axes[row, column].set_title(f"filter {k + 1}", loc="center", fontsize=10)
            axes[row + 1, column].imshow(replies[k], cmap="gray_r")
        for axis in axes.flat:
            axis.set(xticks=[], yticks=[])
            axis.grid(visible=False)
        figure.supxlabel(
            "Odd rows: filters (purple positive, orange negative). "
            f"Even rows: their replies to a {split.test_answers[0]}.",
            fontsize=11,
        )
        return setting.save(figure, "s5d-filters.png")


NETWORKS = (
    SeedNetwork(
        "S5d", "convolution, pooling, softmax: digits", run, needs=("sklearn", "matplotlib")
    ),
)

if __name__ == "__main__":
    run_alone(NETWORKS)
