# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Commands with tiny inputs, which end within seconds and write to the folder `out`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import yaml
from bag_folders import CLIP, SMALL, make_bags
from drawn_people import draw_people
from tuning_folders import write_folder

from fairmot_ros.media.video_source import VideoSource

IMAGES = 6
TRAINING = """
name: tiny
architecture: yolo
network: {stem_channels: 8, head_conv: 8}
reid_dim: 8
sets:
  - {folder: people}
input_size: [96, 64]
batch_size: 4
epochs: 3
warmup_steps: 1
log_every: 1
workers: 1
"""


@dataclass(frozen=True)
class Workload:
    """A command.

    Attributes:
        name: of the module of the command.
        arguments: from the folder of the inputs.
    """

    name: str
    arguments: Callable[[Path], list[object]]

    @property
    def module(self) -> str:
        """Module of the command."""
        return f'fairmot_ros.cli.{self.name}'

    def command_line(self, inputs: Path) -> list[str]:
        """Return the arguments as text."""
        return list(map(str, self.arguments(inputs)))


WORKLOADS = {
    'demo': Workload(
        'demo',
        lambda i: ['--video', i / 'images', '--input-size', '224x160', '--output', 'out'],
    ),
    'track': Workload(
        'track',
        lambda i: [
            *(i / 'images', '--config', i / 'small.yaml', '--output', 'out'),
            *('--mot', '--json', '--video', '--crops', '--crop-interval', 0, '--sheet'),
        ],
    ),
    'evaluate': Workload(
        'evaluate',
        lambda i: [i / 'bag0', '--config', i / 'small.yaml', '--rate', 9, '--output', 'out'],
    ),
    'evaluate many': Workload(
        'evaluate',
        lambda i: [
            *(i / 'bag0', i / 'bag1', i / 'bag2', '--config', i / 'small.yaml'),
            *('--jobs', 2, '--output', 'out'),
        ],
    ),
    'tune': Workload(
        'tune',
        lambda i: [
            *(i / 'a', i / 'b', '--public-detections', '--settings', 'lost_timeout'),
            *('--trials', 3, '--output', 'out'),
        ],
    ),
    'train': Workload(
        'train',
        lambda i: [i / 'tiny.yaml', '--data', i, '--output', 'out', '--save-every', 1],
    ),
    'export': Workload(
        'export', lambda i: ['default', 'out/small.xml', '--input-size', '224x160']
    ),
    'mot2bag': Workload('mot2bag', lambda i: [i / 'images', 'out']),
}


def write_inputs(folder: Path) -> Path:
    """Write the inputs of all commands; return their folder."""
    (folder / 'images').mkdir()
    for number, image in enumerate(islice(VideoSource(CLIP), IMAGES), 1):
        cv2.imwrite(str(folder / f'images/{number:06}.jpg'), image)
    make_bags(folder, 3)
    parameters = {**SMALL.parameters, 'engine': 'torch'}  # nothing is converted
    (folder / 'small.yaml').write_text(yaml.safe_dump(parameters))
    for seed, name in enumerate('ab'):
        write_folder(folder / name, 2.2, seed)
    draw_people(folder / 'people', 12)
    (folder / 'tiny.yaml').write_text(TRAINING)
    return folder
