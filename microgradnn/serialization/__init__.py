"""Saving and loading, in PyTorch's format and in others."""

# In reading order.
# isort: off
from .saving import save as save
from .loading import load as load
from .errors import LoadError as LoadError
from .safe_globals import add_safe_globals as add_safe_globals
from .safe_globals import clear_safe_globals as clear_safe_globals
from .safe_globals import get_safe_globals as get_safe_globals
from .safe_globals import safe_globals as safe_globals
from .state_files import save_safetensors as save_safetensors
from .state_files import load_safetensors as load_safetensors
from .state_files import save_npz as save_npz
from .state_files import load_npz as load_npz
