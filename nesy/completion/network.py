"""Network: recurrent message passing between the positions of a puzzle, for each class alike.

After Palm, Paquet and Winther (2018), Recurrent Relational Networks; but every position has a
state for each class, and all weights are shared over positions, classes and constraints. So
the network knows which positions stand together, and nothing else tells one position or
class from another: what it learns of one holds for all.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from tasks.base import OPEN

PART = 64  # puzzles completed at once
SURE = 0.95  # probability above which a class is settled at once


class Relational(nn.Module):
    """Givens (puzzles, positions), `OPEN` where there is none, to logits (rounds, puzzles, positions, classes)."""

    def __init__(self, positions: int, classes: int, groups: Sequence[Sequence[int]], width: int = 16,
                 rounds: int = 12, seed: int = 0):
        super().__init__()
        self.positions, self.classes, self.width, self.rounds = positions, classes, width, rounds
        self.groups = tuple(tuple(int(c) for c in group) for group in groups)
        member = torch.zeros(len(self.groups), positions)
        for g, cells in enumerate(self.groups):
            member[g, list(cells)] = 1
        pairs = member.nonzero()
        self.register_buffer("member", member, persistent=False)
        self.register_buffer("group_of", pairs[:, 0], persistent=False)
        self.register_buffer("cell_of", pairs[:, 1], persistent=False)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.given = nn.Embedding(3, width)  # nothing is given, another class, this class
            self.whole, self.own = nn.Linear(width, width), nn.Linear(width, width, bias=False)
            self.mixed = nn.Linear(4 * width, 2 * width)
            self.update = nn.Linear(2 * width, width)
            self.norm = nn.LayerNorm(width)
            self.out = nn.Linear(width, 1)

    def forward(self, givens: Tensor, rounds: int | None = None) -> Tensor:
        """The logits after every round."""
        classes = torch.arange(self.classes)
        kind = torch.where(givens[..., None] == OPEN, 0, 1 + (givens[..., None] == classes).long())
        first = self.given(kind)
        state, found = first, []
        for _ in range(rounds or self.rounds):
            state = self.norm(state + self.update(torch.relu(self.mixed(
                torch.cat([first, state, self.told(state), state.sum(2, keepdim=True) - state], 3)))))
            found.append(self.out(state).squeeze(3))
        return torch.stack(found)

    def told(self, state: Tensor) -> Tensor:
        """What a position's groups tell it: of each group, the other positions' states."""
        member: Tensor = self.member  # type: ignore[assignment]
        group_of: Tensor = self.group_of  # type: ignore[assignment]
        cell_of: Tensor = self.cell_of  # type: ignore[assignment]
        sums = self.whole(torch.einsum("gp,bpkd->bgkd", member, state))
        told = torch.relu(sums[:, group_of] - self.own(state)[:, cell_of])
        return torch.zeros_like(state).index_add_(1, cell_of, told)

    @torch.no_grad()
    def probabilities(self, givens: np.ndarray, rounds: int | None = None) -> np.ndarray:
        """(puzzles, positions, classes) of givens (puzzles, positions)."""
        self.eval()
        parts = [torch.softmax(self(torch.from_numpy(givens[i:i + PART]), rounds)[-1], 2).numpy()
                 for i in range(0, len(givens), PART)]
        return np.concatenate(parts)

    def complete(self, givens: np.ndarray) -> np.ndarray:
        """A class for every position: what is sure is settled and taken as given, and what is left is asked anew."""
        board = np.array(givens)
        left = np.flatnonzero((board == OPEN).any(1))
        while len(left):
            p = self.probabilities(board[left])
            p[board[left] != OPEN] = 0
            top, best = p.max(2), p.argmax(2)
            settled = (top > SURE) & (board[left] == OPEN)
            settled[np.arange(len(left)), top.argmax(1)] = True  # the surest one, be others as sure
            board[left] = np.where(settled, best, board[left])
            left = left[(board[left] == OPEN).any(1)]
        return board
