"""A network like LeNet: two convolutions with pooling, three dense layers, 64 images of 28 x 28.

convolution 5x5 to 6 channels (padding 2), relu, max pool 2; convolution 5x5 to 16, relu, max pool
2; 400-120-84-10 relu; cross entropy; SGD.
"""

from __future__ import annotations

from typing import Any

from ..programs import convolution_task as task
from ..programs.convolution_by_hand import numpy_by_hand
from ..programs.training import compiled, differentiated, jitted, whole_step, with_mygrad
from ..workload import Program, Workload, one


def parts(torch: Any) -> tuple[Any, ...]:
    """Model, images, labels, loss and optimizer, for PyTorch or for microgradnn."""
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip
    with torch.no_grad():
        for parameter, weight in zip(model.parameters(), task.weights(), strict=True):
            parameter.copy_(torch.tensor(weight))
    optimizer = torch.optim.SGD(model.parameters(), lr=task.LR)
    return (
        model, torch.tensor(task.images()), torch.tensor(task.labels()), nn.CrossEntropyLoss(),
        optimizer,
    )  # fmt: skip


def eager(torch: Any) -> Program:
    """A step as in PyTorch's tutorials."""
    model, x, y, loss_of, optimizer = parts(torch)

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return Program(step, lambda: list(model.parameters()))


def microgradnn() -> Program:
    """As PyTorch's."""
    import microgradnn as mg

    return eager(mg)


def microgradnn_compiled() -> Program:
    """The same step, given to ``compile``."""
    import microgradnn as mg

    return whole_step(mg, eager(mg))


def pytorch() -> Program:
    """As in its tutorials."""
    import torch

    return eager(torch)


def torch_compile() -> Program:
    """Forward pass with the loss, and the optimizer."""
    import torch

    model, x, y, loss_of, optimizer = parts(torch)
    return compiled(torch, lambda: loss_of(model(x), y), model, optimizer)


def jax_jit() -> Program:
    """XLA's convolution and windowed maximum."""
    import jax
    import jax.numpy as jnp

    def layer(x: Any, weight: Any, bias: Any, padding: int) -> Any:
        pads = [(padding, padding)] * 2
        x = jax.lax.conv_general_dilated(x, weight, (1, 1), pads) + bias[:, None, None]
        window = (1, 1, 2, 2)
        return jax.lax.reduce_window(jax.nn.relu(x), -jnp.inf, jax.lax.max, window, window, "VALID")

    def loss_of(weights: Any, x: Any, y: Any) -> Any:
        x = layer(x, weights[0], weights[1], 2)
        x = layer(x, weights[2], weights[3], 0).reshape(task.BATCH, 400)
        for k in (4, 6, 8):
            x = x @ weights[k].T + weights[k + 1]
            if k < 8:
                x = jax.nn.relu(x)
        return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1).mean()

    return jitted(jax, loss_of, task.weights(), (task.images(), task.labels()), task.LR, 0)


def autograd() -> Program:
    """With ``autograd.scipy.signal.convolve``, as HIPS/autograd's own example does it."""
    import autograd.numpy as anp
    from autograd.scipy.signal import convolve

    x, y = task.images(), task.labels()
    rows = anp.arange(task.BATCH)

    def layer(x: Any, weight: Any, bias: Any) -> Any:
        # A convolution turns the kernel around; ours, as everyone's, does not.
        kernel = anp.transpose(weight[:, :, ::-1, ::-1], (1, 0, 2, 3))
        z = convolve(x, kernel, axes=([2, 3], [2, 3]), dot_axes=([1], [0]), mode="valid")
        n, c, h, w = z.shape
        z = anp.maximum(z + bias[:, None, None], 0)
        return anp.max(anp.reshape(z, (n, c, h // 2, 2, w // 2, 2)), axis=(3, 5))

    padded = anp.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)))

    def loss_of(weights: Any) -> Any:
        h = layer(layer(padded, weights[0], weights[1]), weights[2], weights[3])
        h = anp.reshape(h, (task.BATCH, 400))
        for k in (4, 6, 8):
            h = h @ weights[k].T + weights[k + 1]
            if k < 8:
                h = anp.maximum(h, 0)
        h = h - anp.max(h, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(h), axis=1)) - h[rows, y])

    return differentiated(loss_of, task.weights(), task.LR, 0)


def mygrad() -> Program:
    """MyGrad's layers."""
    import mygrad as mg
    from mygrad.nnet.activations import relu
    from mygrad.nnet.layers import conv_nd, max_pool
    from mygrad.nnet.losses import softmax_crossentropy

    x, y = task.images(), task.labels()

    def loss_of(weights: Any) -> Any:
        h = conv_nd(x, weights[0], stride=1, padding=2) + weights[1].reshape(1, -1, 1, 1)
        h = max_pool(relu(h), (2, 2), 2)
        h = conv_nd(h, weights[2], stride=1) + weights[3].reshape(1, -1, 1, 1)
        h = max_pool(relu(h), (2, 2), 2).reshape(task.BATCH, 400)
        for k in (4, 6, 8):
            h = mg.matmul(h, weights[k].T) + weights[k + 1]
            if k < 8:
                h = relu(h)
        return softmax_crossentropy(h, y)

    return with_mygrad(loss_of, task.weights(), task.LR, 0)


WORKLOADS = [
    Workload(
        "w5.cnn",
        "LeNet-like, batch 64 of 28 x 28",
        {
            "pytorch": one(pytorch),
            "microgradnn": one(microgradnn),
            "microgradnn-compiled": one(microgradnn_compiled),
            "numpy": one(numpy_by_hand),
            "torch.compile": one(torch_compile),
            "jax.jit": one(jax_jit),
            "autograd": one(autograd),
            "mygrad": one(mygrad),
        },
        checked_steps=5,
        seconds=0.3,
        memory=True,
    )
]
