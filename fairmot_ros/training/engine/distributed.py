"""Several processes that train one network, started by torch's own launcher (torchrun)."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from fairmot_ros.detector.engines.devices import choose_device
from fairmot_ros.training.config import ConfigError


@dataclass(frozen=True)
class ProcessGroup:
    """This process among those of the run.

    Attributes:
        rank: its number.
        world: how many there are.
        device: where it computes: `cuda` is the GPU of this machine that is its own.
    """

    rank: int
    world: int
    device: torch.device

    @staticmethod
    def join(device: str) -> ProcessGroup:
        """Find the others by the environment that torchrun sets; alone without it.

        Args:
            device: 'auto', 'cpu', 'cuda' or 'cuda:N'.

        Raises:
            ConfigError: if there is no such device.
        """
        try:
            chosen = choose_device(device)
            world = int(os.environ.get('WORLD_SIZE', '1'))
            if world == 1:
                return ProcessGroup(0, 1, chosen)
            if chosen.type == 'cuda':
                chosen = choose_device(f'cuda:{os.environ.get("LOCAL_RANK", "0")}')
                torch.cuda.set_device(chosen)
        except ValueError as error:
            raise ConfigError(str(error)) from error
        if not dist.is_initialized():
            dist.init_process_group('nccl' if chosen.type == 'cuda' else 'gloo')
        return ProcessGroup(dist.get_rank(), world, chosen)

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes files."""
        return self.rank == 0

    def total(self, values: Tensor) -> Tensor:
        """Return the sum over all processes."""
        if self.world > 1:
            values = values.clone()
            dist.all_reduce(values)
        return values

    def gather(self, sentences: list[str]) -> list[str]:
        """Return the sentences of all processes."""
        if self.world == 1:
            return sentences
        every: list[list[str]] = [[] for _ in range(self.world)]
        dist.all_gather_object(every, sentences)
        return [sentence for own in every for sentence in own]

    def share(self, module: nn.Module) -> nn.Module:
        """Return the module such that its gradients are the mean over all processes."""
        if self.world == 1:
            return module
        devices = [self.device] if self.device.type == 'cuda' else None
        return DistributedDataParallel(module, device_ids=devices, find_unused_parameters=True)

    def wait(self) -> None:
        """Go on when all have come here."""
        if self.world > 1:
            dist.barrier()

    def leave(self) -> None:
        """Part from the others."""
        if self.world > 1 and dist.is_initialized():
            dist.destroy_process_group()
