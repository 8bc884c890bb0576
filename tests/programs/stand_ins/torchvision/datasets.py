"""scikit-learn's digits in the shape of other data sets."""

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits
from torch.utils.data import Dataset

TRAINING = 1500


class MNIST(Dataset):
    """1,797 digits of 8 by 8 pixels, three times as large, in a margin: 28 by 28, 0 to 255."""

    side, colours = 28, False

    def __init__(self, root, train=True, transform=None, target_transform=None, download=False):
        images, targets = load_digits(return_X_y=True)
        images = np.kron(images.reshape(-1, 8, 8) * (255 / 16), np.ones((3, 3)))
        margin = (self.side - 24) // 2
        images = np.pad(images, [(0, 0), (margin, margin), (margin, margin)]).astype(np.uint8)
        part = slice(TRAINING) if train else slice(TRAINING, None)
        self.train, self.transform, self.target_transform = train, transform, target_transform
        self.data = torch.from_numpy(np.ascontiguousarray(images[part]))
        self.targets = torch.from_numpy(targets[part].astype(np.int64))

    train_data = test_data = property(lambda self: self.data)
    train_labels = test_labels = property(lambda self: self.targets)

    def __len__(self):
        return len(self.targets)

    def __getitem__(self, index):
        image, target = Image.fromarray(self.data[index].numpy()), int(self.targets[index])
        if self.colours:
            image = image.convert("RGB")
        if self.transform is not None:
            image = self.transform(image)
        if self.target_transform is not None:
            target = self.target_transform(target)
        return image, target


class FashionMNIST(MNIST):
    """The same digits."""


class CIFAR10(MNIST):
    """The same digits in three equal colours, 32 by 32."""

    side, colours = 32, True
