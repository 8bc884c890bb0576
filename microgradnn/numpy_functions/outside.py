"""Functions whose results have no derivative: positions, truth values, counts, shapes.

They run on the plain arrays, and their results are outside the graph. What has a derivative and is
missing says *not implemented* instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .registry import answers, named, outside_the_graph, wrapped

outside_the_graph(
    *named(
        "all", "any", "argmax", "argmin", "argsort", "argpartition", "argwhere", "array_equal",
        "array_equiv", "allclose", "bincount", "common_type", "count_nonzero", "digitize",
        "flatnonzero", "histogram", "histogram_bin_edges", "in1d", "iscomplex", "iscomplexobj",
        "isclose", "isin", "isneginf", "isposinf", "isreal", "isrealobj", "lexsort",
        "linalg.matrix_rank", "may_share_memory", "min_scalar_type", "nanargmax", "nanargmin",
        "ndim", "nonzero", "ones_like", "packbits", "result_type", "searchsorted", "shape",
        "shares_memory", "size", "tril_indices_from", "triu_indices_from", "unique",
        "unique_values", "zeros_like", "empty_like", "array_repr", "array_str", "array2string",
        "signbit", "spacing", "frexp", "isnat", "can_cast",
    )
)  # fmt: skip


@answers(np.full_like)
def full_like(a: Any, fill_value: Any, *args: Any, **kwargs: Any) -> Any:
    """One value at every place of a Tensor like another."""
    from .elementwise import full

    if hasattr(fill_value, "_array"):
        return full(tuple(a.shape), fill_value)
    return wrapped(np.full_like(a._array, fill_value, *args, **kwargs))
