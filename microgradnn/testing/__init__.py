"""Checks of gradients against finite differences: ``gradcheck``, ``gradgradcheck``.

Reading order: ``verdicts`` (what a check can say), ``functions`` (a user's function made one of
arrays), ``differences`` (slopes by central differences, and kinks), ``gradient_checks`` (the two
checks); ``closeness`` compares results.
"""

from .closeness import assert_allclose as assert_allclose
from .closeness import assert_close as assert_close
from .gradient_checks import gradcheck as gradcheck
from .gradient_checks import gradgradcheck as gradgradcheck
from .verdicts import GradcheckError as GradcheckError
from .verdicts import NotSmoothError as NotSmoothError
