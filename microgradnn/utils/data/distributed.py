"""The names of `microgradnn.data.distributed` in the place where PyTorch has them."""

from ...data.distributed import DistributedSampler as DistributedSampler
