"""Every sample of every primitive of the table, as test cases, and how a test runs one."""

from dataclasses import dataclass

import numpy as np

import microgradnn as mg
from microgradnn import rules
from microgradnn._primitive import Primitive, table

rules.load_late()


@dataclass
class Case:
    """One sample of one primitive."""

    prim: Primitive
    number: int
    inputs: tuple
    params: dict

    def __str__(self):
        return f"{self.prim.name}-{self.number}"

    @property
    def input_names(self):
        """One name per input: a variadic name is repeated."""
        *fixed, last = self.prim.inputs
        return [*fixed, *[last] * (len(self.inputs) - len(fixed))]

    @property
    def wrt(self):
        """Which inputs have a derivative."""
        return [
            k
            for k, (name, x) in enumerate(zip(self.input_names, self.inputs, strict=True))
            if name in self.prim.rules and x is not None and x.dtype.kind == "f"
        ]

    @property
    def all_params(self):
        """The parameters with their defaults, by name."""
        return {**dict(self.prim.params), **self.params}

    def tensors(self, dtype=None, arrays=None):
        """Fresh Tensors of the inputs; those with a derivative require grad."""
        arrays = self.inputs if arrays is None else arrays
        tensors = [None if a is None else mg.Tensor._wrap(a) for a in arrays]
        for k in self.wrt:
            if dtype is not None:
                tensors[k] = mg.Tensor._wrap(arrays[k].astype(dtype))
            tensors[k].requires_grad = True
        return tensors

    def run(self, *tensors):
        """All outputs, as a tuple."""
        result = self.prim(*tensors, **self.params)
        return result if isinstance(result, tuple) else (result,)

    def run_floats(self, *tensors):
        """The outputs that have a derivative."""
        return tuple(out for out in self.run(*tensors) if out.dtype.is_floating_point)


CASES = [
    Case(prim, k, sample.inputs, dict(sample.params))
    for prim in table.values()
    for k, sample in enumerate(prim.samples())
]
DIFFERENTIABLE = [case for case in CASES if case.wrt]


def cotangents(outputs, seed=0):
    """Random cotangents for some outputs, as Tensors of their dtype."""
    rng = np.random.default_rng(seed)
    return [mg.Tensor._wrap(rng.standard_normal(o.shape).astype(o.dtype.numpy)) for o in outputs]


def gradients(case, tensors, create_graph=False, seed=0):
    """Outputs, and the gradients of a random weighting of them."""
    outputs = case.run(*tensors)
    floats = [out for out in outputs if out.requires_grad]
    wrt = [tensors[k] for k in case.wrt]
    found = mg.autograd.grad(floats, wrt, cotangents(floats, seed), create_graph=create_graph)
    return outputs, found
