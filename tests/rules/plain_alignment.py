"""The word of connectionist temporal classification in the table's ``mathematics``: every path."""

import itertools
import math

import numpy as np


def spelled(x, labels, input_lengths, target_lengths, blank):
    """For each sequence the sum of the probabilities of all paths that spell its labels."""
    out = np.zeros(x.shape[1])
    for k, (steps, count) in enumerate(zip(input_lengths, target_lengths, strict=True)):
        wanted = [int(label) for label in labels[k][:count]]
        for path in itertools.product(range(x.shape[2]), repeat=int(steps)):
            merged = [step for step, _ in itertools.groupby(path)]
            if [step for step in merged if step != blank] == wanted:
                out[k] += math.exp(math.fsum(x[t, k, step] for t, step in enumerate(path)))
    return out


ALIGNMENT = {"spelled": spelled}
