"""A variational autoencoder of scikit-learn's digits: it draws digits that nobody wrote.

The encoder says where an image of 8 x 8 pixels lies among eight numbers, and how sure it is; a
point drawn there is decoded. The loss is what the decoder gets wrong, and how far the places are
from a standard normal distribution, so that a point drawn from that one decodes to a digit too.

With seed 0 the loss falls from 44.5 to 23.8 nats an image in 8,000 steps (9 s of one core).
Digits it has not seen are rebuilt with a mean squared error of 0.026; the mean image has 0.074.
"""

from __future__ import annotations

import importlib

from program import Program
from sklearn.datasets import load_digits

program = Program(__doc__, steps=8000)
torch = importlib.import_module(program.framework)
nn, F = torch.nn, torch.nn.functional
data = torch.utils.data

PIXELS, HIDDEN, CODE, BATCH = 64, 128, 8, 64
SHADES = " .:-=+*#%@"


class Autoencoder(nn.Module):
    """An image to a normal distribution of codes, and a code to an image."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.ReLU())
        self.mean = nn.Linear(HIDDEN, CODE)
        self.log_variance = nn.Linear(HIDDEN, CODE)
        self.decoder = nn.Sequential(
            nn.Linear(CODE, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, PIXELS), nn.Sigmoid()
        )

    def forward(self, images):
        """The images decoded from codes drawn for them, and the distributions of those codes."""
        hidden = self.encoder(images)
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        # The draw is moved and stretched, not made at its place: so the gradient gets through.
        code = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decoder(code), mean, log_variance

    def loss(self, images):
        """What is got wrong and the divergence from a standard normal, in nats an image."""
        decoded, mean, log_variance = self(images)
        wrong = F.binary_cross_entropy(decoded, images, reduction="sum")
        divergence = -0.5 * torch.sum(1 + log_variance - mean**2 - log_variance.exp())
        return (wrong + divergence) / len(images)


def endless(loader):
    """Batches, epoch after epoch."""
    while True:
        for (images,) in loader:
            yield images


def as_text(images):
    """Images side by side, two characters to a pixel."""
    levels = (images.reshape(-1, 8, 8) * (len(SHADES) - 1)).round().long().tolist()
    return "\n".join(
        "  ".join("".join(2 * SHADES[level] for level in image[row]) for image in levels).rstrip()
        for row in range(8)
    )


def main():
    """Train on 1,500 digits, rebuild some of the others, and draw new ones."""
    torch.manual_seed(program.seed)
    digits = torch.tensor(load_digits().data / 16).float()
    loader = data.DataLoader(data.TensorDataset(digits[:1500]), BATCH, shuffle=True)
    model = Autoencoder()
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _, images in zip(program.steps(), endless(loader), strict=False):
        loss = model.loss(images)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        program.loss(loss.item())

    with torch.no_grad():
        unseen = digits[1500:]
        print(f"loss on digits it has not seen: {model.loss(unseen).item():.2f} nats an image")
        rebuilt = model.decoder(model.mean(model.encoder(unseen)))
        error = (rebuilt - unseen).pow(2).mean().item()
        blank = (unseen - digits[:1500].mean(0)).pow(2).mean().item()
        print(f"squared error: {error:.4f}; of the mean image: {blank:.4f}")
        print(f"\nFive of them\n{as_text(unseen[:5])}\n\nrebuilt\n{as_text(rebuilt[:5])}")
        print(f"\nFive that nobody wrote\n{as_text(model.decoder(torch.randn(5, CODE)))}")


if __name__ == "__main__":
    main()
