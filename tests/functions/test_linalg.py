"""``mg.linalg`` and the old names: numbers worked out by hand, edges and errors."""

import math

import numpy as np
import pytest

import microgradnn as mg
from microgradnn import linalg

SINGULAR = [[1.0, 2.0], [2.0, 4.0]]
NAN = float("nan")


def tensor(data, requires_grad=False):
    return mg.tensor(data, dtype=mg.float64, requires_grad=requires_grad)


def near(found, expected):
    np.testing.assert_allclose(found.detach().numpy(), expected, rtol=1e-12, atol=1e-14)


A = [[2.0, 1.0], [4.0, 3.0]]  # det 2


def test_equations_and_inverses():
    near(linalg.solve(tensor(A), tensor([4.0, 10.0])), [1.0, 2.0])
    near(linalg.solve(tensor(A), tensor([[4.0], [10.0]])), [[1.0], [2.0]])
    near(linalg.solve(tensor(A), tensor([[10.0, 7.0]]), left=False), [[1.0, 2.0]])
    near(linalg.inv(tensor(A)), [[1.5, -0.5], [-2.0, 1.0]])
    near(tensor(A).inverse(), [[1.5, -0.5], [-2.0, 1.0]])
    near(linalg.tensorsolve(tensor(A), tensor([4.0, 10.0])), [1.0, 2.0])


def test_triangles():
    x = tensor([[2.0, 9.0], [1.0, 4.0]])
    b = tensor([[2.0], [5.0]])
    near(linalg.solve_triangular(x, b, upper=False), [[1.0], [1.0]])
    near(linalg.solve_triangular(x, b, upper=False, unitriangular=True), [[2.0], [3.0]])
    near(linalg.solve_triangular(x, b.mT, upper=True, left=False), [[1.0, -1.0]])
    found = mg.triangular_solve(b, x, upper=False)
    near(found.solution, [[1.0], [1.0]])
    near(found.cloned_coefficient, [[2.0, 9.0], [1.0, 4.0]])


def test_a_zero_on_the_diagonal_of_a_triangle_divides():
    zero = tensor([[0.0, 0.0], [1.0, 1.0]])
    found = linalg.solve_triangular(zero, tensor([[1.0], [1.0]]), upper=False)
    assert found.tolist() == [[math.inf], [-math.inf]]


def test_determinants():
    near(mg.det(tensor(A)), 2.0)
    near(mg.logdet(tensor(A)), math.log(2.0))
    assert mg.logdet(tensor([[-1.0]])).isnan().item()
    sign, log = mg.slogdet(tensor([[0.0, 3.0], [1.0, 0.0]]))
    near(sign, -1.0)
    near(log, math.log(3.0))
    assert linalg.det(mg.zeros(2, 0, 0)).tolist() == [1.0, 1.0]


def test_the_gradient_of_a_determinant_is_the_cofactors_of_singular_matrices_too():
    x = tensor(SINGULAR, requires_grad=True)
    mg.det(x).backward()
    near(x.grad, [[4.0, -2.0], [-2.0, 1.0]])


def test_factors():
    x = tensor([[4.0, 2.0], [2.0, 5.0]])
    near(mg.cholesky(x), [[2.0, 0.0], [1.0, 2.0]])
    near(linalg.cholesky(x, upper=True), [[2.0, 1.0], [0.0, 2.0]])
    near(mg.cholesky_solve(tensor([[8.0], [9.0]]), mg.cholesky(x)), [[1.375], [1.25]])
    near(mg.cholesky_inverse(mg.cholesky(x)) @ x, np.eye(2))
    LU, pivots = linalg.lu_factor(tensor([[1.0, 2.0], [2.0, 2.0]]))
    near(LU, [[2.0, 2.0], [0.5, 1.0]])
    assert pivots.tolist() == [2, 2]
    assert pivots.dtype is mg.int32
    near(linalg.lu_solve(LU, pivots, tensor([[3.0], [4.0]])), [[1.0], [1.0]])
    near(linalg.lu_solve(LU, pivots, tensor([[3.0], [4.0]]), adjoint=True), [[1.0], [1.0]])
    P, L, U = linalg.lu(tensor([[1.0, 2.0], [2.0, 2.0]]))
    assert P.tolist() == [[0.0, 1.0], [1.0, 0.0]]
    near(L, [[1.0, 0.0], [0.5, 1.0]])
    near(U, [[2.0, 2.0], [0.0, 1.0]])


def test_large_matrices_are_factored_in_panels():
    x = np.random.default_rng(0).standard_normal((2, 70, 90))
    P, L, U = linalg.lu(mg.tensor(x))
    np.testing.assert_allclose((P @ L @ U).numpy(), x, atol=1e-12)
    assert np.abs(L.numpy()).max() <= 1.0


def test_qr_of_each_mode():
    x = tensor([[3.0, 1.0], [4.0, 2.0], [0.0, 0.0]])
    for mode, columns in (("reduced", 2), ("complete", 3)):
        Q, R = linalg.qr(x, mode)
        near(Q @ R, x.numpy())
        near(Q.mT @ Q, np.eye(columns))
    Q, R = linalg.qr(x, "r")
    assert Q.numel() == 0
    near(R.abs(), [[5.0, 2.2], [0.0, 0.4]])


def test_derivatives_that_do_not_exist_are_refused():
    for mode, text in (("r", "needs Q"), ("complete", "more rows than columns")):
        x = tensor([[3.0], [4.0]], requires_grad=True)
        with pytest.raises(NotImplementedError, match=text):
            linalg.qr(x, mode).R.sum().backward()


def test_singular_values_and_eigenvalues():
    x = tensor([[0.0, 2.0], [3.0, 0.0]])
    near(linalg.svdvals(x), [3.0, 2.0])
    U, S, Vh = linalg.svd(x)
    near((U * S) @ Vh, x.numpy())
    U, S, V = mg.svd(x)
    near((U * S) @ V.mT, x.numpy())
    assert [part.shape for part in linalg.svd(mg.zeros(2, 3))] == [(2, 2), (2,), (3, 3)]
    values, vectors = linalg.eigh(tensor([[2.0, NAN], [1.0, 2.0]]))  # the lower triangle is read
    near(values, [1.0, 3.0])
    near((vectors * values) @ vectors.mT, [[2.0, 1.0], [1.0, 2.0]])
    near(linalg.eigvalsh(tensor([[2.0, 1.0], [NAN, 2.0]]), UPLO="U"), [1.0, 3.0])


def test_equal_eigenvalues_have_a_gradient_but_their_vectors_have_none():
    for f, good in (
        (lambda x: linalg.eigvalsh(x).sum(), True),
        (lambda x: linalg.eigh(x).eigenvalues.sum(), True),
        (lambda x: linalg.svd(x).S.sum(), True),
        (lambda x: (linalg.eigh(x).eigenvectors ** 3).sum(), False),
    ):
        x = tensor([[1.0, 0.0], [0.0, 1.0]], requires_grad=True)
        f(x).backward()
        if good:
            near(x.grad, np.eye(2))
        else:
            assert not np.isfinite(x.grad.numpy()).all()


def test_pseudoinverses_and_ranks():
    near(mg.pinverse(tensor([[2.0], [0.0]])), [[0.5, 0.0]])
    near(linalg.pinv(tensor([[2.0, 0.0], [0.0, 1e-3]]), atol=1e-2), [[0.5, 0.0], [0.0, 0.0]])
    near(linalg.pinv(tensor([[2.0, NAN], [0.0, 4.0]]), hermitian=True), [[0.5, 0], [0, 0.25]])
    assert linalg.matrix_rank(tensor(SINGULAR)).item() == 1
    assert linalg.matrix_rank(tensor(SINGULAR), hermitian=True).item() == 1
    assert linalg.matrix_rank(mg.zeros(3, 0, 2)).tolist() == [0, 0, 0]
    line = linalg.lstsq(tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), tensor([1.0, 3.0, 5.0]))
    near(line.solution, [1.0, 2.0])
    assert line.rank.item() == 2


def test_norms():
    x = tensor([[3.0, 0.0], [-4.0, 0.0]])
    for ord, expected in {"fro": 5, "nuc": 5, 1: 7, -1: 0, 2: 5, -2: 0, math.inf: 4}.items():
        near(linalg.matrix_norm(x, ord), expected)
    for ord, expected in {2: 5, 1: 7, 0: 2, math.inf: 4, -math.inf: 0, 3: 91 ** (1 / 3)}.items():
        near(linalg.vector_norm(x, ord), expected)
    near(linalg.norm(x, dim=0), [5.0, 0.0])
    near(x.norm(), 5.0)
    near(mg.norm(x, 1, dim=1, keepdim=True), [[3.0], [4.0]])
    near(mg.norm(x, "nuc"), 5.0)
    near(linalg.cond(tensor([[1.0, 0.0], [0.0, 4.0]])), 4.0)
    assert linalg.cond(tensor(SINGULAR), 1).item() == math.inf
    assert linalg.matrix_norm(x, keepdim=True).shape == (1, 1)


def test_the_norm_of_nothing_and_of_zero():
    x = tensor([0.0, 0.0], requires_grad=True)
    x.norm().backward()
    assert x.grad.tolist() == [0.0, 0.0]
    assert linalg.vector_norm(mg.zeros(0)).item() == 0.0
    with pytest.raises(RuntimeError, match="of no elements there is no norm of order inf"):
        linalg.vector_norm(mg.zeros(0), math.inf)


def test_distances():
    x, y = tensor([[0.0, 0.0], [3.0, 4.0]]), tensor([[0.0, 0.0], [0.0, 1.0]])
    near(mg.cdist(x, y), [[0.0, 1.0], [5.0, math.sqrt(18.0)]])
    near(mg.cdist(x, y, p=1), [[0.0, 1.0], [7.0, 6.0]])
    near(mg.dist(x[1], y[1]), math.sqrt(18.0))


def test_vectors():
    near(mg.cross(tensor([[1.0, 0, 0]]), tensor([[0, 1.0, 0]])), [[0, 0, 1.0]])
    near(linalg.vecdot(tensor([1.0, 2.0]), tensor([3.0, 4.0])), 11.0)
    near(linalg.vander(tensor([2.0, 3.0]), 3), [[1, 2, 4], [1, 3, 9]])
    near(mg.vander(tensor([2.0, 3.0]), 3), [[4, 2, 1], [9, 3, 1]])
    near(mg.cov(tensor([[0.0, 2.0], [4.0, 0.0]])), [[2.0, -4.0], [-4.0, 8.0]])
    near(mg.cov(tensor([1.0, 3.0]), correction=0), 1.0)
    near(mg.cov(tensor([1.0, 3.0]), fweights=mg.tensor([1, 2])), 4.0 / 3.0)
    near(mg.corrcoef(tensor([[0.0, 2.0], [4.0, 0.0]])), [[1.0, -1.0], [-1.0, 1.0]])


def test_powers_and_the_exponential():
    x = tensor([[1.0, 1.0], [0.0, 1.0]])
    near(mg.matrix_power(x, 5), [[1.0, 5.0], [0.0, 1.0]])
    near(mg.matrix_power(x, -2), [[1.0, -2.0], [0.0, 1.0]])
    near(mg.matrix_power(x, 0), np.eye(2))
    near(mg.matrix_exp(x), [[math.e, math.e], [0.0, math.e]])
    near(mg.matrix_exp(20.0 * mg.eye(1, dtype=mg.float64)), [[math.exp(20.0)]])
    large = np.array([[0.0, 50.0], [-50.0, 0.0]])
    turned = [[math.cos(50.0), math.sin(50.0)], [-math.sin(50.0), math.cos(50.0)]]
    np.testing.assert_allclose(mg.matrix_exp(mg.tensor(large)).numpy(), turned, atol=1e-12)


def test_reports_in_place_of_errors():
    batch = tensor([A, SINGULAR])
    inverse, info = linalg.inv_ex(batch)
    assert info.tolist() == [0, 2]
    near(inverse[0], [[1.5, -0.5], [-2.0, 1.0]])
    assert np.isnan(inverse[1].numpy()).all()
    assert linalg.solve_ex(batch, tensor([4.0, 10.0]).reshape(2, 1)).info.tolist() == [0, 2]
    L, info = linalg.cholesky_ex(tensor([[[4.0]], [[-1.0]]]))
    assert info.tolist() == [0, 1]
    near(L, [[[2.0]], [[NAN]]])
    assert linalg.lu_factor_ex(tensor(SINGULAR)).info.item() == 2


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: linalg.inv(tensor(SINGULAR)), r"inv: x of shape \(2, 2\): the matrix is singular"),
        (lambda: linalg.inv(tensor([A, SINGULAR])), "matrix 1 of the batch is singular"),
        (lambda: linalg.solve(tensor([A, SINGULAR]), tensor([[1.0], [1.0]])), "matrix 1 of the"),
        (lambda: linalg.solve_ex(tensor(SINGULAR), tensor([1.0, 1.0]), check_errors=True), "sing"),
        (lambda: mg.cholesky(tensor([[-1.0]])), "the matrix is not positive definite"),
        (lambda: linalg.lu_factor(tensor(SINGULAR)), r"U\[2, 2\] is zero"),
    ],
)
def test_matrices_without_the_property_that_is_needed(call, text):
    with pytest.raises(linalg.LinAlgError, match=text):
        call()
    with pytest.raises(RuntimeError):
        call()


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (
            lambda: linalg.inv(mg.ones(2, 3)),
            r"linalg.inv takes square matrices, got shape \(2, 3\)",
        ),
        (lambda: linalg.inv(mg.ones(2)), "takes a matrix or a batch of matrices"),
        (
            lambda: mg.det(mg.tensor([[1]])),
            "det needs a floating point dtype, got microgradnn.int64",
        ),
        (lambda: linalg.solve(mg.eye(2), mg.ones(3, 1)), "B must have 2 rows"),
        (lambda: linalg.eigh(mg.eye(2), "X"), "UPLO must be 'L' or 'U', got 'X'"),
        (lambda: linalg.qr(mg.eye(2), "full"), "mode must be 'reduced', 'complete' or 'r'"),
        (lambda: linalg.matrix_norm(mg.eye(2), 3), "ord must be 'fro', 'nuc', inf"),
        (lambda: linalg.norm(mg.ones(1, 1, 1), 2), "must have 1 or 2 dimensions"),
        (lambda: linalg.cross(mg.ones(2), mg.ones(2)), "dimension -1 must have size 3"),
        (lambda: linalg.lstsq(mg.eye(2), mg.eye(2), driver="best"), "driver must be 'gels'"),
        (lambda: mg.cdist(mg.ones(1, 2), mg.ones(1, 3)), "the rows have 2 and 3 elements"),
        (lambda: mg.corrcoef(mg.ones(1, 1, 1)), "at most two dimensions"),
        (lambda: linalg.lu_factor(mg.eye(2), pivot=False), "without pivoting is not implemented"),
    ],
)
def test_errors_say_what_was_given(call, text):
    with pytest.raises(RuntimeError, match=text):
        call()


def test_complex_eigenvalues_are_not_implemented():
    for f in (linalg.eig, linalg.eigvals):
        with pytest.raises(NotImplementedError, match="complex numbers"):
            f(mg.eye(2))


def test_numpy_runs_them():
    x = tensor(A, requires_grad=True)
    for f in (np.linalg.inv, np.linalg.det):
        assert isinstance(f(x), mg.Tensor)
    near(np.linalg.det(x), 2.0)
    near(np.linalg.slogdet(x)[1], math.log(2.0))
