"""MNIST addition by ABLkit and by ours: the same images, scenes and cores, one after the other in one process.

    pip install ablkit && python tests/benchmarks/peers.py [--seed 0] [--train 30000] [--loops 1]

Prints what each gets right of the sums of test, and its CPU seconds of learning and answering. ABLkit's
learner is as in its own example of this task: a LeNet, RMSprop, a hundredth of the scenes at a time.
"""

import argparse
import os
import sys
import tempfile
import time

from tasks import Scenes, benchmark


def ours(split: Scenes, train: int, seed: int) -> float:
    """The share of test sums that our learner gets right."""
    from nesy.abduction.learn import Config, learn
    from nesy.runs.perceiving import background_of

    background = background_of(split)
    network, _ = learn(split.images, split.train[:train], background, len(split.symbols), Config(seed=seed))
    p = network.probabilities(split.test_images)
    return share(background.answer(background.read(p[list(s.images)]).tolist()) == s.answer for s in split.test)


def ablkit(split: Scenes, train: int, seed: int, loops: int) -> float:
    """The share of test sums that ABLkit gets right."""
    import torch
    from ablkit.bridge import SimpleBridge  # pyright: ignore[reportMissingImports]
    from ablkit.learning import ABLModel, BasicNN  # pyright: ignore[reportMissingImports]
    from ablkit.reasoning import KBBase, Reasoner  # pyright: ignore[reportMissingImports]
    from ablkit.utils import ABLLogger  # pyright: ignore[reportMissingImports]
    from torch import nn

    class Sum(KBBase):
        def logic_forward(self, digits):  # noqa: D102
            return sum(digits)

    torch.manual_seed(seed)
    ABLLogger.get_instance("peers", log_level="ERROR")
    lenet = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))
    scenes = split.train[:train]
    optimiser = torch.optim.RMSprop(lenet.parameters(), lr=0.001)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, max_lr=0.001, pct_start=0.15, epochs=loops,
                                                   steps_per_epoch=100)
    learner = BasicNN(lenet, nn.CrossEntropyLoss(label_smoothing=0.1), optimiser, schedule, torch.device("cpu"), 32, 1)
    rules = Sum(pseudo_label_list=list(range(10)))
    bridge = SimpleBridge(ABLModel(learner), Reasoner(rules), [])
    images, test_images = (torch.tensor(x).float().div(127.5).sub(1).unsqueeze(1)
                           for x in (split.images, split.test_images))
    bridge.train(([list(images[list(s.images)]) for s in scenes], None, [s.answer for s in scenes]),
                 loops=loops, segment_size=0.01, eval_interval=loops + 1)
    digits = learner.predict(X=list(test_images)).tolist()
    return share(sum(digits[i] for i in s.images) == s.answer for s in split.test)


def share(right) -> float:
    """How many of these hold."""
    found = list(right)
    return sum(found) / len(found)


def main() -> None:
    """Both, one after the other."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--train", type=int, default=30_000, help="scenes to learn from, of 30,000")
    options.add_argument("--loops", type=int, default=1, help="of ABLkit over the training scenes")
    given = options.parse_args()
    os.chdir(tempfile.mkdtemp())  # ABLkit writes its log where it is started
    split = benchmark("digits").split("addition-1", given.seed)
    assert isinstance(split, Scenes)
    for name, run in (("ours", lambda: ours(split, given.train, given.seed)),
                      ("ablkit", lambda: ablkit(split, given.train, given.seed, given.loops))):
        start = time.process_time()
        try:
            right = run()
        except ImportError as error:
            sys.exit(f"{name}: {error}; pip install ablkit")
        sys.stdout.write(f"{name}: {100 * right:.2f} % of {len(split.test)} sums, "
                         f"{time.process_time() - start:.0f} CPU s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
