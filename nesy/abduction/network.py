"""Network: a small convolutional network from images to class probabilities, and clusters to begin with."""

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

BATCH = 128
PART = 256  # images whose classes are told at once: more do not fit a processor's cache
WIDEST = 32  # pixels of a side, for clusters
COMPONENTS = 40  # principal components in which images are clustered
CLUSTERED = 12_000  # images from which clusters are found
TEMPERATURES = (1.0, 0.85, 1.2, 0.7, 1.5, 0.5, 2.0, 3.0)  # tried for a network that has learned; the first is best


def plain(width: int) -> tuple[list[nn.Module], int]:
    """Layers for images of about 28 pixels a side, that see half of them; and how many features they give."""
    layers: list[nn.Module] = [nn.Conv2d(1, width, 5, stride=2, padding=2, bias=False),
                               nn.BatchNorm2d(width), nn.ReLU()]
    for before, channels in ((width, 2 * width), (2 * width, 4 * width)):
        layers += [nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.MaxPool2d(2),
                   nn.BatchNorm2d(channels), nn.ReLU()]
    return [*layers, nn.AdaptiveAvgPool2d(3), nn.Flatten()], 36 * width


def deep(width: int) -> tuple[list[nn.Module], int]:
    """Layers for images of any size, seen at 32 pixels a side; and how many features they give."""
    layers: list[nn.Module] = [nn.AdaptiveAvgPool2d(32)]
    for before, channels in ((1, width), (width, 2 * width), (2 * width, 4 * width), (4 * width, 4 * width)):
        layers += [nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.MaxPool2d(2) if channels > before
                   else nn.Identity(), nn.BatchNorm2d(channels), nn.ReLU()]
    return [*layers, nn.AdaptiveAvgPool2d(3), nn.Flatten()], 36 * width


def shifted(batch: Tensor, generator: torch.Generator) -> Tensor:
    """The batch moved by up to two pixels, to either side."""
    dx, dy = torch.randint(-2, 3, (2,), generator=generator).tolist()
    return torch.roll(batch, (dx, dy), (2, 3))


def bent(batch: Tensor, generator: torch.Generator) -> Tensor:
    """Each image turned, stretched, slanted and moved a little, on its own."""
    turn, wide, high, slant, dx, dy = (torch.rand(6, len(batch), generator=generator) - 0.5).unbind()
    return warped(batch, 0.4 * turn, 1 + 0.3 * wide, 1 + 0.3 * high, 0.4 * slant, 0.2 * dx, 0.2 * dy)


def warped(batch: Tensor, turn: Tensor, wide: Tensor, high: Tensor, slant: Tensor, dx: Tensor, dy: Tensor) -> Tensor:
    """Images turned (radians), stretched and slanted (factors), moved (half widths), each by its own numbers (n)."""
    rows = (torch.stack([wide * turn.cos(), slant - turn.sin(), dx], 1),
            torch.stack([turn.sin(), high * turn.cos(), dy], 1))
    grid = functional.affine_grid(torch.stack(rows, 1), list(batch.shape), align_corners=False)
    return functional.grid_sample(batch, grid, align_corners=False)


LOOKS = ((0.1, 1.0, 0.0), (-0.1, 1.0, 0.0), (0.0, 0.93, 0.0), (0.0, 1.07, 0.0), (0.0, 1.0, 0.1), (0.0, 1.0, -0.1))


def looked(batch: Tensor) -> Iterator[Tensor]:
    """The batch as it is, and a little turned, larger and smaller, and slanted."""
    yield batch
    for turn, size, slant in LOOKS:
        same = torch.ones(len(batch))
        yield warped(batch, turn * same, size * same, size * same, slant * same, 0 * same, 0 * same)


def once(batch: Tensor) -> tuple[Tensor]:
    """The batch as it is."""
    return (batch,)


@dataclass(frozen=True)
class Build:
    """A network's layers, how images are varied while it learns, the highest learning rate, how it looks in the end."""

    layers: Callable[[int], tuple[list[nn.Module], int]]
    varied: Callable[[Tensor, torch.Generator], Tensor]
    rate: float
    dropout: float
    decay: float
    looks: Callable[[Tensor], Iterable[Tensor]]


BUILDS = {"plain": Build(plain, shifted, 0.01, 0.2, 0.01, once),
          "deep": Build(deep, bent, 0.005, 0.3, 0.02, looked)}


class Dropout(nn.Module):
    """Dropout by a generator of its own, so that a seed fixes what is learned whatever else drew before."""

    def __init__(self, share: float, seed: int):
        super().__init__()
        self.share, self.generator = share, torch.Generator().manual_seed(seed)

    def forward(self, features: Tensor) -> Tensor:
        """The features, in training with this share of them put to 0."""
        if not self.training:
            return features
        return features * (torch.rand(features.shape, generator=self.generator) >= self.share) / (1 - self.share)


class Network(nn.Module):
    """Images (n, 1, h, w), floats from 0 to 1, to logits (n, classes)."""

    def __init__(self, classes: int, width: int = 16, seed: int = 0, build: str = "plain"):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            layers, features = BUILDS[build].layers(width)
            self.features = nn.Sequential(*layers)
            self.out = nn.Sequential(Dropout(BUILDS[build].dropout, seed), nn.Linear(features, classes))
        self.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]  # convolved and pooled fastest
        self.classes, self.width, self.build = classes, width, build
        self.register_buffer("temperature", torch.ones(()))

    def set_temperature(self, temperature: float) -> None:
        """Soften probabilities by this factor."""
        self.temperature: Tensor = torch.full((), temperature)

    def calibrate(self, images: np.ndarray, likelihood: Callable[[np.ndarray], float]) -> float:
        """Set the temperature under which what is judged of images (n, h, w), bytes, is most likely, and return it.

        likelihood: how likely what is known of the images is, under class probabilities (n, classes).
        """
        best, chosen = float("-inf"), 1.0
        for temperature in TEMPERATURES:
            self.set_temperature(temperature)
            found = likelihood(self.judged(images))
            if found > best:
                best, chosen = found, temperature
        self.set_temperature(chosen)
        return chosen

    def forward(self, images: Tensor) -> Tensor:
        """Logits, divided by the temperature that was fitted."""
        return self.out(self.features(images)) / self.temperature

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) of images (n, h, w), as bytes."""
        return self._mean(images, once)

    def judged(self, images: np.ndarray) -> np.ndarray:
        """(n, classes) of images (n, h, w), as bytes: the mean over several looks at each, where the build has them."""
        return self._mean(images, BUILDS[self.build].looks)

    @torch.no_grad()
    def _mean(self, images: np.ndarray, looks: Callable[[Tensor], Iterable[Tensor]]) -> np.ndarray:
        self.eval()
        parts = [torch.stack([torch.softmax(self(look), 1) for look in looks(as_tensor(images[i:i + PART]))]).mean(0)
                 for i in range(0, len(images), PART)]
        return torch.cat(parts).numpy().astype(np.float64)


def batches(images: int) -> int:
    """The steps of one pass over so many images."""
    return -(-images // BATCH)


def as_tensor(images: np.ndarray) -> Tensor:
    """Bytes (n, h, w) as the network takes them."""
    return torch.from_numpy(images.astype(np.float32)).div(255).unsqueeze(1).contiguous(
        memory_format=torch.channels_last)


class Teacher:
    """One optimiser and its schedule over all steps; each fits the network to soft labels."""

    def __init__(self, network: Network, steps: int, seed: int):
        self.network, self.generator = network, torch.Generator().manual_seed(seed)
        self.build = BUILDS[network.build]
        self.optimiser = torch.optim.AdamW(network.parameters(), lr=self.build.rate, weight_decay=self.build.decay)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(self.optimiser, self.build.rate, total_steps=steps + 1,
                                                            pct_start=0.2)

    def epoch(self, images: np.ndarray, labels: np.ndarray) -> float:
        """One pass over images (n, h, w) with labels (n, classes); returns the mean loss, in nats."""
        order, total = torch.randperm(len(images), generator=self.generator).numpy(), 0.0
        for i in range(0, len(order), BATCH):
            chosen = order[i:i + BATCH]
            if len(chosen) == 1:  # of one image nothing can be normalised
                if i:
                    break
                chosen = np.repeat(chosen, 2)
            total += self.step(images[chosen], labels[chosen]) * len(chosen)
        return total / len(images)

    def step(self, images: np.ndarray, labels: np.ndarray) -> float:
        """One step on a batch; returns its loss."""
        self.network.train()
        batch = self.build.varied(as_tensor(images), self.generator)
        loss = -(torch.from_numpy(labels).float() * torch.log_softmax(self.network(batch), 1)).sum(1).mean()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.schedule.step()
        return loss.item()


def _halved(images: np.ndarray) -> np.ndarray:
    """Images (n, h, w) at half the size."""
    h, w = images.shape[1] // 2 * 2, images.shape[2] // 2 * 2
    return images[:, :h, :w].reshape(len(images), h // 2, 2, w // 2, 2).mean((2, 4))


def clusters(images: np.ndarray, many: int, seed: int) -> np.ndarray:
    """The cluster of each image, by k-means over principal components of what is seen at half the size.

    Of large images at a quarter, an eighth, ...: until a side has 32 pixels at most.
    """
    from scipy.cluster.vq import kmeans2, vq

    small = _halved(images)
    while max(small.shape[1:]) > WIDEST:
        small = _halved(small)
    small = small.reshape(len(images), -1) / 255
    many = min(many, len(np.unique(small, axis=0)))
    rng = np.random.default_rng(seed)
    some = small[rng.permutation(len(small))[:CLUSTERED]]
    mean = some.mean(0)
    directions = np.linalg.svd(some - mean, full_matrices=False)[2][:COMPONENTS].T
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One of the clusters is empty")  # it then has no images
        centres, _ = kmeans2((some - mean) @ directions, many, iter=15, minit="++", rng=np.random.default_rng(seed))
    return vq((small - mean) @ directions, centres)[0]
