"""A dense network's training step in every library, NumPy by hand excepted.

Each function takes a `Task` and returns a `Program`. microgradnn and PyTorch run one and the same
program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..workload import Build, Program, one
from .by_hand import numpy_by_hand
from .task import Task


def eager(torch: Any, task: Task) -> Program:
    """The program of PyTorch's tutorials, for PyTorch or for microgradnn."""
    model, x, y, loss_of, optimizer = parts(torch, task)

    def step() -> Any:
        optimizer.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return Program(step, lambda: list(model.parameters()))


def parts(torch: Any, task: Task) -> tuple[Any, ...]:
    """Model, inputs, targets, loss and optimizer."""
    nn = torch.nn
    activation = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}[task.activation]
    layers: list[Any] = []
    for n, m, activated in zip(task.sizes, task.sizes[1:], task.activated, strict=False):
        layers.append(nn.Linear(n, m))
        if activated:
            layers.append(activation())
    model = nn.Sequential(*layers)
    with torch.no_grad():
        for parameter, weight in zip(model.parameters(), task.weights, strict=True):
            parameter.copy_(torch.tensor(weight))
    optimizer = torch.optim.SGD(model.parameters(), lr=task.lr, momentum=task.momentum)
    loss_of = nn.MSELoss() if task.loss == "mse" else nn.CrossEntropyLoss()
    return model, torch.tensor(task.x), torch.tensor(task.y), loss_of, optimizer


def microgradnn(task: Task) -> Program:
    """As PyTorch's."""
    import microgradnn as mg

    return eager(mg, task)


def microgradnn_compiled(task: Task) -> Program:
    """The same step, given to ``compile``."""
    import microgradnn as mg

    return whole_step(mg, eager(mg, task))


def whole_step(mg: Any, program: Program) -> Program:
    """A program whose step is compiled."""
    return Program(mg.compile(program.step), program.state)


def pytorch(task: Task) -> Program:
    """As in its tutorials."""
    import torch

    return eager(torch, task)


def torch_compile(task: Task) -> Program:
    """Forward pass and loss compiled as one function, the optimizer's step as another."""
    import torch

    model, x, y, loss_of, optimizer = parts(torch, task)
    return compiled(torch, lambda: loss_of(model(x), y), model, optimizer)


def compiled(torch: Any, loss_of: Callable[[], Any], model: Any, optimizer: Any) -> Program:
    """Both halves of the step through ``torch.compile``."""
    compiled_loss = torch.compile(loss_of)
    update = torch.compile(optimizer.step)

    def step() -> Any:
        optimizer.zero_grad()
        loss = compiled_loss()
        loss.backward()
        update()
        return loss

    return Program(step, lambda: list(model.parameters()))


def jax_jit(task: Task) -> Program:
    """The whole step one jitted function, whose old parameters are given away for the new ones."""
    import jax
    import jax.numpy as jnp

    activation = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu}[task.activation]

    def loss_of(weights: Any, x: Any, y: Any) -> Any:
        for k, activated in enumerate(task.activated):
            x = x @ weights[2 * k].T + weights[2 * k + 1]
            if activated:
                x = activation(x)
        if task.loss == "mse":
            return jnp.mean((x - y) ** 2)
        return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1).mean()

    return jitted(jax, loss_of, task.weights, (task.x, task.y), task.lr, task.momentum)


def jitted(jax: Any, loss_of: Any, weights: Any, data: Any, lr: float, momentum: float) -> Program:
    """SGD on a loss, jitted; a step waits until its numbers are there."""
    import functools

    import jax.numpy as jnp

    @functools.partial(jax.jit, donate_argnums=(0, 1))
    def update(weights: Any, speeds: Any, *data: Any) -> Any:
        loss, grads = jax.value_and_grad(loss_of)(weights, *data)
        if momentum:
            speeds = [momentum * v + g for v, g in zip(speeds, grads, strict=True)]
            grads = speeds
        weights = [w - lr * g for w, g in zip(weights, grads, strict=True)]
        return loss, weights, speeds

    data = [jnp.asarray(array) for array in data]
    weights = [jnp.array(w) for w in weights]
    speeds = [jnp.zeros_like(w) for w in weights] if momentum else []

    def step() -> Any:
        nonlocal weights, speeds
        loss, weights, speeds = update(weights, speeds, *data)
        return jax.block_until_ready(loss)

    return Program(step, lambda: weights)


def autograd(task: Task) -> Program:
    """``value_and_grad`` of a function of a list of arrays."""
    import autograd.numpy as anp

    activation = {
        "sigmoid": lambda z: 1 / (1 + anp.exp(-z)),
        "tanh": anp.tanh,
        "relu": lambda z: anp.maximum(z, 0),
    }[task.activation]
    rows = anp.arange(task.batch)

    def loss_of(weights: Any) -> Any:
        x = task.x
        for k, activated in enumerate(task.activated):
            x = x @ weights[2 * k].T + weights[2 * k + 1]
            if activated:
                x = activation(x)
        if task.loss == "mse":
            return anp.mean((x - task.y) ** 2)
        x = x - anp.max(x, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(x), axis=1)) - x[rows, task.y])

    return differentiated(loss_of, task.weights, task.lr, task.momentum)


def differentiated(loss_of: Any, weights: Any, lr: float, momentum: float) -> Program:
    """SGD on a loss written for HIPS/autograd."""
    import autograd
    import numpy as np

    weights = [w.copy() for w in weights]
    speeds = [np.zeros_like(w) for w in weights]
    value_and_grad = autograd.value_and_grad(loss_of)

    def step() -> Any:
        loss, grads = value_and_grad(weights)
        for w, v, g in zip(weights, speeds, grads, strict=True):
            if momentum:
                v *= momentum
                v += g
                g = v
            w -= lr * g
        return loss

    return Program(step, lambda: weights)


def mygrad(task: Task) -> Program:
    """MyGrad's tensors and its loss."""
    import mygrad as mg
    from mygrad.nnet.activations import relu, sigmoid
    from mygrad.nnet.losses import softmax_crossentropy

    activation = {"sigmoid": sigmoid, "tanh": mg.tanh, "relu": relu}[task.activation]

    def loss_of(weights: Any) -> Any:
        x = task.x
        for k, activated in enumerate(task.activated):
            x = mg.matmul(x, weights[2 * k].T) + weights[2 * k + 1]
            if activated:
                x = activation(x)
        return ((x - task.y) ** 2).mean() if task.loss == "mse" else softmax_crossentropy(x, task.y)

    return with_mygrad(loss_of, task.weights, task.lr, task.momentum)


def with_mygrad(loss_of: Any, weights: Any, lr: float, momentum: float) -> Program:
    """SGD on a loss written for MyGrad."""
    import mygrad as mg
    import numpy as np

    tensors = [mg.tensor(w.copy()) for w in weights]
    speeds = [np.zeros_like(w) for w in weights]

    def step() -> Any:
        loss = loss_of(tensors)
        loss.backward()
        for w, v in zip(tensors, speeds, strict=True):
            g = w.grad
            if momentum:
                v *= momentum
                v += g
                g = v
            w.data -= lr * g
            w.null_grad()
        return loss

    return Program(step, lambda: tensors)


ALL = {
    "pytorch": pytorch,
    "microgradnn": microgradnn,
    "microgradnn-compiled": microgradnn_compiled,
    "numpy": numpy_by_hand,
    "torch.compile": torch_compile,
    "jax.jit": jax_jit,
    "autograd": autograd,
    "mygrad": mygrad,
}


def peers(task: Task, names: Any = tuple(ALL)) -> dict[str, Build]:
    """Those named, each with its training step of this task."""

    def build(name: str) -> Build:
        return one(lambda: ALL[name](task))

    return {name: build(name) for name in names}
