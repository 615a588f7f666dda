# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Windows of people tracked over the frames of a video, for a bank."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.distillation.person_bank.appearance import change_clothes
from fairmot_ros.training.distillation.person_bank.bank import PATTERN, BankEntry, write_entries
from fairmot_ros.training.distillation.person_bank.random_windows import Embed, large_boxes
from fairmot_ros.training.distillation.person_bank.video_tracks import group_by_video, link_people
from fairmot_ros.training.distillation.person_bank.windows import MAX_HEIGHT, Window, crop_person
from fairmot_ros.training.synthesis.photometric import jitter_colour

MAX_WINDOWS = 10  # windows per track, spread evenly over its frames
VARIANTS = 8  # variants per track; the first keeps the clothes of the images
LIGHT_SHARE = 0.6  # share of the windows whose light and colours are changed
#: Weight of the track's mean embedding in that of each window, so that windows of one person have
#: similar targets in every pose.
MEAN_WEIGHT = 0.75
TRACKS_PER_FILE = 20

#: Image and row of the person's box, for each frame in order.
PersonTrack = list[tuple[LabelledImage, int]]


@dataclass(frozen=True)
class VideoDataset:
    """A dataset that consists of video frames.

    Attributes:
        folder: folder of the dataset.
        images: its labelled images.
        pattern: regular expression of the file names, see `group_by_video`.
    """

    folder: str
    images: Sequence[LabelledImage]
    pattern: str


def find_tracks(dataset: VideoDataset, embed: Embed) -> list[PersonTrack]:
    """Link the people of each video over its frames, by the teacher's embeddings."""
    tracks: list[PersonTrack] = []
    for frames in group_by_video(dataset.images, dataset.pattern).values():
        rows = [large_boxes(frame) for frame in frames]
        embeddings = (_embed_frame(frame, kept, embed) for frame, kept in zip(frames, rows))
        tracks += [
            [(frames[number], rows[number][row]) for number, row in track.members]
            for track in link_people(embeddings)
        ]
    return tracks


def write_track_windows(
    dataset: VideoDataset, embed: Embed, folder: Path, seed: int
) -> Iterator[int]:
    """Write the tracks of a dataset to a bank; existing files are kept.

    Args:
        dataset: dataset of video frames.
        embed: teacher.
        folder: folder of the bank.
        seed: seed of all random numbers.

    Yields:
        The number of tracks written so far, after each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tracks = find_tracks(dataset, embed)
    for start in range(0, len(tracks), TRACKS_PER_FILE):
        end = min(start + TRACKS_PER_FILE, len(tracks))
        path = folder / PATTERN.replace('*', f'tracks_{seed}_{dataset.folder}_{start:04d}_{end}')
        if not path.is_file():
            entries: list[BankEntry] = []
            for number in range(start, end):
                for variant in range(VARIANTS):
                    key = (seed, zlib.crc32(dataset.folder.encode()), number, variant)
                    entries += track_entries(
                        tracks[number], embed, key, dataset.folder, number * VARIANTS + variant
                    )
            write_entries(path, entries)
        yield end


def track_entries(
    track: PersonTrack, embed: Embed, key: tuple[int, ...], folder: str, number: int
) -> list[BankEntry]:
    """Return the windows of one variant of a track, all with the same clothes.

    Args:
        track: images and boxes of the person.
        embed: teacher.
        key: seed; the clothes are changed unless its last number is 0.
        folder: folder of the dataset.
        number: track number of the entries.
    """
    rng = np.random.default_rng(key)
    chosen = np.linspace(0, len(track) - 1, min(len(track), MAX_WINDOWS)).round().astype(int)
    frames = [track[number] for number in chosen]
    windows = [_window(image, row, key, rng) for image, row in frames]
    embeddings = [_unit(embed(window.image, window.box_xyxy)) for window in windows]
    mean = _unit(np.mean(embeddings, axis=0))
    return [
        BankEntry(window, MEAN_WEIGHT * mean + (1 - MEAN_WEIGHT) * own, folder, number)
        for window, own in zip(windows, embeddings)
    ]


def _window(image: LabelledImage, row: int, key: tuple[int, ...], rng: Generator) -> Window:
    aspect = rng.uniform(*image.aspect_range) * rng.uniform(0.95, 1.05)
    window = crop_person(image.load().image, image.boxes_xyxy[row], aspect, MAX_HEIGHT)
    if key[-1]:
        # A generator of its own, so that the clothes change alike in all frames.
        changed = change_clothes(window.person(), np.random.default_rng(key))
        window = window.with_person(changed)
    if rng.random() < LIGHT_SHARE:
        window = Window(jitter_colour(window.image, rng, 0.6), window.box_xyxy)
    return window.flipped() if rng.random() < 0.5 else window


def _embed_frame(image: LabelledImage, rows: Sequence[int], embed: Embed) -> NDArray[np.float32]:
    """Return unit embeddings [N, T] of people in an image, widened by its mean aspect factor."""
    if not rows:
        return np.zeros((0, 1), np.float32)
    pixels = image.load().image
    aspect = float(np.mean(image.aspect_range))
    if aspect != 1:
        pixels = cv2.resize(pixels, None, fx=aspect, fy=1.0)
    boxes = image.boxes_xyxy[list(rows)] * np.array([aspect, 1, aspect, 1], np.float32)
    return np.array([_unit(embed(pixels, box)) for box in boxes], np.float32)


def _unit(embedding: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = embedding / max(float(np.linalg.norm(embedding)), 1e-12)
    return unit
