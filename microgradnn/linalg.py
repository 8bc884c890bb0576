"""``mg.linalg``: PyTorch's namespace of linear algebra.

Complex eigenvalues are not implemented: `eigh` and `eigvalsh` are for symmetric matrices.
"""

from __future__ import annotations

from ._errors import LinAlgError as LinAlgError
from .functions.contraction import multi_dot as multi_dot
from .functions.linalg_factors import cholesky as cholesky
from .functions.linalg_factors import cholesky_ex as cholesky_ex
from .functions.linalg_factors import lu as lu
from .functions.linalg_factors import lu_factor as lu_factor
from .functions.linalg_factors import lu_factor_ex as lu_factor_ex
from .functions.linalg_factors import lu_solve as lu_solve
from .functions.linalg_factors import qr as qr
from .functions.linalg_norms import cond as cond
from .functions.linalg_norms import matrix_norm as matrix_norm
from .functions.linalg_norms import norm as norm
from .functions.linalg_norms import vector_norm as vector_norm
from .functions.linalg_reflections import householder_product as householder_product
from .functions.linalg_spectra import eig as eig
from .functions.linalg_spectra import eigh as eigh
from .functions.linalg_spectra import eigvals as eigvals
from .functions.linalg_spectra import eigvalsh as eigvalsh
from .functions.linalg_spectra import lstsq as lstsq
from .functions.linalg_spectra import matrix_rank as matrix_rank
from .functions.linalg_spectra import pinv as pinv
from .functions.linalg_spectra import svd as svd
from .functions.linalg_spectra import svdvals as svdvals
from .functions.linalg_systems import det as det
from .functions.linalg_systems import inv as inv
from .functions.linalg_systems import inv_ex as inv_ex
from .functions.linalg_systems import matrix_exp as matrix_exp
from .functions.linalg_systems import matrix_power as matrix_power
from .functions.linalg_systems import slogdet as slogdet
from .functions.linalg_systems import solve as solve
from .functions.linalg_systems import solve_ex as solve_ex
from .functions.linalg_systems import tensorinv as tensorinv
from .functions.linalg_systems import tensorsolve as tensorsolve
from .functions.linalg_triangles import solve_triangular as solve_triangular
from .functions.linalg_vectors import cross as cross
from .functions.linalg_vectors import diagonal as diagonal
from .functions.linalg_vectors import vander as vander
from .functions.linalg_vectors import vecdot as vecdot
from .functions.products import matmul as matmul
