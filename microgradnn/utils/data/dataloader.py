"""The names of `microgradnn.data.dataloader` in the place where PyTorch has them."""

from ...data.collate import default_collate as default_collate
from ...data.collate import default_convert as default_convert
from ...data.dataloader import DataLoader as DataLoader
from ...data.worker_info import get_worker_info as get_worker_info
