"""From pictures to tensors, with torchvision's draws for its random transforms."""

import numpy as np
import torch
from PIL import Image, ImageOps


class Compose:
    def __init__(self, transforms):
        self.transforms = transforms

    def __call__(self, image):
        for transform in self.transforms:
            image = transform(image)
        return image


class Lambda:
    def __init__(self, lambd):
        self.lambd = lambd

    def __call__(self, image):
        return self.lambd(image)


class ToTensor:
    def __call__(self, image):
        array = np.array(image)
        array = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
        return torch.from_numpy(np.ascontiguousarray(array)).to(torch.get_default_dtype()).div(255)


class Normalize:
    def __init__(self, mean, std, inplace=False):
        self.mean, self.std = mean, std

    def __call__(self, tensor):
        mean, std = (torch.as_tensor(x, dtype=tensor.dtype).reshape(-1, 1, 1)
                     for x in (self.mean, self.std))  # fmt: skip
        return tensor.clone().sub_(mean).div_(std)


class Resize:
    def __init__(self, size, interpolation=Image.BILINEAR):
        self.size, self.interpolation = size, interpolation

    def __call__(self, image):
        height, width = (self.size,) * 2 if isinstance(self.size, int) else self.size
        return image.resize((width, height), self.interpolation)


class Pad:
    def __init__(self, padding):
        self.padding = padding

    def __call__(self, image):
        return ImageOps.expand(image, self.padding)


class RandomHorizontalFlip:
    def __init__(self, p=0.5):
        self.p = p

    def __call__(self, image):
        return ImageOps.mirror(image) if torch.rand(1) < self.p else image


class RandomCrop:
    def __init__(self, size):
        self.size = size

    def __call__(self, image):
        top = int(torch.randint(0, image.height - self.size + 1, size=(1,)))
        left = int(torch.randint(0, image.width - self.size + 1, size=(1,)))
        return image.crop((left, top, left + self.size, top + self.size))
