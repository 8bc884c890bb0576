def make_faster(trace): pass
