"""What layers do to the shapes of images: padding, windows, pixels traded for channels."""

from ...functions.grids import one_hot as one_hot
from ...functions.padding import pad as pad
from ...functions.windows import channel_shuffle as channel_shuffle
from ...functions.windows import fold as fold
from ...functions.windows import pixel_shuffle as pixel_shuffle
from ...functions.windows import pixel_unshuffle as pixel_unshuffle
from ...functions.windows import unfold as unfold
