"""The distributions that tests run over: how each is made, and values it can have."""

import numpy as np

P = (0.2, 0.7, 0.5)
LOC = (-0.5, 0.3, 2.0)
SCALE = (0.5, 1.0, 2.5)
COUNT = (4.0, 1.0, 7.0)
WEIGHTS = ((1.0, 2.0, 3.0, 0.5), (0.2, 0.2, 0.4, 0.2))
LOGITS = ((0.1, -1.0, 2.0, 0.0), (-0.5, 0.5, 0.0, 1.0))
FACTOR = ((1.0, 0.0, 0.0), (0.3, 0.8, 0.0), (-0.4, 0.2, 1.5))
REAL = (-1.3, 0.4, 2.2)
POSITIVE = (0.1, 1.3, 2.9)
INSIDE = (0.15, 0.5, 0.92)
NUMBERS = (0.0, 1.0, 3.0)

# name: (class, parameters, values); a parameter that is a tuple becomes a Tensor with a gradient.
CASES = {
    "Normal": ("Normal", {"loc": LOC, "scale": SCALE}, REAL),
    "LogNormal": ("LogNormal", {"loc": LOC, "scale": SCALE}, POSITIVE),
    "HalfNormal": ("HalfNormal", {"scale": SCALE}, POSITIVE),
    "Uniform": ("Uniform", {"low": (-2.0, 0.0, 1.5), "high": (1.0, 0.7, 4.0)}, (-1.3, 0.4, 2.2)),
    "Kumaraswamy": (
        "Kumaraswamy", {"concentration1": SCALE, "concentration0": (1.5, 0.7, 2.0)}, INSIDE
    ),
    "Laplace": ("Laplace", {"loc": LOC, "scale": SCALE}, REAL),
    "Gumbel": ("Gumbel", {"loc": LOC, "scale": SCALE}, REAL),
    "Cauchy": ("Cauchy", {"loc": LOC, "scale": SCALE}, REAL),
    "HalfCauchy": ("HalfCauchy", {"scale": SCALE}, POSITIVE),
    "Exponential": ("Exponential", {"rate": SCALE}, POSITIVE),
    "Weibull": ("Weibull", {"scale": SCALE, "concentration": (1.5, 1.0, 2.0)}, POSITIVE),
    "Pareto": ("Pareto", {"scale": (0.05, 1.0, 2.5), "alpha": (3.0, 2.5, 4.0)}, POSITIVE),
    "Gamma": ("Gamma", {"concentration": SCALE, "rate": (1.0, 2.0, 0.5)}, POSITIVE),
    "Chi2": ("Chi2", {"df": (1.0, 2.0, 5.5)}, POSITIVE),
    "Beta": ("Beta", {"concentration1": SCALE, "concentration0": (1.5, 0.7, 2.0)}, INSIDE),
    "Dirichlet": ("Dirichlet", {"concentration": WEIGHTS}, (0.1, 0.2, 0.3, 0.4)),
    "StudentT": ("StudentT", {"df": (1.5, 3.0, 8.0), "loc": LOC, "scale": SCALE}, REAL),
    "Bernoulli(probs)": ("Bernoulli", {"probs": P}, (1.0, 0.0, 1.0)),
    "Bernoulli(logits)": ("Bernoulli", {"logits": LOC}, (1.0, 0.0, 1.0)),
    "Geometric(probs)": ("Geometric", {"probs": P}, NUMBERS),
    "Geometric(logits)": ("Geometric", {"logits": LOC}, NUMBERS),
    "Binomial(probs)": ("Binomial", {"total_count": 5, "probs": P}, NUMBERS),
    "Binomial(logits)": ("Binomial", {"total_count": 5, "logits": LOC}, NUMBERS),
    "NegativeBinomial": ("NegativeBinomial", {"total_count": COUNT, "probs": P}, NUMBERS),
    "NegativeBinomial(logits)": ("NegativeBinomial", {"total_count": 3.0, "logits": LOC}, NUMBERS),
    "Poisson": ("Poisson", {"rate": SCALE}, NUMBERS),
    "Categorical(probs)": ("Categorical", {"probs": WEIGHTS}, (3, 0)),
    "Categorical(logits)": ("Categorical", {"logits": LOGITS}, (1, 2)),
    "OneHotCategorical": ("OneHotCategorical", {"probs": WEIGHTS}, (0.0, 0.0, 1.0, 0.0)),
    "OneHotCategoricalStraightThrough": (
        "OneHotCategoricalStraightThrough", {"logits": LOGITS}, (0.0, 1.0, 0.0, 0.0)
    ),
    "Multinomial": (
        "Multinomial", {"total_count": 6, "probs": WEIGHTS}, (1.0, 2.0, 3.0, 0.0)
    ),
    "Multinomial(logits)": (
        "Multinomial", {"total_count": 6, "logits": LOGITS}, (1.0, 2.0, 3.0, 0.0)
    ),
    "MultivariateNormal(scale_tril)": (
        "MultivariateNormal", {"loc": LOC, "scale_tril": FACTOR}, REAL
    ),
    "MultivariateNormal(covariance_matrix)": (
        "MultivariateNormal",
        {"loc": LOC, "covariance_matrix": np.array(FACTOR) @ np.array(FACTOR).T},
        REAL,
    ),
    "MultivariateNormal(precision_matrix)": (
        "MultivariateNormal",
        {"loc": LOC, "precision_matrix": np.array(FACTOR) @ np.array(FACTOR).T},
        REAL,
    ),
    "VonMises": ("VonMises", {"loc": LOC, "concentration": SCALE}, REAL),
    "RelaxedBernoulli": ("RelaxedBernoulli", {"temperature": (0.7,), "probs": P}, INSIDE),
    "RelaxedOneHotCategorical": (
        "RelaxedOneHotCategorical", {"temperature": (0.7,), "logits": LOGITS},
        (0.1, 0.2, 0.3, 0.4),
    ),
}  # fmt: skip

NUMPYS = (
    "Gamma",
    "Chi2",
    "Beta",
    "Dirichlet",
    "StudentT",
    "Binomial",
    "Poisson",
    "NegativeBinomial",
)
"""Those whose samples are NumPy's."""


def make(m, name, **options):
    """The distribution of a case, and its parameters that have gradients."""
    cls, given, _ = CASES[name]
    params = {
        key: m.tensor(np.array(value), dtype=m.float64, requires_grad=True)
        if not isinstance(value, int | float) else value
        for key, value in given.items()
    }  # fmt: skip
    tensors = [value for value in params.values() if not isinstance(value, int | float)]
    return getattr(m.distributions, cls)(**params, **options), tensors


def values(m, name):
    """Values that it can have."""
    given = np.array(CASES[name][2])
    return m.tensor(given) if given.dtype.kind == "i" else m.tensor(given, dtype=m.float64)
