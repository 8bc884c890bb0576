"""The first room: what happens where one number is used twice."""

from __future__ import annotations

from exhibits.exhibit import Exhibit, Subject, labelled


def diamond() -> Subject:
    """Two ways from x to L, which meet again."""
    x = labelled(x=2.0)["x"]
    u = x * 3.0
    v = x**2
    product = u * v
    u.label, v.label, product.label = "u", "v", "L"
    return Subject(product, parameters=[x])


FIRST_STEPS = (
    Exhibit(
        "diamond",
        "A diamond",
        "`x` is used twice, so its gradient is a sum over two paths. Whoever writes `=` where `+=` "
        "is meant loses one of them.",
        diamond,
    ),
)
