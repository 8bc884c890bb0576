"""Keep freed memory for the next step, instead of giving it back and asking for it again.

A training step takes arrays of some megabytes and frees them. glibc's allocator gives what is free
at the end of its heap back to the system, and the next step gets it anew, page by page: that
doubled the time of a convolutional network's step. How much is kept it learns from what is freed:
twice the largest array so far, and at most 64 MB. So one array of half that size is made and freed
here; nobody writes to it, so it takes no memory and some microseconds. Other allocators do not
mind.
"""

from __future__ import annotations

import numpy as np

LARGEST = (32 << 20) - 8192
"""Bytes: of larger arrays glibc learns nothing."""

np.empty(LARGEST, np.uint8)
