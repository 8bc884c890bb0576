"""One network built, looked at and trained on both libraries from one seed."""

import numpy as np

import microgradnn as mg


def trained(m, build, forward, dtype, steps=20, seed=7):
    """What can be compared of a network: repr, state, outputs, gradients, losses, later state."""
    m.manual_seed(seed)
    net = build(m).to(getattr(m, dtype))
    first = {name: p.detach().numpy().copy() for name, p in net.state_dict().items()}
    losses, gradients = [], {}
    for step in range(steps):
        for p in net.parameters():
            p.grad = None
        out = forward(m, net)
        loss = ((out - 0.5) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        if not step:
            gradients = {
                name: None if p.grad is None else p.grad.numpy().copy()
                for name, p in net.named_parameters()
            }
            output = out.detach().numpy().copy()
        with m.no_grad():
            for p in net.parameters():
                if p.grad is not None:
                    p -= 0.05 * p.grad
    last = {name: p.detach().numpy() for name, p in net.state_dict().items()}
    return repr(net), first, output, gradients, np.array(losses), last, m.rand(1).item()


def same_training(torch, build, forward, dtype="float64", steps=20, bits=True):
    """Check that a network begins with the same bits and learns the same on both libraries.

    ``build(m)`` makes it, ``forward(m, net)`` a Tensor. Without ``bits``, what it begins with is
    computed and may differ in the last one.
    """
    ours = trained(mg, build, forward, dtype, steps)
    theirs = trained(torch, build, forward, dtype, steps)
    assert ours[0] == theirs[0]
    assert list(ours[1]) == list(theirs[1])
    for name, array in ours[1].items():
        if bits:
            assert array.tobytes() == theirs[1][name].tobytes(), name
        np.testing.assert_allclose(array, theirs[1][name], rtol=1e-12, atol=1e-13)
    tolerance = (
        {"rtol": 1e-9, "atol": 1e-11} if dtype == "float64" else {"rtol": 1e-4, "atol": 1e-5}
    )
    np.testing.assert_allclose(ours[2], theirs[2], **tolerance)
    for name, gradient in ours[3].items():
        if gradient is None or theirs[3][name] is None:
            assert gradient is theirs[3][name], name
        else:
            np.testing.assert_allclose(gradient, theirs[3][name], **tolerance, err_msg=name)
    np.testing.assert_allclose(ours[4], theirs[4], **tolerance)
    for name, array in ours[5].items():
        np.testing.assert_allclose(array, theirs[5][name], **tolerance, err_msg=name)
    assert ours[6] == theirs[6]
