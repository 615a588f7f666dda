# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Configuration of one training dataset: an entry of `sets` in a training file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fairmot_ros.training.config.errors import ConfigError, check_choice

IDENTITIES = ('labelled', 'each_box', 'none')
HALVES = ('', 'first', 'second')
PERSON = ('person',)
REDUCTIONS = (1, 2, 4, 8)  # divisors of the image size for which OpenCV decodes faster


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
    """One training dataset.

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
        check_choice(f'identities of {self.folder}', self.identities, IDENTITIES)
        check_choice(f'half of {self.folder}', self.half, HALVES)
        check_choice(f'reduce of {self.folder}', self.reduce, REDUCTIONS)

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
