"""Network: a small convolutional network from images to class probabilities, and clusters to begin with."""

import warnings

import numpy as np
import torch
from torch import Tensor, nn

BATCH = 128
PART = 256  # images whose classes are told at once: more do not fit a processor's cache
COMPONENTS = 40  # principal components in which images are clustered
CLUSTERED = 12_000  # images from which clusters are found


class Network(nn.Module):
    """Images (n, 1, h, w), floats from 0 to 1, to logits (n, classes)."""

    def __init__(self, classes: int, width: int = 16, seed: int = 0):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            layers: list[nn.Module] = [nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False),
                                       nn.BatchNorm2d(width), nn.ReLU()]
            for before, channels in ((width, 2 * width), (2 * width, 4 * width)):
                layers += [nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.MaxPool2d(2),
                           nn.BatchNorm2d(channels), nn.ReLU()]
            self.features = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(3), nn.Flatten())
            self.out = nn.Sequential(nn.Dropout(0.2), nn.Linear(36 * width, classes))
        self.classes, self.width = classes, width
        self.register_buffer("temperature", torch.ones(()))

    def set_temperature(self, temperature: float) -> None:
        """Soften probabilities by this factor."""
        self.temperature: Tensor = torch.full((), temperature)

    def forward(self, images: Tensor) -> Tensor:
        """Logits, divided by the temperature that was fitted."""
        return self.out(self.features(images)) / self.temperature

    @torch.no_grad()
    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) of images (n, h, w), as bytes."""
        self.eval()
        parts = [torch.softmax(self(as_tensor(images[i:i + PART])), 1).numpy() for i in range(0, len(images), PART)]
        return np.concatenate(parts).astype(np.float64)


def batches(images: int) -> int:
    """The steps of one pass over so many images."""
    return -(-images // BATCH)


def as_tensor(images: np.ndarray) -> Tensor:
    """Bytes (n, h, w) as the network takes them."""
    return torch.from_numpy(images.astype(np.float32)).div(255).unsqueeze(1)


class Teacher:
    """One optimiser and its schedule over all epochs; each epoch fits the network to soft labels."""

    def __init__(self, network: Network, images: int, epochs: int, seed: int, rate: float = 0.01):
        self.network, self.generator = network, torch.Generator().manual_seed(seed)
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=rate, weight_decay=0.01)
        steps = epochs * batches(images)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimiser, rate, total_steps=steps + epochs,
                                                            pct_start=0.2)

    def epoch(self, images: np.ndarray, labels: np.ndarray) -> float:
        """One pass over images (n, h, w) with labels (n, classes); returns the mean loss, in nats."""
        self.network.train()
        order, total = torch.randperm(len(images), generator=self.generator).numpy(), 0.0
        for i in range(0, len(order), BATCH):
            chosen = order[i:i + BATCH]
            batch = self.shifted(as_tensor(images[chosen]))
            target = torch.from_numpy(labels[chosen]).float()
            loss = -(target * torch.log_softmax(self.network(batch), 1)).sum(1).mean()
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            self.schedule.step()
            total += loss.item() * len(chosen)
        return total / len(images)

    def shifted(self, batch: Tensor) -> Tensor:
        """The batch moved by up to two pixels, to either side."""
        dx, dy = torch.randint(-2, 3, (2,), generator=self.generator).tolist()
        return torch.roll(batch, (dx, dy), (2, 3))


def clusters(images: np.ndarray, many: int, seed: int) -> np.ndarray:
    """The cluster of each image, by k-means over principal components of what is seen at half the size."""
    from scipy.cluster.vq import kmeans2, vq

    h, w = images.shape[1] // 2 * 2, images.shape[2] // 2 * 2
    small = images[:, :h, :w].reshape(len(images), h // 2, 2, w // 2, 2).mean((2, 4)).reshape(len(images), -1) / 255
    rng = np.random.default_rng(seed)
    some = small[rng.permutation(len(small))[:CLUSTERED]]
    mean = some.mean(0)
    directions = np.linalg.svd(some - mean, full_matrices=False)[2][:COMPONENTS].T
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One of the clusters is empty")  # it then has no images
        centres, _ = kmeans2((some - mean) @ directions, many, iter=15, minit="++", rng=np.random.default_rng(seed))
    return vq((small - mean) @ directions, centres)[0]


