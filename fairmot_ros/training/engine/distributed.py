# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Distributed training with several processes, started by torchrun."""

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
    """The processes of a run, as seen by one of them.

    Attributes:
        rank: number of this process.
        world: number of processes.
        device: device of this process; of several GPUs, the one with its local rank.
    """

    rank: int
    world: int
    device: torch.device

    @staticmethod
    def join(device: str) -> ProcessGroup:
        """Join the process group given by torchrun's environment variables.

        Without them, the run has one process.

        Args:
            device: 'auto', 'cpu', 'cuda' or 'cuda:N'.

        Raises:
            ConfigError: if the device does not exist.
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
        """Whether this process has rank 0, and so writes the files and logs."""
        return self.rank == 0

    def all_reduce(self, values: Tensor) -> Tensor:
        """Return the sum of a tensor over all processes."""
        if self.world > 1:
            values = values.clone()
            dist.all_reduce(values)
        return values

    def gather(self, messages: list[str]) -> list[str]:
        """Return the messages of all processes, by rank."""
        if self.world == 1:
            return messages
        of_processes: list[list[str]] = [[] for _ in range(self.world)]
        dist.all_gather_object(of_processes, messages)
        return [message for own in of_processes for message in own]

    def wrap(self, module: nn.Module) -> nn.Module:
        """Return a module whose gradients are averaged over all processes."""
        if self.world == 1:
            return module
        devices = [self.device] if self.device.type == 'cuda' else None
        return DistributedDataParallel(module, device_ids=devices, find_unused_parameters=True)

    def barrier(self) -> None:
        """Wait until all processes reach this call."""
        if self.world > 1:
            dist.barrier()

    def close(self) -> None:
        """Destroy the process group."""
        if self.world > 1 and dist.is_initialized():
            dist.destroy_process_group()
