"""Which entries of PyTorch's operator database differ in microgradnn, which are absent, and why.

Kept by hand. `test_operators.py` holds every line against the database, so that none goes stale;
`.ci/write_operators.py` makes `docs/operators.md` of them.
"""

from __future__ import annotations

SAMPLES = 2
"""How many samples of each entry the tests run."""

DIFFERENT: dict[str, tuple[str, ...]] = {
    "The result is complex numbers, which microgradnn does not have.": (
        "fft.fft", "fft.fft2", "fft.fftn", "fft.hfft", "fft.hfft2", "fft.hfftn",
        "fft.ifft", "fft.ifft2", "fft.ifftn", "fft.ihfft", "fft.ihfft2", "fft.ihfftn",
        "fft.irfft", "fft.irfft2", "fft.irfftn", "fft.rfft", "fft.rfft2", "fft.rfftn",
        "linalg.eig", "linalg.eigvals",
    ),
    "PyTorch has no second gradient where it saves memory; microgradnn has the usual one.": (
        "nn.functional.linear_cross_entropy (chunked)",
        "nn.functional.linear_cross_entropy (chunked_none)",
    ),
    # `nn.functional.silu` itself is among the equal ones.
    "PyTorch itself refuses the samples of the entry on a CPU.": (
        "nn.functional.batch_norm (without_cudnn)",
    ),
    "The entry has samples of complex numbers only.": ("nn.functional.silu (complex)",),
    # At -5.42 PyTorch's J0 is off by 1.9e-7 and its J1 by 3.3e-8; mpmath agrees with ours.
    "PyTorch is less exact than the tolerance of the comparison.": (
        "special.bessel_j0", "special.bessel_j1", "special.bessel_y1",
    ),
    "The samples view a part of a larger memory; the comparison hands over a copy of that part.": (
        "as_strided (partial_views)",
    ),
    # What was replaced does not reach the result, so that its derivative is zero.
    "PyTorch's gradient by the input is not zero at the elements that were replaced.": (
        "as_strided_scatter",
    ),
    "PyTorch gives a gradient of zeros to what the distribution depends on, microgradnn none.": (
        "bernoulli", "normal",
    ),
    # Both are compared bit for bit in tests/test_random_peers.py.
    "The database calls `randn_like`, or swaps the mean and the standard deviation.": (
        "rand_like", "normal (number_mean)",
    ),
    # `Tensor.normal_` draws what PyTorch's draws: tests/test_random_peers.py.
    "The entry is the method `normal_`, not the function of its name.": ("normal (in_place)",),
}  # fmt: skip
"""For each reason the entries that do not give PyTorch's results in the first samples."""

ABSENT: dict[str, tuple[str, ...]] = {
    "Complex numbers, which microgradnn does not have.": (
        "cdouble", "cfloat", "chalf", "complex", "imag", "istft", "polar", "stft",
        "view_as_complex", "view_as_real",
    ),
    "NumPy has no such number format.": (
        "bfloat16",
    ),
    "Sparse tensors, which microgradnn does not have.": (
        "sparse.mm", "sparse.sampled_addmm", "to_sparse",
    ),
    "Masked tensors, a prototype in PyTorch.": (
        "masked.amax", "masked.amin", "masked.argmax", "masked.argmin", "masked.cumprod",
        "masked.cumsum", "masked.log_softmax", "masked.logaddexp", "masked.logsumexp",
        "masked.mean", "masked.median", "masked.norm", "masked.normalize", "masked.prod",
        "masked.softmax", "masked.softmin", "masked.std", "masked.sum", "masked.var",
    ),
    "Kernels that only GPUs have, or that PyTorch compiles for them.": (
        "jiterator_2inputs_2outputs", "jiterator_4inputs_with_extra_args", "jiterator_binary",
        "jiterator_binary_return_by_ref", "jiterator_unary", "torch._scaled_mm",
        "torch._scaled_mm_v2", "torch.ops.aten._efficient_attention_forward",
        "torch.ops.aten._flash_attention_forward",
    ),
    "Internal to PyTorch: a step of another operator, or of its gradient.": (
        "_batch_norm_with_update", "_chunk_cat", "_native_batch_norm_legit", "_segment_reduce",
        "_softmax_backward_data", "_unsafe_masked_index", "_unsafe_masked_index_put_accumulate",
        "_upsample_bilinear2d_aa", "grid_sampler_2d", "grid_sampler_3d", "hash_tensor",
        "max_pool2d_with_indices_backward", "native_batch_norm", "native_dropout_backward",
        "native_group_norm", "native_layer_norm", "slice", "torch.ops.aten._safe_softmax.default",
    ),
    "Random numbers of further distributions, not written yet.": (
        "cauchy", "exponential", "geometric", "log_normal", "uniform",
    ),
    "Linear algebra not written yet.": (
        "linalg.ldl_factor", "linalg.ldl_factor_ex", "linalg.ldl_solve", "pca_lowrank",
        "svd_lowrank",
    ),
    "A histogram in several dimensions, not written yet.": (
        "histogramdd",
    ),
}  # fmt: skip
"""For each reason the operators, without their variants, that microgradnn does not have."""
