"""Configuration of a training run, read from a YAML file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from fairmot_ros.file_errors import FileError, reading
from fairmot_ros.former_settings import current_settings
from fairmot_ros.training.data.image_files import REDUCTION_FLAGS
from fairmot_ros.training.distillation.person_bank.canvas_options import CanvasOptions
from fairmot_ros.training.synthesis.augmentation import AugmentationOptions
from fairmot_ros.training.synthesis.composer_options import ComposerOptions
from fairmot_ros.value_types import check_types, shown

PRECISIONS = ('fp32', 'bf16', 'fp16')
IDENTITIES = ('labelled', 'each_box', 'none')
HALVES = ('', 'first', 'second')
PERSON = ('person',)


class ConfigError(FileError):
    """Unusable training file; the message names the file and the reason."""


@lru_cache
def read_names(path: str) -> frozenset[str]:
    """Read a text file with one file name per line; skip empty lines and ``#`` comments.

    Raises:
        ConfigError: if the file cannot be read.
    """
    try:
        lines = Path(path).read_text(encoding='utf-8-sig').splitlines()
    except OSError as error:
        raise ConfigError(f'cannot read the list of images {path}: {error.strerror}') from error
    return frozenset(line.strip() for line in lines if line.strip() and line[0] != '#')


@dataclass(frozen=True)
class DatasetConfig:
    """One training dataset: an entry of `sets` in a training file.

    Attributes:
        folder: folder of the dataset, relative to the data folder.
        format: label format: coco, crowdhuman, jde (the layout of FairMOT's datasets) or mot.
        labels: annotation file (coco, crowdhuman) or list of images (jde), relative to the
            folder; empty for the default file of the format.
        include: patterns of file names to read; of sequence names for mot.
        exclude: text file with one file name per line: images to skip, such as held-out ones;
            relative to the working directory, like `weights`.
        only: text file with one file name per line: the only images to read, such as those of a
            validation set; relative to the working directory.
        limit: maximum number of images, spread evenly over the dataset; 0 for all.
        half: first or second half of each sequence; empty for both (mot).
        identities: 'labelled', 'each_box' (each box is a class of its own, FairMOT's training on
            single images) or 'none'.
        clip: clip boxes to the image, as FairMOT does for MOT20.
        reduce: divisor of the image size: 1, 2, 4 or 8. Reduced images are decoded faster; for
            networks with an input much smaller than the images.
        names: names of the classes. A COCO box has the class with the name of its category; if
            there is one class and no category has its name, all boxes have that class.
        teacher: add the detections of teachers to the labels, see `fairmot-teach` (coco).
        teacher_scores: two score thresholds: teacher detections from the first on become ignored
            regions, from the second on labels. The defaults suit the fusion of four detectors.
        certain_score: labels of teachers with a lower detection score are weighted in proportion
            to it (yolox_nano only); 0 to give all labels the weight 1.
        teacher_embeddings: distil the embeddings of a teacher, see `fairmot-teach` (coco).
        aspect_range: range of factors by which to widen images that were squeezed (composed
            samples only).
        frames: regular expression, searched in the file names, that groups video frames; see
            `group_by_video` in person_bank/video_tracks.py (person banks only).
        cut_outs: paste the masked people of the dataset instead of using its images (composed
            samples only).
        weight: how often each image is drawn, relative to a weight of 1.
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
        _check_choice(f'identities of {self.folder}', self.identities, IDENTITIES)
        _check_choice(f'half of {self.folder}', self.half, HALVES)
        _check_choice(f'reduce of {self.folder}', self.reduce, tuple(REDUCTION_FLAGS))

    def selects(self, name: str) -> bool:
        """Whether `exclude` and `only` select the image with this file name.

        Raises:
            ConfigError: if one of the lists cannot be read.
        """
        if self.only and name not in read_names(self.only):
            return False
        return not (self.exclude and name in read_names(self.exclude))

    def class_of(self, category: str, categories: Collection[str]) -> int | None:
        """Return the class index of a category, or None if its boxes are skipped.

        Names are compared regardless of case.

        Args:
            category: name of the category; empty for a box without one.
            categories: names of all categories of the dataset.
        """
        names = [name.lower() for name in self.names]
        if category.lower() in names:
            return names.index(category.lower())
        known = any(name.lower() in names for name in categories)
        return 0 if len(names) == 1 and not known else None


@dataclass(frozen=True)
class TrainingConfig:
    """Configuration of a training run: the content of a training file.

    With `composer`, samples are composed at random from images and cut-outs, and the length of
    the run is given in `steps`. Without it, each image is augmented and used once per epoch, as in
    FairMOT, and the length is given in `epochs`.

    Attributes:
        name: name of the model, stored in its checkpoint and its model card.
        architecture: network architecture, see `fairmot_ros.network.create_network`.
        network: further options of the architecture, such as `stride` and `wh_channels`.
        reid_dim: embedding size.
        labels: names of the classes.
        weights: checkpoint to start from; heads of other sizes are initialised at random.
        sets: training datasets.
        composer: options of composed samples.
        canvas: train only the embedding, on a person bank made from `sets`; see
            `fairmot_ros.training.distillation.person_bank`.
        augmentation: augmentation of whole images.
        steps: number of optimiser steps (composed samples and canvases).
        epochs: number of epochs (whole images).
        batch_size: samples per step, over all processes.
        accumulate: number of micro-batches that a batch is split into, to save memory.
        precision: fp32, or bf16 or fp16 for automatic mixed precision.
        learning_rate: peak learning rate of Adam.
        warmup_steps: steps of linear warm-up.
        decay_share: share of the steps, at the end, over which the rate falls linearly to zero.
        decay_epochs: epochs after which the rate is divided by ten, instead of `decay_share`.
        clip_gradient: maximum norm of the gradient; null for no clipping.
        freeze_batch_norm: keep the statistics of all batch norms.
        freeze: names of modules of the network that are not trained, such as `backbone` or
            `head.8`; their batch norms keep their statistics.
        rate_factors: factors on the learning rate by module name; the longest matching name
            applies.
        batch_norm_samples: number of samples on which to measure the statistics of batch norms at
            the start without changing the network's output, see `restore_batch_norms`; 0 for
            none. For imported networks with folded batch norms.
        detection_teacher: checkpoint of a frozen yolox_nano whose detections are distilled on
            every sample (yolox_nano only); null for none.
        ema_decay: decay of the exponential moving average of the weights, which is saved; 0 to
            save the last weights.
        loss: options of `FairMOTLoss`; for yolox_nano those of `DetectionWeights`, and under
            `embedding` a `kind` of EMBEDDING_LOSSES with its options.
        max_objects: maximum number of objects per sample.
        workers: processes that make samples; 0 to make them in the training process.
        seed: seed of all random numbers.
        input_size: (width, height) of whole images in training, in pixels; stored in the
            checkpoint as the input size of the detector.
        half_weights: store the weights in half precision.
        log_every: steps between two lines of the log.
    """

    name: str
    architecture: str
    sets: tuple[DatasetConfig, ...]
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
        _check_choice('precision', self.precision, PRECISIONS)
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
        """Input pixels per cell of the output maps."""
        return self.network.get('stride', 4)

    @property
    def wh_channels(self) -> int:
        """Channels of the box head: 4 (distances to the sides) or 2 (width and height)."""
        return self.network.get('wh_channels', 4)


def read_config(path: str | Path) -> TrainingConfig:
    """Read a training file.

    Raises:
        ConfigError: if the file is missing, not valid YAML or has a wrong or unknown setting.
    """
    with reading(f'{path} is not a training file', ConfigError):
        return parse_config(read_mapping(Path(path)), str(path))


def read_mapping(path: Path) -> dict[str, Any]:
    """Read a YAML file that holds a mapping of names to values.

    Raises:
        ConfigError: if the file is missing, not valid YAML or holds something else.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding='utf-8-sig'))
    except OSError as error:
        raise ConfigError(f'cannot read the training file {path}: {error.strerror}') from error
    except Exception as error:  # YAMLError, RecursionError, UnicodeDecodeError
        raise ConfigError(f'{path} is not valid YAML: {" ".join(str(error).split())}') from error
    if not (isinstance(content, dict) and all(isinstance(name, str) for name in content)):
        raise ConfigError(f'{path} must hold a mapping of names to values')
    return content


def parse_config(content: dict[str, Any], origin: str) -> TrainingConfig:
    """Build the configuration from a mapping.

    Args:
        content: settings by name, as in a training file.
        origin: name of the file; error messages begin with it.

    Raises:
        ConfigError: if a setting is unknown, missing or out of range.
    """
    content = dict(content)
    labels = content.get('labels', PERSON)
    sets = content.get('sets', ())
    if not (isinstance(sets, (list, tuple)) and all(isinstance(entry, dict) for entry in sets)):
        raise ConfigError(f'{origin}: sets must be a list of names with values, got {shown(sets)}')
    content['sets'] = tuple(
        build_section(DatasetConfig, {'names': labels, **entry}, origin) for entry in sets
    )
    if isinstance(content.get('loss'), dict):
        content['loss'] = _with_current_names(content['loss'], origin)
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
    """Build an instance of a dataclass from a mapping; lists become tuples.

    Args:
        cls: dataclass to build.
        values: settings by name; former names are accepted.
        origin: name of the file; error messages begin with it.

    Raises:
        ConfigError: if a setting is unknown or missing, or a value has a wrong type or range.
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


def _with_current_names(options: dict[str, Any], origin: str) -> dict[str, Any]:
    """Return nested options with former names replaced by the current ones."""
    return {
        name: _with_current_names(value, origin) if isinstance(value, dict) else value
        for name, value in current_settings(options, origin).items()
    }


def _check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices:
        expected = ', '.join(repr(choice) for choice in choices)
        raise ValueError(f'{name} must be one of {expected}, got {value!r}')
