"""Datasets, samplers and the `DataLoader`; programs find them as ``microgradnn.utils.data``."""

# In reading order.
# isort: off
from .dataset import Dataset as Dataset
from .dataset import IterableDataset as IterableDataset
from .dataset import TensorDataset as TensorDataset
from .dataset import StackDataset as StackDataset
from .dataset import ConcatDataset as ConcatDataset
from .dataset import ChainDataset as ChainDataset
from .dataset import Subset as Subset
from .dataset import random_split as random_split
from .sampler import Sampler as Sampler
from .sampler import SequentialSampler as SequentialSampler
from .sampler import RandomSampler as RandomSampler
from .sampler import SubsetRandomSampler as SubsetRandomSampler
from .sampler import WeightedRandomSampler as WeightedRandomSampler
from .sampler import BatchSampler as BatchSampler
from .distributed import DistributedSampler as DistributedSampler
from .collate import default_collate as default_collate
from .collate import default_convert as default_convert
from .dataloader import DataLoader as DataLoader
from .worker_info import get_worker_info as get_worker_info
