"""The chain rule of a graph written out: formulas, numbers, and the gradient as NumPy code."""
