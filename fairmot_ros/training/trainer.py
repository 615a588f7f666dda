"""The training loop: one network, one stream of scenes, saved often and resumed exactly."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import DataLoader
from tqdm import tqdm

from fairmot_ros.network import create_network, save_checkpoint
from fairmot_ros.training.config import TrainingConfig
from fairmot_ros.training.dataset import SceneStream
from fairmot_ros.training.ema import WeightAverage
from fairmot_ros.training.losses import FairMOTLoss

TERMS = ('loss', 'hm', 'wh', 'reg', 'id')
LOG_EVERY = 20


class Trainer:
    """Trains what a TrainingConfig describes.

    The run's folder holds `state.pt` (everything needed to go on), `weights.pth` (the
    averaged network) and `log.csv`.
    """

    def __init__(self, config: TrainingConfig, data: Path, folder: Path,
                 device: str = 'cpu') -> None:
        """Build the run, or take it up where `state.pt` left it."""
        torch.manual_seed(config.seed)
        self.config = config
        self.folder = folder
        self.device = torch.device(device)
        self.stream = SceneStream(config, data)
        self.network = create_network(
            config.architecture, reid_dim=config.reid_dim, **config.network
        ).to(self.device)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.loss = FairMOTLoss(
            config.reid_dim, self.stream.num_identities, **config.loss
        ).to(self.device)
        self.average = WeightAverage(self.network, config.ema_decay)
        self.optimizer = torch.optim.Adam(
            [*self.network.parameters(), *self.loss.parameters()], lr=config.learning_rate
        )
        self.step = 0
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / 'state.pt').is_file():
            self._resume()

    def run(self, save_every: int = 200) -> Path:
        """Train to the last step; returns the path of the weights."""
        config = self.config
        self.stream.first_sample = self.step * config.batch_size
        loader = DataLoader(self.stream, config.batch_size, num_workers=config.workers)
        progress = tqdm(
            total=config.steps, initial=self.step, unit='step', desc=config.name,
            mininterval=2.0,
        )
        means = dict.fromkeys(TERMS, 0.0)
        started = time.monotonic()
        for batch in loader:
            if self.step >= config.steps:
                break
            terms = self.train_step(batch)
            for name in TERMS:
                means[name] += (terms[name] - means[name]) * (0.02 if self.step > 50 else 0.2)
            progress.update()
            if self.step % LOG_EVERY == 0:
                progress.set_postfix({k: f'{v:.3f}' for k, v in means.items()}, refresh=False)
                self._log(means, time.monotonic() - started)
            if self.step % save_every == 0:
                self.save()
        progress.close()
        return self.save()

    def train_step(self, batch: dict[str, Tensor]) -> dict[str, float]:
        """Do one optimiser step; returns the loss terms."""
        self.network.train()
        batch = {k: v.to(self.device, non_blocking=True) for k, v in batch.items()}
        images = batch['image'].float().div_(255)
        terms = self.loss(
            self.network(images.contiguous(memory_format=torch.channels_last)), batch
        )
        for group in self.optimizer.param_groups:
            group['lr'] = self.config.learning_rate * self._rate()
        self.optimizer.zero_grad(set_to_none=True)
        terms['loss'].backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimizer.step()
        self.average.update(self.network)
        self.step += 1
        return {name: value.item() for name, value in terms.items()}

    def _rate(self) -> float:
        """Rise, stay, fall: lets a run be lengthened without a new schedule."""
        config = self.config
        warm = (self.step + 1) / config.warmup_steps
        left = (config.steps - self.step) / max(config.decay_share * config.steps, 1)
        return max(min(warm, 1.0, left), 0.0)

    def save(self) -> Path:
        """Write the state and the averaged weights; a crash leaves the earlier files."""
        partial = self.folder / 'state.pt.partial'
        torch.save(
            {
                'step': self.step,
                'network': self.network.state_dict(),
                'average': self.average.network.state_dict(),
                'average_updates': self.average.updates,
                'loss': self.loss.state_dict(),
                'optimizer': self.optimizer.state_dict(),
            },
            partial,
        )
        partial.replace(self.folder / 'state.pt')
        weights = self.folder / 'weights.pth'
        save_checkpoint(
            self.average.network, weights, half=True, epoch=self.step, name=self.config.name,
            input_size=list(self.config.input_size), labels=['person'],
        )
        return weights

    def _resume(self) -> None:
        state = torch.load(self.folder / 'state.pt', map_location='cpu', weights_only=True)
        self.step = state['step']
        self.network.load_state_dict(state['network'])
        self.average.network.load_state_dict(state['average'])
        self.average.updates = state['average_updates']
        self.loss.load_state_dict(state['loss'])
        self.optimizer.load_state_dict(state['optimizer'])

    def _log(self, means: dict[str, float], seconds: float) -> None:
        path = self.folder / 'log.csv'
        new = not path.exists()
        with path.open('a', newline='') as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(['step', 'seconds', 'rate', *TERMS])
            values = [f'{means[name]:.5f}' for name in TERMS]
            writer.writerow([self.step, f'{seconds:.1f}', f'{self._rate():.4f}', *values])
