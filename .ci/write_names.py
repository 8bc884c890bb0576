"""Write the page of PyTorch's names, `docs/torch-names.md`: which are here, how they differ.

    python .ci/write_names.py            write it
    python .ci/write_names.py --check    exit with 1 and a diff if it is not up to date

It reads PyTorch, which must be installed, and microgradnn: a name is there if it is there, and its
arguments differ if the signatures do. What no signature shows is said in DIFFERS, by hand.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import types
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / ".ci")]

from stale_files import update  # noqa: E402

PAGE = """\
# PyTorch's names in microgradnn

Written by `.ci/write_names.py` from PyTorch {version} and the package. `microgradnn.X.Y` is
PyTorch's `torch.X.Y`; {supported} of {total} names are there. For each place: the names that are
there; under *Differs*, those that lack arguments or behave otherwise; under *Absent*, the rest.
How results compare is on the page [operators.md](operators.md).

Left out are PyTorch's names for what microgradnn is not made for: `distributed`, `fx`, `jit`,
`multiprocessing`, `onnx`, `profiler`, and what belongs to other hardware, sparse and quantized
tensors and PyTorch's own machinery.

| place | there | differ | absent |
| --- | --: | --: | --: |
{counts}

{places}
"""

PLACES = (
    "torch", "torch.Tensor", "torch.nn", "torch.nn.functional", "torch.nn.init", "torch.nn.utils",
    "torch.nn.utils.rnn", "torch.optim", "torch.optim.lr_scheduler", "torch.optim.swa_utils",
    "torch.utils.data", "torch.autograd", "torch.distributions", "torch.linalg", "torch.special",
    "torch.fft", "torch.func", "torch.testing", "torch.cuda", "torch.accelerator",
)  # fmt: skip

MACHINERY = re.compile(
    r"^(_.*|cudnn_.*|miopen_.*|mkldnn_.*|fbgemm_.*|quantize.*|quantized_.*|q_.*|.*qint.*|qscheme|"
    r"quint.*|per_(channel|tensor)_.*|sym_.*|Sym.*|.*autocast.*|.*Storage|.*Type|bits\d.*|bit|"
    r"float[48]_.*|u?int[1-7]|.*_copy|batch_norm_.*|native_.*|fake_quant.*|choose_q.*|fused_moving.*|"
    r"int_repr|dequantize|empty_quantized|is_(vulkan|distributed|storage|warn_always).*|"
    r".*vmap_.*|cond|while_loop|vitals.*|set_vital|read_vitals|typename|library|Tag|classproperty|"
    r"unify_type.*|.*_warn_always.*|cudart|.*sparse.*|.*deterministic_(debug|fill).*|hsmm|saddmm|"
    r"smm|spmm|dsmm|hspmm|sspaddmm|AVG|SUM|has_.*|compiled_with.*|get_file_path|export|cpp|"
    r"thread_safe_generator|prepare_multi.*|.*_symint|AcceleratorError|OutOfMemoryError|"
    r"(col|row|crow|ccol)_indices|values|indices|coalesce|is_coalesced|to_dense|to_mkldnn|"
    r"(const_)?data_ptr|xpu|mtia|ipu|hpu|module_load|dim_order|.*named_tensor.*|rename_?|refine_names"
    r"|align_(as|to|tensors)|has_names|names|unflatten_.*|storage(_type)?|untyped_storage|"
    r"untyped_.*|reinforce|new|slice_inverse|cauchy_symint|is_(ipu|xla|maia|mtia|vulkan|hpu)|"
    r"hash_tensor|init_num_threads|lobpcg|resize_as_sparse_|.*_amp_.*|layout|norm_except_dim|"
    r"rnn_(relu|tanh)|segment_reduce|unsafe_.*|align_.*|wait|fork|is_anomaly.*|set_anomaly.*|"
    r"grid_sampler.*|affine_grid_generator|cudnn.*|constant_pad_nd|conv_tbc|convolution|dropout_|"
    r"feature_dropout_?|embedding_renorm_|.*_jvp|frobenius_norm|nuclear_norm|hardshrink_|"
    r"chunk_cat|is_same_size|nested.*|.*nested.*|retains_grad|SymBool|sparse_dim|dense_dim)$"
)
"""Names that no program of a user needs: other hardware, quantization, sparse, internals."""

DIFFERS = {
    "torch.compile": "replays NumPy instead of making kernels; other shapes are traced anew",
    "torch.bfloat16": "a name only: NumPy has no such numbers",
    "torch.complex64": "a name only: complex numbers are not implemented",
    "torch.complex128": "a name only: complex numbers are not implemented",
    "torch.cfloat": "a name only: complex numbers are not implemented",
    "torch.cdouble": "a name only: complex numbers are not implemented",
    "torch.inference_mode": "Tensors made in it may be used in a graph later",
    "torch.set_num_threads": "needs the package threadpoolctl",
    "torch.Tensor.cuda": "raises: there is no GPU",
    "torch.Tensor.pin_memory": "raises: there is no GPU",
    "torch.Tensor.share_memory_": "raises: not implemented",
    "torch.nn.DataParallel": "calls its module once",
}


def public(place: str) -> list[str]:
    """The names that users of PyTorch find in a place."""
    import torch

    if place == "torch.Tensor":
        return [n for n in dir(torch.Tensor) if not MACHINERY.match(n)]
    module = importlib.import_module(place)
    names = getattr(module, "__all__", None) or dir(module)
    found = []
    for name in names:
        x = getattr(module, name, None)
        home = getattr(x, "__module__", None) or ""
        if MACHINERY.match(name) or isinstance(x, types.ModuleType):
            continue
        if callable(x) and (home.split(".")[0] not in ("torch", "") or home == "torch.types"):
            continue
        if not callable(x) and place != "torch":
            continue
        if inspect.isclass(x) and home.startswith("torch._C") and ours_lacks(place, name):
            continue
        if re.match(r"(torch\.)?_(tensor|jit|VF|overrides)", home) and place == "torch":
            continue
        found.append(name)
    return sorted(set(found))


def ours_lacks(place: str, name: str) -> bool:
    """Whether a name is in no place of ours."""
    here = ours(place)
    return here is None or not hasattr(here, name)


def ours(place: str) -> Any:
    """The same place here, or None."""
    name = "microgradnn" + place.removeprefix("torch")
    if place == "torch.Tensor":
        return importlib.import_module("microgradnn").Tensor
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None


def parameters(f: Any) -> set[str] | None:
    """The names of a function's parameters; None where Python cannot know, or it takes any."""
    try:
        signature = inspect.signature(f)
    except (ValueError, TypeError):
        return None
    kinds = {p.kind for p in signature.parameters.values()}
    if inspect.Parameter.VAR_KEYWORD in kinds or inspect.Parameter.VAR_POSITIONAL in kinds:
        return None
    return {n for n in signature.parameters if not n.startswith("_")} - {"self", "input"}


def difference(full: str, theirs: Any, mine: Any) -> str:
    """What to say of a name that is in both; nothing where the signatures agree."""
    if full in DIFFERS:
        return DIFFERS[full]
    a, b = parameters(theirs), parameters(mine)
    lacking = sorted((a or set()) - b) if b is not None else []
    return f"without `{'`, `'.join(lacking)}`" if lacking else ""


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def page() -> str:
    """Make the page's text."""
    import torch

    warnings.simplefilter("ignore")
    rows, places = [], []
    totals = [0, 0]
    for place in PLACES:
        here, there = ours(place), torch.Tensor if place == "torch.Tensor" else None
        there = there or importlib.import_module(place)
        present, differing, absent = [], [], []
        for name in public(place):
            mine = getattr(here, name, None) if here is not None else None
            if here is None or not hasattr(here, name):
                absent.append(name)
                continue
            present.append(name)
            told = difference(f"{place}.{name}", getattr(there, name, None), mine)
            if told:
                differing.append(f"- `{name}`: {told}")
        totals = [totals[0] + len(present), totals[1] + len(present) + len(absent)]
        anchor = place.replace(".", "").lower()
        rows.append(
            f"| [`{place}`](#{anchor}) | {len(present)} | {len(differing)} | {len(absent)} |"
        )
        parts = [f"## {place}", _listed(present) + "." if present else "Nothing is there yet."]
        if differing:
            parts += ["*Differs*", "\n".join(differing)]
        if absent:
            parts += ["*Absent*", _listed(absent) + "."]
        places.append("\n\n".join(parts))
    return PAGE.format(
        version=torch.__version__.partition("+")[0], supported=totals[0], total=totals[1],
        counts="\n".join(rows), places="\n\n".join(places),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(update({ROOT / "docs" / "torch-names.md": page}, sys.argv, __doc__))
