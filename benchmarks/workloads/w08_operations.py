"""One operation, forward alone and with backward, on arrays of 16, 1,000 and 1,000,000 numbers.

A step with backward computes the operation, then pulls a gradient of ones back into both operands.
Most of an eager library's time goes into starting the walk over the graph then, so a third figure
is the time of each of 20 operations whose gradients are pulled back by one call, as they are in a
network. NumPy by hand does the textbook's arithmetic into buffers it keeps. PyTorch, MyGrad and
microgradnn throw the operands' gradients away after each step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..workload import Program, Workload

NAMES = ("add", "mul", "div", "exp", "tanh", "sum", "matmul", "reshape", "getitem", "cat")
KINDS = ("forward", "with backward", "of 20 with one backward")
SHAPES = {"16": (4, 4), "1000": (25, 40), "1000000": (1000, 1000)}


def operands(name: str, shape: tuple[int, int]) -> list[Any]:
    """One array or two, float32, a little away from 0."""
    rng = np.random.default_rng(1337)
    a = rng.uniform(0.5, 1.5, shape).astype(np.float32)
    b = rng.uniform(0.5, 1.5, shape[::-1] if name == "matmul" else shape).astype(np.float32)
    return [a, b] if name in ("add", "mul", "div", "matmul", "cat") else [a]


def operations(library: Any, dim: str) -> dict[str, Callable[..., Any]]:
    """The ten, for any library: they differ in the name of an axis and of cat."""
    cat = getattr(library, "cat", None) or library.concatenate
    return {
        "add": lambda a, b: a + b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
        "exp": lambda a: library.exp(a),
        "tanh": lambda a: library.tanh(a),
        "sum": (lambda a: library.sum(a, dim=1))
        if dim == "dim"
        else (lambda a: library.sum(a, axis=1)),
        "matmul": lambda a, b: a @ b,
        "reshape": lambda a: a.reshape(-1),
        "getitem": lambda a: a[1:3],
        "cat": lambda a, b: cat((a, b)),
    }


def of_all(shape: tuple[int, int], of_one: Callable[..., Any]) -> Mapping[str, Program]:
    """The programs of all operations, from a function that makes those of one."""
    out = {}
    for name in NAMES:
        programs = of_one(name, operands(name, shape))
        out.update({f"{name} {kind}": program for kind, program in zip(KINDS, programs)})  # noqa: B905
    return out


def eager(torch: Any, shape: tuple[int, int]) -> Mapping[str, Program]:
    """PyTorch or microgradnn."""
    functions = operations(torch, "dim")

    def of_one(name: str, arrays: list[Any]) -> tuple[Program, ...]:
        function = functions[name]
        inputs = [torch.tensor(array, requires_grad=True) for array in arrays]
        ones = torch.ones(tuple(function(*inputs).shape))
        ones_20, grads = [ones] * 20, ()

        def forward() -> None:
            function(*inputs)

        def backward() -> None:
            for x in inputs:
                x.grad = None
            function(*inputs).backward(ones)

        def backward_of_20() -> None:
            nonlocal grads
            results = [function(*inputs) for _ in range(20)]
            grads = torch.autograd.grad(results, inputs, ones_20)

        return (
            Program(forward, lambda: [function(*inputs)]),
            Program(backward, lambda: [x.grad for x in inputs]),
            Program(backward_of_20, lambda: list(grads), per=20),
        )

    return of_all(shape, of_one)


def microgradnn(shape: tuple[int, int]) -> Mapping[str, Program]:
    """As PyTorch's."""
    import microgradnn as mg

    return eager(mg, shape)


def pytorch(shape: tuple[int, int]) -> Mapping[str, Program]:
    """Eager."""
    import torch

    return eager(torch, shape)


def jax_jit(shape: tuple[int, int]) -> Mapping[str, Program]:
    """One jitted function for the operation, one that also pulls back."""
    import jax
    import jax.numpy as jnp

    functions, wait = operations(jnp, "axis"), jax.block_until_ready

    def of_one(name: str, arrays: list[Any]) -> tuple[Program, ...]:
        inputs = [jnp.asarray(array) for array in arrays]
        function = jax.jit(functions[name])
        ones = jnp.ones(function(*inputs).shape, jnp.float32)

        @jax.jit
        def both(ones: Any, *inputs: Any) -> Any:
            result, pull = jax.vjp(functions[name], *inputs)
            return result, pull(ones)

        return (
            Program(lambda: void(wait(function(*inputs))), lambda: [function(*inputs)]),
            Program(lambda: void(wait(both(ones, *inputs))), lambda: [*both(ones, *inputs)[1]]),
        )

    return of_all(shape, of_one)


def autograd(shape: tuple[int, int]) -> Mapping[str, Program]:
    """``make_vjp`` for both; forward alone too, since only then is a graph made."""
    import autograd.numpy as anp
    from autograd import make_vjp

    functions = operations(anp, "axis")

    def of_one(name: str, arrays: list[Any]) -> tuple[Program, ...]:
        function = functions[name]
        vjp = make_vjp(lambda both: function(*both))
        ones = np.ones(function(*arrays).shape, np.float32)

        def backward() -> Any:
            pull, _ = vjp(arrays)
            pull(ones)

        return (
            Program(lambda: void(vjp(arrays)), lambda: [vjp(arrays)[1]]),
            Program(backward, lambda: list(vjp(arrays)[0](ones))),
        )

    return of_all(shape, of_one)


def void(result: Any) -> None:
    """Nothing: what a step returns would be taken for a loss."""


def mygrad(shape: tuple[int, int]) -> Mapping[str, Program]:
    """Its tensors."""
    import mygrad as mg

    functions = operations(mg, "axis")

    def of_one(name: str, arrays: list[Any]) -> tuple[Program, ...]:
        function = functions[name]
        inputs = [mg.tensor(array) for array in arrays]
        ones = np.ones(function(*inputs).shape, np.float32)

        def backward() -> None:
            for x in inputs:
                x.null_grad()
            function(*inputs).backward(ones)

        return (
            Program(lambda: void(function(*inputs)), lambda: [function(*inputs)]),
            Program(backward, lambda: [x.grad for x in inputs]),
        )

    return of_all(shape, of_one)


def numpy_by_hand(shape: tuple[int, int]) -> Mapping[str, Program]:
    """Buffers for the result and the gradients; a view where a view does."""

    def of_one(name: str, arrays: list[Any]) -> tuple[Program, ...]:
        a, b = (*arrays, arrays[0])[:2]
        result = operations(np, "axis")[name](*arrays)
        ones = np.ones(result.shape, np.float32)
        ga, gb, spare = (np.zeros_like(array) for array in (a, b, a))
        n, views = len(a), result.base is a
        column = np.ones(a.shape[1], np.float32)
        pulled: list[Any] = [ga, gb]

        forwards: dict[str, Callable[[], Any]] = {
            "add": lambda: np.add(a, b, result),
            "mul": lambda: np.multiply(a, b, result),
            "div": lambda: np.divide(a, b, result),
            "exp": lambda: np.exp(a, result),
            "tanh": lambda: np.tanh(a, result),
            "sum": lambda: np.dot(a, column, result),
            "matmul": lambda: np.dot(a, b, result),
            "reshape": lambda: a.reshape(-1),
            "getitem": lambda: a[1:3],
            "cat": lambda: np.concatenate((a, b), 0, result),
        }
        forward = forwards[name]

        def copies() -> None:
            np.copyto(ga, ones)
            np.copyto(gb, ones)

        def products() -> None:
            np.multiply(ones, b, ga)
            np.multiply(ones, a, gb)

        def quotients() -> None:
            np.divide(ones, b, ga)
            np.multiply(ga, result, gb)
            np.negative(gb, gb)

        def tanh() -> None:
            np.multiply(result, result, spare)
            np.subtract(ONE, spare, spare)
            np.multiply(ones, spare, ga)

        def matmul() -> None:
            np.dot(ones, b.T, ga)
            np.dot(a.T, ones, gb)

        def getitem() -> None:
            ga.fill(0)
            np.copyto(ga[1:3], ones)

        def reshape() -> None:
            pulled[0] = ones.reshape(ga.shape)

        def cat() -> None:
            pulled[:] = ones[:n], ones[n:]

        backwards: dict[str, Callable[[], Any]] = {
            "add": copies,
            "mul": products,
            "div": quotients,
            "exp": lambda: np.multiply(ones, result, ga),
            "tanh": tanh,
            "sum": lambda: np.copyto(ga, ones[:, None]),
            "matmul": matmul,
            "reshape": reshape,
            "getitem": getitem,
            "cat": cat,
        }
        backward = backwards[name]

        def both() -> None:
            forward()
            backward()

        return (
            Program(lambda: void(forward()), lambda: [forward() if views else result]),
            Program(both, lambda: pulled[: len(arrays)]),
            Program(both, lambda: [20 * g for g in pulled][: len(arrays)]),
        )

    return of_all(shape, of_one)


ONE = np.array(1, np.float32)
PEERS = {
    "pytorch": pytorch,
    "microgradnn": microgradnn,
    "numpy": numpy_by_hand,
    "jax.jit": jax_jit,
    "autograd": autograd,
    "mygrad": mygrad,
}


def workload(size: str) -> Workload:
    """The ten operations at one size."""

    def build(peer: str) -> Callable[[], Mapping[str, Program]]:
        return lambda: PEERS[peer](SHAPES[size])

    return Workload(
        f"w8.{size}",
        f"One operation on {int(size):,} numbers",
        {peer: build(peer) for peer in PEERS},
        checked_steps=1,
        seconds=0.02,
        absent="torch.compile makes one function of many operations; of one it makes nothing.",
    )


WORKLOADS = [workload(size) for size in SHAPES]
