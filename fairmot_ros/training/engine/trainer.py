# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The training loop: steps, logs, saves and exact resumption."""

from __future__ import annotations

import contextlib
import math
import platform
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from fairmot_ros.files.unpacking import check_stored
from fairmot_ros.files.writing import replacing, write_text
from fairmot_ros.network import save_checkpoint
from fairmot_ros.network.batch_norms import restore_batch_norms
from fairmot_ros.training.config import ConfigError, TrainingConfig
from fairmot_ros.training.engine import schedule
from fairmot_ros.training.engine.distributed import ProcessGroup
from fairmot_ros.training.engine.ema import WeightAverage
from fairmot_ros.training.engine.factory import (
    NetworkWithLoss,
    make_loss,
    make_network,
    make_stream,
    start_from,
)
from fairmot_ros.training.engine.freezing import freeze, parameter_groups, set_modes
from fairmot_ros.training.engine.logs import RunLog
from fairmot_ros.training.engine.model_card import Progress, write_card
from fairmot_ros.training.engine.sample_grid import write_sample_grid
from fairmot_ros.training.streams.sample_stream import PROBLEMS

MicroBatch = dict[str, Any]


class TrainingError(RuntimeError):
    """A run that cannot continue; the message gives the reason and a remedy."""


class Trainer:
    """A training run, in one process or as one of several.

    The folder of the run contains `state.pt` (the complete state, to resume from), `weights.pth`
    (the averaged network) with `model_card.md`, `log.csv`, `samples.jpg` (first samples with
    their targets) and, if data was faulty, `problems.txt`.
    """

    def __init__(
        self, config: TrainingConfig, data: Path, folder: Path, device: str = 'auto'
    ) -> None:
        """Set up a new run, or resume it from `state.pt`.

        Args:
            config: configuration of the run.
            data: folder that contains the datasets.
            folder: folder of the run.
            device: 'auto', 'cpu', 'cuda' or 'cuda:N'.

        Raises:
            ConfigError: if the settings are inconsistent.
            DataError: if a dataset is missing.
            CheckpointError: if the initial weights belong to another architecture.
            TrainingError: if `state.pt` is damaged or belongs to another run.
        """
        self.config = config
        self.folder = folder
        self.processes = ProcessGroup.join(device)
        self.device = self.processes.device
        torch.manual_seed(config.seed)
        self.mix, self.stream = make_stream(config, data)
        self.stream.micro_batch_size = self._micro_batch_size()
        self.stream.rank, self.stream.world = self.processes.rank, self.processes.world
        self.steps_per_epoch = (
            self.stream.samples_per_epoch // config.batch_size
            if self.stream.samples_per_epoch
            else None
        )
        self.steps = self.steps_per_epoch * config.epochs if self.steps_per_epoch else config.steps
        resumes = (folder / 'state.pt').is_file()
        self.network = make_network(config)
        if config.weights and not resumes:
            start_from(self.network, config.weights)
        if config.batch_norm_samples and not resumes:
            restore_batch_norms(self.network, self._first_images(config.batch_norm_samples))
        freeze(self.network, config.freeze)
        self.network.to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        teacher_embeddings = self.mix.target_embeddings(config.reid_dim)
        self.loss = make_loss(config, self.stream.num_identities, teacher_embeddings).to(
            self.device
        )
        self.average = WeightAverage(self.network, config.ema_decay)
        self.optimizer = torch.optim.Adam(
            parameter_groups(self.network, self.loss, config.rate_factors),
            lr=config.learning_rate,
        )
        self.scaler = torch.amp.GradScaler(  # type: ignore[attr-defined]
            self.device.type, init_scale=2.0**10, enabled=config.precision == 'fp16'
        )
        self.step = 0
        self.seconds = 0.0
        self.terms: dict[str, float] = {}
        folder.mkdir(parents=True, exist_ok=True)
        if resumes:
            self._resume()
        self.model = self.processes.wrap(
            NetworkWithLoss(self.network, self.loss, config.precision)
        )

    def _first_images(self, count: int) -> Iterator[Tensor]:
        """Yield the images of the first samples, float32 [1, 3, H, W] each."""
        for number in range(count):
            yield self.stream.sample_tensors(number)['image'][None].float() / 255

    def _micro_batch_size(self) -> int:
        config = self.config
        micro_batches = config.accumulate * self.processes.world
        if config.batch_size % micro_batches:
            raise ConfigError(
                f'batch_size {config.batch_size} cannot be divided among '
                f'{self.processes.world} processes and {config.accumulate} micro-batches'
            )
        return config.batch_size // micro_batches

    def run(self, save_every: int = 200, minutes: float = math.inf) -> Path:
        """Train to the last step or until a time limit; return the path of the weights.

        Args:
            save_every: steps between two saves; the final state is always saved.
            minutes: time limit; a later call resumes the run.
        """
        deadline = time.monotonic() + 60 * minutes
        first = self.processes.is_first
        log = RunLog(self.folder, self.step, self.loss.term_names) if first else None
        progress = tqdm(
            total=self.steps,
            initial=self.step,
            unit='step',
            desc=self.config.name,
            mininterval=2.0,
            disable=not first,
        )
        if first and len(self.mix.problems):
            tqdm.write(self.mix.problems.report())
        names = self.loss.term_names
        sums = dict.fromkeys(names, 0.0)
        counted = 0
        micro_batches = self.micro_batches()
        last = time.monotonic()
        while self.step < self.steps and not self._is_past(deadline):
            batch = [next(micro_batches) for _ in range(self.config.accumulate)]
            if first and self.step == 0:
                write_sample_grid(
                    self.folder / 'samples.jpg',
                    batch[0],
                    self.stream.recipe,
                    self.network.stride,
                )
            terms = self.train_step(*batch)
            now = time.monotonic()
            self.seconds, last = self.seconds + now - last, now
            counted += 1
            sums = {name: sums[name] + terms[name] for name in names}
            progress.update()
            if log and (self.step % self.config.log_every == 0 or self.step == self.steps):
                self.terms = {name: total / counted for name, total in sums.items()}
                sums, counted = dict.fromkeys(names, 0.0), 0
                progress.set_postfix({k: f'{v:.3f}' for k, v in self.terms.items()}, refresh=False)
                log.write(self.step, self.seconds, self._rate(self.step - 1), self.terms)
            if self.step % save_every == 0 and self.step < self.steps:
                self.save()
        progress.close()
        if log:
            log.close()
        weights = self.save()
        self.processes.barrier()  # a following run may start from the weights
        return weights

    @property
    def is_finished(self) -> bool:
        """Whether the last step is done."""
        return self.step >= self.steps

    def _is_past(self, deadline: float) -> bool:
        """Whether the deadline has passed in any process, so that all stop at the same step."""
        if deadline == math.inf:
            return False
        past = torch.tensor(float(time.monotonic() >= deadline), device=self.device)
        return bool(self.processes.all_reduce(past))

    def micro_batches(self) -> Iterator[MicroBatch]:
        """Return the micro-batches from the current step on."""
        self.stream.first_micro_batch = self.step * self.config.accumulate
        return iter(
            DataLoader(
                self.stream,
                batch_size=None,
                num_workers=self.config.workers,
                pin_memory=self.device.type == 'cuda',
            )
        )

    def train_step(self, *micro_batches: MicroBatch) -> dict[str, float]:
        """Do one optimiser step on the micro-batches of this process.

        Returns:
            The loss terms of the whole batch, over all micro-batches and processes.

        Raises:
            TrainingError: if the loss is not finite.
        """
        set_modes(self.network, self.config.freeze, self.config.freeze_batch_norm)
        for micro_batch in micro_batches:
            self._report(micro_batch.get(PROBLEMS, ()))
        batches = [
            {
                name: value.to(self.device, non_blocking=True)
                for name, value in micro_batch.items()
                if name != PROBLEMS
            }
            for micro_batch in micro_batches
        ]
        totals = self.processes.all_reduce(
            torch.stack([self.loss.count_totals(batch) for batch in batches]).sum(0)
        )
        for group in self.optimizer.param_groups:
            group['lr'] = self.config.learning_rate * group['factor'] * self._rate(self.step)
        self.optimizer.zero_grad(set_to_none=True)
        names = self.loss.term_names
        sums = torch.zeros(len(names), dtype=torch.float64, device=self.device)
        for number, batch in enumerate(batches, start=1):
            # Gradients are exchanged between processes once, with the last micro-batch.
            keeps_local = number < len(batches) and self.processes.world > 1
            with self.model.no_sync() if keeps_local else contextlib.nullcontext():  # type: ignore
                images = batch['image'].float().div_(255)
                images = images.contiguous(memory_format=torch.channels_last)
                terms = self.model(images, batch, totals)
                # Gradients are averaged over processes, but the terms are parts of a sum.
                self.scaler.scale(terms['loss'] * self.processes.world).backward()
            sums += torch.stack([terms[name].detach().double() for name in names])
        values = dict(zip(names, self.processes.all_reduce(sums).tolist(), strict=True))
        if not math.isfinite(values['loss']):
            raise TrainingError(
                f'the loss is {values["loss"]} at step {self.step + 1}: lower the learning rate '
                f'or use another precision, and resume from the last save in {self.folder}'
            )
        if self.config.clip_gradient is not None:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.network.parameters(), self.config.clip_gradient)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.average.update(self.network)
        self.step += 1
        return values

    def _rate(self, step: int) -> float:
        return schedule.rate(self.config, step, self.steps, self.steps_per_epoch)

    def _report(self, messages: list[str]) -> None:
        """Print messages about faulty data, each once."""
        for message in messages:
            if self.mix.problems.add(message):
                tqdm.write(message)

    def save(self) -> Path:
        """Write the state and the averaged weights.

        Raises:
            WriteError: if a file cannot be written; the previously saved files are kept.
        """
        weights = self.folder / 'weights.pth'
        problems = self.mix.problems
        for message in self.processes.gather(problems.messages()):
            problems.add(message)
        if not self.processes.is_first:
            return weights
        state = {
            'step': self.step,
            'seconds': self.seconds,
            'terms': self.terms,
            'network': self.network.state_dict(),
            'average': self.average.network.state_dict(),
            'average_updates': self.average.updates,
            'loss': self.loss.state_dict(),
            'optimizer': self.optimizer.state_dict(),
            'scaler': self.scaler.state_dict(),
            'random': torch.get_rng_state(),
            'problems': problems.messages(),
        }
        if self.device.type == 'cuda':
            state['random_cuda'] = torch.cuda.get_rng_state(self.device)
        with replacing(self.folder / 'state.pt') as partial, partial.open('wb') as file:
            torch.save(state, file)
        epoch = self.step // self.steps_per_epoch if self.steps_per_epoch else None
        save_checkpoint(
            self.average.network,
            weights,
            half=self.config.half_weights,
            epoch=self.step if epoch is None else epoch,
            name=self.config.name,
            input_size=list(self.config.input_size),
            labels=list(self.config.labels),
        )
        if len(problems):
            text = '\n'.join(problems.messages()) + '\n'
            write_text(self.folder / 'problems.txt', text)
        progress = Progress(
            self.step,
            self.steps,
            epoch,
            self.terms,
            self.seconds,
            self._hardware(),
            len(problems),
        )
        write_card(
            self.folder / 'model_card.md', self.config, self.network, self.mix.summaries, progress
        )
        return weights

    def _hardware(self) -> str:
        if self.device.type == 'cuda':
            name = torch.cuda.get_device_name(self.device)
        else:
            name = f'{platform.machine()} CPU, {torch.get_num_threads()} threads'
        return f'{self.processes.world} x {name}' if self.processes.world > 1 else name

    def _resume(self) -> None:
        path = self.folder / 'state.pt'
        try:
            check_stored(path)
            self._restore(torch.load(path, map_location='cpu', weights_only=True))
        except Exception as error:  # damaged files raise exceptions of many kinds
            reason = (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
            raise TrainingError(
                f'{path} is damaged or of another run than {self.config.name}: choose another '
                f'output folder, or remove this one ({reason})'
            ) from error

    def _restore(self, state: dict[str, Any]) -> None:
        """Load a saved state; a faulty one raises exceptions of any kind."""
        self.network.load_state_dict(state['network'])
        self.average.network.load_state_dict(state['average'])
        self.loss.load_state_dict(state['loss'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.average.updates = int(state['average_updates'])
        self.step = int(state['step'])
        self.seconds = float(state.get('seconds', 0.0))
        self.terms = dict(state.get('terms', {}))
        self._report(list(state.get('problems', [])))
        if self.scaler.is_enabled() and state.get('scaler'):
            self.scaler.load_state_dict(state['scaler'])
        if 'random' in state:
            torch.set_rng_state(state['random'])
        if 'random_cuda' in state and self.device.type == 'cuda':
            torch.cuda.set_rng_state(state['random_cuda'], self.device)
