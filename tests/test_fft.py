"""What of ``mg.fft`` is real in and out; clear errors for what is not."""

import pytest

import microgradnn as mg


def test_frequencies():
    assert mg.fft.fftfreq(5, 0.1, dtype=mg.float64).tolist() == [0.0, 2.0, 4.0, -4.0, -2.0]
    assert mg.fft.rfftfreq(4).tolist() == [0.0, 0.25, 0.5]
    assert mg.fft.fftfreq(3).dtype is mg.float32
    assert mg.fft.fftfreq(3, requires_grad=True).requires_grad
    with pytest.raises(RuntimeError, match="no frequencies of 0 samples"):
        mg.fft.fftfreq(0)


def test_shifts():
    x = mg.tensor([[0, 1, -1], [10, 11, 9]])
    assert mg.fft.fftshift(x, dim=1).tolist() == [[-1, 0, 1], [9, 10, 11]]
    assert mg.fft.fftshift(x).tolist() == [[9, 10, 11], [-1, 0, 1]]
    assert mg.fft.ifftshift(mg.fft.fftshift(x)).tolist() == x.tolist()


def test_the_gradient_of_a_shift():
    x = mg.zeros(3, requires_grad=True)
    (mg.fft.fftshift(x) * mg.tensor([1.0, 2.0, 3.0])).sum().backward()
    assert x.grad.tolist() == [2.0, 3.0, 1.0]


@pytest.mark.parametrize("name", ["fft", "ifft2", "rfftn", "hfft"])
def test_transforms_are_of_complex_numbers(name):
    with pytest.raises(NotImplementedError, match=rf"fft.{name}: .*complex numbers"):
        getattr(mg.fft, name)(mg.ones(4))
