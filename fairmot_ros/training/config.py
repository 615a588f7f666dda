"""What to train, on what and how: read from a YAML file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from fairmot_ros.file_errors import FileError, reading
from fairmot_ros.former_settings import current_settings
from fairmot_ros.training.data.sources import REDUCED
from fairmot_ros.training.distillation.person_bank.canvas import CanvasOptions
from fairmot_ros.training.synthesis.augmentation import AugmentationOptions
from fairmot_ros.training.synthesis.composer import ComposerOptions
from fairmot_ros.value_types import check_types, shown

PRECISIONS = ('fp32', 'bf16', 'fp16')
IDENTITIES = ('labelled', 'each_box', 'none')
HALVES = ('', 'first', 'second')
PERSON = ('person',)


class ConfigError(FileError):
    """A training file that cannot be used; the message says where and why."""


@lru_cache
def read_names(path: str) -> frozenset[str]:
    """Read a text file with one file name per line; empty lines and ``#`` comments are skipped.

    Raises:
        ConfigError: if it cannot be read.
    """
    try:
        lines = Path(path).read_text(encoding='utf-8-sig').splitlines()
    except OSError as error:
        raise ConfigError(f'cannot read the list of images {path}: {error.strerror}') from error
    return frozenset(line.strip() for line in lines if line.strip() and line[0] != '#')


@dataclass(frozen=True)
class SetConfig:
    """One folder of training pictures.

    Attributes:
        folder: relative to the data folder.
        format: how it is labelled: coco, crowdhuman, jde (the paper's layout) or mot.
        labels: file with the annotations (coco, crowdhuman) or the list of pictures (jde),
            relative to the folder; found by itself if empty.
        include: patterns of file names to take; of sequence names for mot.
        exclude: text file with one file name per line: images to leave out, such as the held-out
            ones; relative to the working directory, like `weights`.
        only: the same, images to take: those of validation.
        limit: take so many pictures at most, spread evenly; 0 for all.
        half: take the first or second half of each sequence alone (mot).
        identities: 'labelled', 'each_box' (training on single images: every box is a class of
            its own) or 'none'.
        clip: cut boxes off at the picture's border, as the paper does for MOT20.
        reduce: read pictures at 1/2, 1/4 or 1/8 of their size, which is quicker: for networks
            whose input is much smaller than the pictures.
        names: the classes; a COCO box belongs to the class of its category's name. With one
            class whose name no category bears, all boxes belong to it.
        teacher: complete the labels with the detections of teachers, see `fairmot-teach` (coco).
        teacher_scores: teacher detections from the first score on are ignored regions, from the
            second on labels. The defaults suit the fusion of four detectors.
        certain_score: teacher labels below this score count as less than one label, in
            proportion to their score (yolox_nano alone); 0 to count all as one.
        teacher_embeddings: train the embedding to reproduce a teacher's, the same (coco).
        aspect_range: factors by which to widen squeezed pictures (composed scenes alone).
        frames: the set's images are frames of videos: regular expression that is searched in
            their names, see `videos` in person_bank/tracks.py (person banks alone).
        cut_outs: the set has masks and is used for pasting (composed scenes alone).
        weight: how often its pictures are drawn, relative to its size.
    """

    folder: str
    format: str = 'coco'
    labels: str = ''
    include: tuple[str, ...] = ('*',)
    exclude: str = ''
    only: str = ''
    limit: int = 0
    half: str = ''
    identities: str = 'labelled'
    clip: bool = False
    reduce: int = 1
    names: tuple[str, ...] = PERSON
    teacher: bool = False
    teacher_scores: tuple[float, float] = (0.1, 0.35)
    certain_score: float = 0.0
    teacher_embeddings: bool = False
    aspect_range: tuple[float, float] = (1.0, 1.0)
    cut_outs: bool = False
    frames: str = ''
    weight: float = 1.0

    def __post_init__(self) -> None:
        _check(f'identities of {self.folder}', self.identities, IDENTITIES)
        _check(f'half of {self.folder}', self.half, HALVES)
        _check(f'reduce of {self.folder}', self.reduce, tuple(REDUCED))

    def selects(self, name: str) -> bool:
        """Whether `exclude` and `only` select the image with this file name.

        Raises:
            ConfigError: if a list cannot be read.
        """
        if self.only and name not in read_names(self.only):
            return False
        return not (self.exclude and name in read_names(self.exclude))

    def class_of(self, category: str, categories: Collection[str]) -> int | None:
        """Return the class of a category's name, or None if it is not to be learned.

        Args:
            category: '' for a box without one.
            categories: all names there are; letter case does not matter.
        """
        names = [name.lower() for name in self.names]
        if category.lower() in names:
            return names.index(category.lower())
        bears_name = any(name.lower() in names for name in categories)
        return 0 if len(names) == 1 and not bears_name else None


@dataclass(frozen=True)
class TrainingConfig:
    """A training run.

    With `composer`, scenes are put together from pictures and cut-outs, without end, and the
    run is measured in `steps`. Without, it is the paper's training: whole pictures, augmented,
    each once per epoch, for `epochs`.

    Attributes:
        name: of the model, written into its card and its file.
        architecture: see `fairmot_ros.network.create_network`.
        network: further options of the architecture, `stride` and `wh_channels` among them.
        reid_dim: embedding size.
        labels: name of each class.
        weights: checkpoint to start from; a head that does not fit starts fresh.
        sets: training data.
        composer: how scenes are made.
        canvas: train the embedding on a bank of people alone, in place of `sets`, which the bank
            is made from; see `fairmot_ros.training.distillation.person_bank`.
        augmentation: how whole pictures are changed.
        steps: optimiser steps in all (composed scenes).
        epochs: rounds through all pictures (whole pictures).
        batch_size: pictures per step, over all processes.
        accumulate: parts in which a batch is worked off, for less memory.
        precision: fp32, or bf16 or fp16 with automatic mixing.
        learning_rate: of Adam.
        warmup_steps: steps over which the rate rises.
        decay_share: last share of the steps, over which the rate falls to zero.
        decay_epochs: epochs after which the rate falls to a tenth, instead of decay_share.
        clip_gradient: largest norm of the gradient; null for none.
        freeze_batch_norm: keep the statistics of batch norms as they are.
        freeze: modules of the network to leave as they are, by name, such as `backbone` or
            `head.8`; their batch norms keep their statistics.
        rate_factors: factors on the learning rate, by module of the network; the longest name
            that fits counts.
        batch_norm_samples: samples to measure the statistics of batch norms on at the start,
            without changing what the network computes; 0 for none. For imported networks whose
            batch norms were folded, see `restore_batch_norms`.
        detection_teacher: checkpoint of a frozen yolox_nano whose detections are distilled on
            every sample (yolox_nano alone); null for none.
        ema_decay: of the running average of the weights, which is what is saved; 0 for none.
        loss: options of FairMOTLoss; of yolox_nano those of DetectionWeights, and under
            `embedding` a `kind` in EMBEDDING_LOSSES with its options.
        max_objects: people per scene at most.
        workers: processes that make scenes; 0 to make them in this one.
        seed: of everything random.
        input_size: (width, height): of whole pictures in training; saved with the weights as
            the size for detection.
        half_weights: write the weights in half precision, half the size.
        log_every: steps from one line of the log to the next.
    """

    name: str
    architecture: str
    sets: tuple[SetConfig, ...]
    network: dict[str, int] = field(default_factory=dict)
    reid_dim: int = 64
    labels: tuple[str, ...] = PERSON
    weights: str | None = None
    composer: ComposerOptions | None = None
    canvas: CanvasOptions | None = None
    augmentation: AugmentationOptions = field(default_factory=AugmentationOptions)
    steps: int = 10_000
    epochs: int = 30
    batch_size: int = 16
    accumulate: int = 1
    precision: str = 'fp32'
    learning_rate: float = 1e-3
    warmup_steps: int = 200
    decay_share: float = 0.3
    decay_epochs: tuple[int, ...] = ()
    clip_gradient: float | None = 10.0
    freeze_batch_norm: bool = False
    freeze: tuple[str, ...] = ()
    rate_factors: dict[str, float] = field(default_factory=dict)
    batch_norm_samples: int = 0
    detection_teacher: str | None = None
    ema_decay: float = 0.998
    loss: dict[str, Any] = field(default_factory=dict)
    max_objects: int = 64
    workers: int = 1
    seed: int = 1
    input_size: tuple[int, int] = (640, 480)
    half_weights: bool = True
    log_every: int = 20

    def __post_init__(self) -> None:
        _check('precision', self.precision, PRECISIONS)
        for name in ('steps', 'epochs', 'batch_size', 'accumulate', 'max_objects', 'log_every'):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise ValueError(f'{name} must be a whole number from 1 up, got {value!r}')
        if len(self.input_size) != 2 or any(v % 32 or v < 32 for v in self.input_size):
            raise ValueError(
                'input_size must be [width, height] in multiples of 32, '
                f'got {list(self.input_size)}'
            )

    @property
    def stride(self) -> int:
        """Input pixels per cell of the network's maps."""
        return self.network.get('stride', 4)

    @property
    def wh_channels(self) -> int:
        """Channels of the box head: 4 for distances to the sides, 2 for width and height."""
        return self.network.get('wh_channels', 4)


def read_config(path: str | Path) -> TrainingConfig:
    """Read a YAML file.

    Raises:
        ConfigError: if the file is missing, is no YAML or names something unknown.
    """
    with reading(f'{path} is not a training file', ConfigError):
        return parse_config(read_mapping(Path(path)), str(path))


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping.

    Raises:
        ConfigError: if it is missing or something else.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8-sig'))
    except OSError as error:
        raise ConfigError(f'cannot read the training file {path}: {error.strerror}') from error
    except Exception as error:  # besides YAMLError those of deep nesting and bad text
        raise ConfigError(f'{path} is not valid YAML: {" ".join(str(error).split())}') from error
    if not (isinstance(content, dict) and all(isinstance(name, str) for name in content)):
        raise ConfigError(f'{path} must hold a mapping of names to values')
    return content


def parse_config(content: dict[str, Any], origin: str) -> TrainingConfig:
    """Turn a mapping into a configuration; `origin` begins the messages of errors.

    Raises:
        ConfigError: if it names something unknown, lacks something or is out of range.
    """
    content = dict(content)
    labels = content.get('labels', PERSON)
    parts = content.get('sets', ())
    if not (isinstance(parts, (list, tuple)) and all(isinstance(part, dict) for part in parts)):
        raise ConfigError(
            f'{origin}: sets must be a list of names with values, got {shown(parts)}'
        )
    content['sets'] = tuple(
        build_section(SetConfig, {'names': labels, **part}, origin) for part in parts
    )
    sections = {
        'composer': ComposerOptions,
        'canvas': CanvasOptions,
        'augmentation': AugmentationOptions,
    }
    for name, section in sections.items():
        if content.get(name) is not None:
            content[name] = build_section(section, content[name], origin)
    config: TrainingConfig = build_section(TrainingConfig, content, origin)
    return config


def build_section(cls: type, values: dict[str, Any], origin: str) -> Any:
    """Return an instance of a dataclass from a mapping, lists as tuples.

    Raises:
        ConfigError: if a name is unknown or missing, or a value out of range or of another type.
    """
    if not (isinstance(values, dict) and all(isinstance(name, str) for name in values)):
        raise ConfigError(f'{origin}: expected names with values, got {shown(values)}')
    values = current_settings(values, origin)
    known = {f.name for f in fields(cls)}
    unknown = sorted(map(str, set(values) - known))
    if unknown:
        raise ConfigError(
            f'{origin}: unknown setting {", ".join(unknown)}; expected {", ".join(sorted(known))}'
        )
    try:
        check_types(cls, values)
        return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
    except (TypeError, ValueError) as error:
        raise ConfigError(f'{origin}: {error}') from error


def _check(name: str, value: object, known: tuple[object, ...]) -> None:
    if value not in known:
        shown = ', '.join(repr(k) for k in known)
        raise ValueError(f'{name} must be one of {shown}, got {value!r}')
