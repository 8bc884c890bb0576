"""Transforms of functions: derivatives as tools, under ``torch.func``'s names.

Each takes a function and returns one. The function may be written with ``mg``, with plain NumPy or
with operators; its arguments may be Tensors, arrays, floats, Values, and dicts, lists, tuples or
dataclasses of them; what comes back is of the kind that went in. Transforms nest in any order.
"""

from .custom import custom_vjp as custom_vjp
from .forward import jvp as jvp
from .forward import linearize as linearize
from .jacobians import hessian as hessian
from .jacobians import hvp as hvp
from .jacobians import jacfwd as jacfwd
from .jacobians import jacobian as jacobian
from .jacobians import jacrev as jacrev
from .modules import functional_call as functional_call
from .optimisation import ScipyFunction as ScipyFunction
from .optimisation import to_scipy as to_scipy
from .pytrees import flatten as flatten
from .pytrees import tree_map as tree_map
from .pytrees import unflatten as unflatten
from .reverse import elementwise_grad as elementwise_grad
from .reverse import grad as grad
from .reverse import grad_and_value as grad_and_value
from .reverse import value_and_grad as value_and_grad
from .reverse import vjp as vjp
from .vmap import OneByOneWarning as OneByOneWarning
from .vmap import vmap as vmap
