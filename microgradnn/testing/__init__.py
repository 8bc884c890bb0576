"""Checks of gradients against finite differences: ``gradcheck``, ``gradgradcheck``.

Reading order: ``verdicts`` (what a check can say), ``functions`` (a user's function made one of
arrays), ``differences`` (slopes by central differences, and kinks), ``gradient_checks`` (the two
checks); ``closeness`` compares results. ``check_derivation`` looks for the mistake in gradients
that were derived by hand; what it is made of is in ``derivations/``.
"""

from .check_derivation import check_derivation as check_derivation
from .closeness import assert_allclose as assert_allclose
from .closeness import assert_close as assert_close
from .convergence import Verdict as Verdict
from .derivations.report import DerivationError as DerivationError
from .directional_checks import GradReport as GradReport
from .directional_checks import check_grads as check_grads
from .gradient_checks import gradcheck as gradcheck
from .gradient_checks import gradgradcheck as gradgradcheck
from .verdicts import GradcheckError as GradcheckError
from .verdicts import NotSmoothError as NotSmoothError
