"""The operations a random Tensor program is drawn from.

Each drawer takes the program so far (shapes, kinds and names of its tensors) and returns one
expression as text, in which ``lib`` stands for either library.
"""

SMOOTH = [
    "abs", "absolute", "neg", "negative", "positive", "exp2", "expm1", "exp", "sin", "cos",
    "tanh", "sigmoid", "relu", "square", "atan", "arctan", "asinh", "arcsinh", "sinh", "cosh",
    "erf", "erfc", "sinc", "deg2rad", "rad2deg", "sgn", "sign", "ceil", "floor", "round", "trunc",
    "fix", "frac", "nan_to_num", "i0", "clone", "tan", "conj",
]  # fmt: skip
POSITIVE = [
    "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "lgamma", "digamma", "acosh",
    "arccosh",
]  # fmt: skip
UNIT = ["asin", "arcsin", "acos", "arccos", "atanh", "arctanh", "erfinv"]
# Not sqrt: at 0 its gradient is infinite, and prod of several zeros passes that on as nan with us
# and as 0 in PyTorch.
ANY_KIND = [
    "abs", "neg", "square", "sign", "relu", "sgn", "positive", "clone", "exp", "sin", "ceil",
    "floor", "round",
]  # fmt: skip
TESTS = ["isnan", "isinf", "isfinite", "isneginf", "isposinf", "signbit", "logical_not", "isreal"]
BINARY = [
    "add", "sub", "mul", "multiply", "subtract", "maximum", "minimum", "fmax", "fmin", "hypot",
    "atan2", "arctan2", "copysign", "logaddexp", "logaddexp2", "rsub",
]  # fmt: skip
COMPARISONS = [
    "eq", "ne", "lt", "le", "gt", "ge", "greater", "less", "greater_equal", "less_equal",
    "not_equal", "logical_and", "logical_or", "logical_xor", "isclose",
]  # fmt: skip
WHOLE_OR_ALONG = [
    "sum", "mean", "nansum", "nanmean", "amax", "amin", "logsumexp", "all", "any", "argmax",
    "argmin",
]  # fmt: skip
WHOLE = ["sum", "mean", "prod", "max", "min", "amax", "amin", "any", "all", "nansum"]
OPERATORS = ["+", "-", "*", "<", "<=", "==", "!=", ">", ">=", "&", "|", "^"]
IN_PLACE = [
    "abs_", "neg_", "exp2_", "expm1_", "sin_", "cos_", "tanh_", "sigmoid_", "relu_", "square_",
    "atan_", "asinh_", "erf_", "sign_", "floor_", "ceil_", "round_", "trunc_", "frac_", "zero_",
    "tril_", "triu_", "deg2rad_", "nan_to_num_", "sinc_",
]  # fmt: skip
IN_PLACE_BY_ANOTHER = ["add_", "sub_", "mul_", "copy_", "hypot_", "atan2_", "copysign_"]


def call(p, name, x, *arguments):
    """A function or its method, drawn: ``lib.sum(x, 0)`` or ``x.sum(0)``."""
    if p.rng.random() < 0.5:
        return f"lib.{name}({', '.join([x, *arguments])})"
    return f"{x}.{name}({', '.join(arguments)})"


def unary(p):
    kind = p.rng.random()
    if kind < 0.15:
        return call(p, p.rng.choice(ANY_KIND + TESTS), p.any())
    x = p.floating()
    if kind < 0.6:
        name = p.rng.choice(SMOOTH)
        return call(p, name, x)
    if kind < 0.8:
        return f"lib.{p.rng.choice(POSITIVE)}({x}.abs() + 1.25)"
    if kind < 0.9:
        return f"lib.{p.rng.choice(UNIT)}({x}.tanh() * 0.75)"
    return p.rng.choice(
        [
            f"{x}.clamp(-0.5, 1)", f"lib.clamp({x}, min=0.25)", f"{x}.clip(max=0.5)", f"-{x}",
            f"{x} ** 2", f"{x} ** 3", f"2 ** {x}.tanh()", f"1.5 - {x}", f"{x} / 3", f"{x} // 0.7",
            f"{x} % 0.7", f"2 / ({x}.abs() + 1)", f"{x}.pow(0)", f"{x}.clamp_min(0)",
            f"lib.fmod({x}, 0.6)", f"lib.remainder({x}, -0.6)", f"{x}.logit(0.1)",
            f"lib.float_power({x}, 2)", f"{x}.round(decimals=1)", f"lib.heaviside({x}, {x})",
            f"{x}.detach()", f"{x}.double()", f"{x}.long()", f"{x}.bool()", f"lib.ones_like({x})",
        ]
    )  # fmt: skip


def binary(p):
    kind = p.rng.random()
    x = p.any() if kind < 0.3 else p.floating()
    y = p.fitting(x)
    if kind < 0.08:
        return f"{x} {p.rng.choice(OPERATORS)} {y}"
    if kind < 0.2:
        return call(p, p.rng.choice(COMPARISONS), x, y)
    if kind < 0.75:
        name = p.rng.choice(BINARY)
        return f"lib.{name}({x}, {y})" if name == "rsub" else call(p, name, x, y)
    return p.rng.choice(
        [
            f"{x} / ({y}.abs() + 0.5)", f"({x}.abs() + 0.5) ** {y}.tanh()",
            f"lib.xlogy({x}, {y}.abs() + 1)",
            f"lib.div({x}, {y}.abs() + 1, rounding_mode='floor')", f"lib.lerp({x}, {y}, 0.3)",
            f"lib.remainder({x}, {y}.abs() + 0.5)", f"lib.fmod({x}, {y}.abs() + 0.5)",
            f"lib.floor_divide({x}, {y}.abs() + 0.5)", f"lib.addcmul({x}, {y}, {x}, value=0.5)",
            f"lib.addcdiv({x}, {y}, {y}.abs() + 1)", f"lib.add({x}, {y}, alpha=3)",
            f"lib.where({x} > {y}, {x}, {y})", f"lib.where({x} > 0, {y}, 1.5)",
            f"lib.clamp({x}, min={y})", f"{x} @ {y}", f"lib.heaviside({x}, {y})",
        ]
    )  # fmt: skip


def reduction(p):
    x = p.any() if p.rng.random() < 0.15 else p.floating()
    d, keep = p.dim(x), p.rng.choice(["", ", keepdim=True", ", keepdim=False"])
    kind = p.rng.random()
    if kind < 0.2:
        return call(p, p.rng.choice(WHOLE), x)
    if kind < 0.6:
        dims = p.dims(x) if p.rng.random() < 0.3 else d
        name = p.rng.choice(WHOLE_OR_ALONG)
        return call(p, name, x, (d if "arg" in name else dims) + keep)
    return p.rng.choice(
        [
            f"{x}.max({d}{keep}){p.either()}", f"lib.min({x}, {d}{keep}){p.either()}",
            f"{x}.prod({d}{keep})", f"lib.softmax({x}, {d})", f"{x}.log_softmax({d})",
            f"lib.cumsum({x}, {d})", f"{x}.cumprod({d})", f"lib.count_nonzero({x}, {d})",
            f"{x}.var({d}{keep})", f"lib.std({x}, {d}, correction=0{keep})",
            f"{x}.argmax()", f"{x}.sum().sqrt()", f"lib.aminmax({x}, dim={d}){p.either()}",
            f"{x}.sort(dim={d}, stable=True){p.either()}",
            f"lib.sort({x}, stable=True, dim={d}, descending=True){p.either()}",
            f"({p.apart(x)}).topk({p.upto(x, d)}, {d}){p.either()}",
            f"lib.topk({p.apart(x)}, {p.upto(x, d)}, dim={d}, largest=False){p.either()}",
            f"{x}.argsort(dim={d}, stable=True)", f"lib.cummax({x}, {d}){p.either()}",
            f"{x}.norm()",
            f"lib.median({x}, {d}{keep})[0]", f"lib.trace({x})", f"lib.diff({x}, dim={d})",
        ]
    )  # fmt: skip


def shape(p):
    x, d, e = (x := p.any()), p.dim(x), p.dim(x)
    n = p.ndim(x)
    k = p.upto(x, d)
    order = list(range(n))
    p.rng.shuffle(order)
    order = ", ".join(map(str, order))
    f = p.rng.choice(["split", "chunk"])
    return p.rng.choice(
        [
            f"{x}.reshape(-1)", f"lib.reshape({x}, {p.regrouped(x)})",
            f"{x}.view({p.regrouped(x)})",
            f"{x}.transpose({d}, {e})", f"lib.transpose({x}, {d}, {e})",
            f"lib.swapaxes({x}, {d}, {e})",
            f"{x}.permute(({order}{',' if n else ''}))",
            f"lib.permute({x}, ({order}{',' if n else ''}))",
            f"{x}.squeeze()", f"{x}.squeeze({d})", f"lib.squeeze({x}, {p.dims(x)})",
            f"{x}.unsqueeze({p.rng.randint(-n - 1, n)})",
            f"lib.unsqueeze({x}, {p.rng.randint(-n - 1, n)})",
            f"{x}.expand({p.expanded(x)})", f"lib.broadcast_to({x}, {p.expanded(x)})",
            f"{x}.flatten()", f"lib.flatten({x}, {d})", f"{x}.flatten({d}, {e})", f"lib.ravel({x})",
            f"{x}.narrow({d}, {p.inside(x, d)}, {p.rng.randint(0, 2)})",
            f"lib.narrow({x}, {d}, 0, {k})", f"{x}.select({d}, {p.inside(x, d)})",
            f"lib.select({x}, {d}, {p.inside(x, d)})",
            f"{x}.{f}({p.rng.randint(1, 3)}, {d}){p.end()}",
            f"lib.{f}({x}, {p.rng.randint(1, 3)}, dim={d}){p.end()}", f"{x}.unbind({d}){p.end()}",
            f"lib.unbind({x}){p.end()}",
            f"lib.tensor_split({x}, {p.rng.randint(1, 3)}, {d}){p.end()}",
            f"{x}.flip({d})", f"lib.flip({x}, {p.dims(x)})", f"{x}.roll({p.rng.randint(-3, 3)})",
            f"lib.roll({x}, {p.rng.randint(-3, 3)}, {d})", f"lib.roll({x}, (1, -2), ({d}, {e}))",
            f"{x}.diagonal()", f"lib.diagonal({x}, {p.rng.randint(-2, 2)}, {d}, {e})",
            f"lib.diag({x})",
            f"{x}.tril({p.rng.randint(-2, 2)})", f"lib.triu({x}, {p.rng.randint(-2, 2)})",
            f"{x}.tril()",
            f"{x}.movedim({d}, {e})", f"lib.movedim({x}, ({d}, {e}), ({e}, {d}))", f"lib.t({x})",
            f"{x}.mT", f"{x}.contiguous()", f"lib.atleast_2d({x})", f"lib.diag_embed({x})",
            f"{x}.unfold({d}, {k}, 1)", f"lib.rot90({x})", f"lib.fliplr({x})",
            f"{x}.repeat(2, 1, 2)",
            f"lib.tile({x}, (2,))", f"{x}.repeat_interleave(2, {d})", f"{x}.view_as({x})",
        ]
    )  # fmt: skip


def joining(p):
    # Not kron: ours keeps its operands, where PyTorch copies some, so that a change of one in place
    # is refused by us alone; and PyTorch cannot take the kron of every view.
    x = p.any()
    y, d = p.same_shape(x), p.dim(x)
    return p.rng.choice(
        [
            f"lib.cat([{x}, {y}], {d})", f"lib.cat(({y}, {x}, {x}))", f"lib.stack([{x}, {y}], {d})",
            f"lib.stack(({x}, {y}, {x}))", f"lib.hstack([{x}, {y}])", f"lib.vstack(({x}, {y}))",
            f"lib.dstack([{x}, {y}])", f"lib.column_stack([{x}, {y}])",
            f"lib.concat([{x}], dim={d})",
            f"lib.broadcast_tensors({x}, {p.fitting(x)}){p.end()}",
            f"lib.cat([{x}, {p.any()}], {d})", f"lib.cat([{x}, {p.fitting(x)}], {d})",
        ]
    )  # fmt: skip


def index(p, x, writing=False):
    n, size = p.ndim(x), p.size(x, 0)
    i, j = (str(p.inside(x, "0")) for _ in range(2))
    choices = ["...", "None", "..., None", f"{x} > 0"]
    if n:
        lists = [f"[{i}, {j}]", f"lib.tensor([{i}])", f"lib.tensor([[{i}], [{j}]])"]
        if writing and size > 1:
            # Where an index is there twice, which value stays is not defined.
            lists = ["[0, -1]", "lib.tensor([1, 0])"]
        choices += [
            i, f"{i}:", f":{i}", "::2", f"{p.rng.randint(-3, 3)}:{p.rng.randint(-3, 3)}", "1:1",
            f"..., {p.inside(x, '-1')}", "..., ::2", "None, ...", *lists,
            str([p.rng.random() < 0.5 for _ in range(size)]),
        ]  # fmt: skip
    if n > 1:
        a, b = (str(p.inside(x, "1")) for _ in range(2))
        choices += [
            f"{i}, {a}", f":, {a}", f":, None, {a}:", f"{i}, ..., None", f":, {a}:, ...",
            f"[{i}], {a}" if writing else f"[{i}, {j}], [{a}, {b}]",
            f":, lib.tensor([{a}])" if writing else f":, lib.tensor([{a}, {b}])",
            f"lib.tensor({i}), ::2", "0:1, ..., True" if n else "...",
        ]  # fmt: skip
    return p.rng.choice(choices)


def indexing(p):
    x = p.any()
    if p.rng.random() < 0.6:
        return f"{x}[{index(p, x)}]"
    d = p.dim(x)
    some = [p.inside(x, d) % max(p.size(x, d), 1) for _ in range(p.rng.randint(0, 3))]
    flat = p.rng.randrange(max(p.numel(x), 1))
    return p.rng.choice(
        [
            f"{x}.index_select({d}, lib.tensor({some}, dtype=lib.int64))",
            f"lib.index_select({x}, {d}, lib.tensor({some}, dtype=lib.int64))",
            f"lib.gather({x}, {d}, lib.zeros_like({x}, dtype=lib.int64))",
            f"{x}.gather({d}, {x}.argsort(dim={d}, stable=True))",
            f"lib.take_along_dim({x}, {x}.argsort(dim={d}, stable=True), {d})",
            f"{x}.masked_fill({x} > 0, 0.5)", f"lib.masked_select({x}, {p.fitting(x)} > 0)",
            f"{x}.masked_fill({p.fitting(x)} > 0, 2)", f"lib.where({x} > 0, {x}, {p.fitting(x)})",
            f"lib.take({x}, lib.tensor([{flat}, 0]))", f"lib.nonzero({x})",
            f"lib.argwhere({x} > 0)",
            f"{x}.index_fill({d}, lib.tensor({some}, dtype=lib.int64), 2)",
            f"lib.scatter({x}, {d}, {x}.argsort(dim={d}, stable=True), {p.same_shape(x)})",
            f"{x}.scatter_add({d}, lib.zeros_like({x}, dtype=lib.int64), {p.same_shape(x)})",
            f"lib.index_add({x}, {d}, lib.arange({p.size(x, d)}), {p.same_shape(x)})",
            f"lib.select_scatter({x}, {x}.select({d}, 0) * 2, {d}, {p.inside(x, d)})",
        ]
    )  # fmt: skip


def products(p):
    # outer of a result of its own: ours keeps its operands where PyTorch may copy one, see joining.
    x = p.floating()
    y = p.same_shape(x)
    if p.rng.random() < 0.1:
        return f"lib.matmul({x}, {p.floating()})"
    rows = p.ndim(x) == 1
    sums = ["i,i->", "i,j->ij", "i,i->i"] if rows else ["...ij,...kj->...ik", "...ij,...ij->...i"]
    if p.ndim(x) == 2:
        sums += ["ij,ij->", "ij,kl->ikl", "ij,ij->ji", "ij,ik"]
    chosen = p.rng.choice(sums)
    return p.rng.choice(
        [
            f"{x} @ {y}.mT" if not rows else f"{x} @ {y}", f"lib.einsum('{chosen}', {x}, {y})",
            f"lib.bmm({x}, {y}.mT)" if p.ndim(x) == 3
            else f"lib.outer({x}.ravel() + 0, {y}.ravel() + 0)",
            f"lib.mm({x}, {y}.mT)" if p.ndim(x) == 2 else f"lib.dot({x}.ravel(), {y}.ravel())",
            f"lib.inner({x}, {y})", f"lib.tensordot({x}, {y}, {p.ndim(x)})",
            f"lib.matmul({x}.unsqueeze(-2), {y}.unsqueeze(-1))",
            f"lib.vdot({x}.ravel(), {y}.ravel())",
            f"lib.mv({x}, {y}[0])" if p.ndim(x) == 2 else f"lib.matmul({x}, {p.floating()})",
        ]
    )  # fmt: skip


def change(p):
    """A statement that changes a result, or a view of one, in place."""
    x = p.changeable()
    kind = p.rng.random()
    if kind < 0.25:
        return f"{x}.{p.rng.choice(IN_PLACE)}()"
    y = p.fitting_into(x)
    if kind < 0.45:
        return f"{x}.{p.rng.choice(IN_PLACE_BY_ANOTHER)}({y})"
    if kind < 0.65:
        return f"{x}[{index(p, x, writing=True)}] = {p.rng.choice(['0.5', '2', '-0.25'])}"
    key = index(p, x, writing=True)
    return p.rng.choice(
        [
            f"{x} += {y}", f"{x} *= 1.5", f"{x} -= {y}", f"{x} /= 2", f"{x}.fill_(0.75)",
            f"{x}.clamp_(-0.5, 0.5)", f"{x}.masked_fill_({x} > 0, 0.1)", f"{x}[{key}] *= 2",
            f"{x}[{key}] += 0.5", f"{x}[...] = {y}", f"{x}.div_({y}.abs() + 1)", f"{x}.pow_(2)",
            f"{x}.lerp_({y}, 0.25)", f"{x}.addcmul_({y}, {y})", f"{x}.sub_({y}, alpha=2)",
            f"{x}.copy_({y})", f"{x}.addcdiv_({y}, {y}.abs() + 1)", f"{x}.mul_({y}).add_(1)",
        ]
    )  # fmt: skip


FAMILIES = [unary, binary, reduction, shape, joining, indexing, products, change]
WEIGHTS = [14, 14, 18, 20, 7, 14, 8, 16]
