"""The training loop: one network, one stream of samples, saved often and resumed exactly."""

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

from fairmot_ros.network import save_checkpoint
from fairmot_ros.network.batch_norms import restore_batch_norms
from fairmot_ros.training.config import ConfigError, TrainingConfig
from fairmot_ros.training.data.sample_streams import PROBLEMS
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
from fairmot_ros.training.engine.sample_grid import write_sheet
from fairmot_ros.written_files import replacing, write_text

Part = dict[str, Any]


class TrainingError(RuntimeError):
    """A run that cannot go on; the message says why and what to do."""


class Trainer:
    """Trains what a TrainingConfig describes, alone or as one of several processes.

    The run's folder holds `state.pt` (everything needed to go on), `weights.pth` (the averaged
    network) with `model_card.md`, `log.csv`, `samples.jpg` (samples with their targets) and,
    if there were any, `problems.txt`.
    """

    def __init__(
        self, config: TrainingConfig, data: Path, folder: Path, device: str = 'auto'
    ) -> None:
        """Build the run, or take it up where `state.pt` left it.

        Raises:
            ConfigError: if the settings do not go together.
            DataError: if a set is missing.
            CheckpointError: if the weights to start from do not fit.
            TrainingError: if the folder holds another run, or a damaged one.
        """
        self.config = config
        self.folder = folder
        self.processes = ProcessGroup.join(device)
        self.device = self.processes.device
        torch.manual_seed(config.seed)
        self.mix, self.stream = make_stream(config, data)
        self.stream.part_size = self._part_size()
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
        looks = self.mix.looks(config.reid_dim)
        self.loss = make_loss(config, self.stream.num_identities, looks).to(self.device)
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
        self.model = self.processes.share(
            NetworkWithLoss(self.network, self.loss, config.precision)
        )

    def _first_images(self, count: int) -> Iterator[Tensor]:
        """Return the first samples as batches of one, float32 [1, 3, H, W]."""
        for number in range(count):
            yield self.stream.sample(number)['image'][None].float() / 255

    def _part_size(self) -> int:
        config = self.config
        parts = config.accumulate * self.processes.world
        if config.batch_size % parts:
            raise ConfigError(
                f'batch_size {config.batch_size} cannot be divided among '
                f'{self.processes.world} processes and {config.accumulate} parts'
            )
        return config.batch_size // parts

    def run(self, save_every: int = 200, minutes: float = math.inf) -> Path:
        """Train to the last step, or for a time; returns the path of the weights.

        Args:
            save_every: steps from one save to the next; the state at the end is always saved.
            minutes: after which to stop. The run resumes where it stopped.
        """
        ends = time.monotonic() + 60 * minutes
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
        parts = self.parts()
        last = time.monotonic()
        while self.step < self.steps and not self._is_over(ends):
            batch = [next(parts) for _ in range(self.config.accumulate)]
            if first and self.step == 0:
                write_sheet(
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
        self.processes.wait()  # the next run may start from them
        return weights

    @property
    def is_finished(self) -> bool:
        """Whether the last step is done."""
        return self.step >= self.steps

    def _is_over(self, ends: float) -> bool:
        """Return whether a moment has passed on the clock of any process."""
        if ends == math.inf:
            return False
        over = torch.tensor(float(time.monotonic() >= ends), device=self.device)
        return bool(self.processes.total(over))

    def parts(self) -> Iterator[Part]:
        """Return the parts of the batches from the present step on."""
        self.stream.first_part = self.step * self.config.accumulate
        return iter(
            DataLoader(
                self.stream,
                batch_size=None,
                num_workers=self.config.workers,
                pin_memory=self.device.type == 'cuda',
            )
        )

    def train_step(self, *parts: Part) -> dict[str, float]:
        """Do one optimiser step on this process's parts of a batch.

        Returns:
            The loss terms of the whole batch, over all parts and processes.

        Raises:
            TrainingError: if the loss is not a finite number.
        """
        set_modes(self.network, self.config.freeze, self.config.freeze_batch_norm)
        for part in parts:
            self._note(part.get(PROBLEMS, ()))
        batches = [
            {k: v.to(self.device, non_blocking=True) for k, v in part.items() if k != PROBLEMS}
            for part in parts
        ]
        totals = self.processes.total(
            torch.stack([self.loss.count_totals(batch) for batch in batches]).sum(0)
        )
        for group in self.optimizer.param_groups:
            group['lr'] = self.config.learning_rate * group['factor'] * self._rate(self.step)
        self.optimizer.zero_grad(set_to_none=True)
        names = self.loss.term_names
        sums = torch.zeros(len(names), dtype=torch.float64, device=self.device)
        for number, batch in enumerate(batches, start=1):
            # Gradients are sent to the other processes once, with the last part.
            waits = number < len(batches) and self.processes.world > 1
            with self.model.no_sync() if waits else contextlib.nullcontext():  # type: ignore
                images = batch['image'].float().div_(255)
                images = images.contiguous(memory_format=torch.channels_last)
                terms = self.model(images, batch, totals)
                # Their mean is taken over the processes, but the terms are shares of a sum.
                self.scaler.scale(terms['loss'] * self.processes.world).backward()
            sums += torch.stack([terms[name].detach().double() for name in names])
        values = dict(zip(names, self.processes.total(sums).tolist(), strict=True))
        if not math.isfinite(values['loss']):
            raise TrainingError(
                f'the loss is {values["loss"]} at step {self.step + 1}: lower the learning rate '
                f'or use another precision, and start again from the last save in {self.folder}'
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

    def _note(self, sentences: list[str]) -> None:
        """Tell about each faulty file once."""
        for sentence in sentences:
            if self.mix.problems.add(sentence):
                tqdm.write(sentence)

    def save(self) -> Path:
        """Write the state and the averaged weights.

        Raises:
            WriteError: if a file cannot be written; the earlier ones are left, as by a crash.
        """
        weights = self.folder / 'weights.pth'
        problems = self.mix.problems
        for sentence in self.processes.gather(problems.sentences()):
            problems.add(sentence)
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
            'problems': problems.sentences(),
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
            text = '\n'.join(problems.sentences()) + '\n'
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
            self._restore(torch.load(path, map_location='cpu', weights_only=True))
        except Exception as error:  # damaged files raise almost anything
            reason = (str(error).strip() or type(error).__name__).splitlines()[-1].strip()
            raise TrainingError(
                f'{path} is damaged or of another run than {self.config.name}: choose another '
                f'output folder, or remove this one ({reason})'
            ) from error

    def _restore(self, state: dict[str, Any]) -> None:
        """Take over a saved state; raises whatever a faulty one raises."""
        self.network.load_state_dict(state['network'])
        self.average.network.load_state_dict(state['average'])
        self.loss.load_state_dict(state['loss'])
        self.optimizer.load_state_dict(state['optimizer'])
        self.average.updates = int(state['average_updates'])
        self.step = int(state['step'])
        self.seconds = float(state.get('seconds', 0.0))
        self.terms = dict(state.get('terms', {}))
        self._note(list(state.get('problems', [])))
        if self.scaler.is_enabled() and state.get('scaler'):
            self.scaler.load_state_dict(state['scaler'])
        if 'random' in state:
            torch.set_rng_state(state['random'])
        if 'random_cuda' in state and self.device.type == 'cuda':
            torch.cuda.set_rng_state(state['random_cuda'], self.device)
