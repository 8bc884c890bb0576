"""What is wrong with gradients that were derived by hand: a search among the likely mistakes.

Reading order: ``given`` (what the user wrote, matched with the graph), ``backward`` (the adjoint
equations of the graph, run from the gradients that were given), ``mistakes`` (a formula with one
mistake in it), ``exchanged`` (with one variable in another's place), ``dropped`` (with one path
left out), ``numbers`` (what is seen without a formula), ``search`` (which of them gives the numbers
that were given), ``report`` (what is said).
"""
