"""Recurrent networks: over whole sequences (`layers`), and one step at a time (`cells`)."""

from .base import RNNBase as RNNBase
from .cells import GRUCell as GRUCell
from .cells import LSTMCell as LSTMCell
from .cells import RNNCell as RNNCell
from .cells import RNNCellBase as RNNCellBase
from .layers import GRU as GRU
from .layers import LSTM as LSTM
from .layers import RNN as RNN
