"""Compiled steps: traced once with real numbers, planned, and replayed as plain NumPy.

In reading order: `record` (what a trace consists of), `traced` and `tracer` (stand-ins for arrays,
and who writes down what is done to them), `whole` (rules that are one instruction), `binding` and
`updates` (where a trace takes hold of the library), `flat` (small parameters side by side),
`capture` (one traced call), `compare` (two must agree), `passes` and `faster` (what makes a trace
shorter), `plan` (memory), `emit`, `errstate` and `replay` (source), `open` and `modules` (functions
and modules that an outer ``backward()`` goes through), `dependencies` and `guards` (what a trace is
good for), `run` (the step that users call).
"""

from .run import Compiled as Compiled
from .run import Options as Options
from .run import compiled as compiled
