"""Windows of people who were linked over the frames of a video."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.training.data.sources import Photograph
from fairmot_ros.training.distillation.person_bank.appearance import change_clothes
from fairmot_ros.training.distillation.person_bank.bank import PATTERN, BankEntry, write_entries
from fairmot_ros.training.distillation.person_bank.making import Embed, large_enough
from fairmot_ros.training.distillation.person_bank.tracks import link, videos
from fairmot_ros.training.distillation.person_bank.windows import MAX_HEIGHT, Window, cut
from fairmot_ros.training.synthesis.photometric import jitter_colour

MOST_WINDOWS = 10  # of one track, spread evenly
VARIANTS = 8  # of each track; the first wears the clothes of the images
LIGHT_SHARE = 0.6  # of the windows: other light and colours
#: Share of the track's mean in the embedding of each window: what a pose hides, others show.
MEAN_SHARE = 0.75
PER_FILE = 20  # tracks

Person = list[tuple[Photograph, int]]  # image and row of its boxes, in the order of the frames


@dataclass(frozen=True)
class Video:
    """A set's videos.

    Attributes:
        folder: of the set.
        photographs: its images.
        pattern: see `videos`.
    """

    folder: str
    photographs: Sequence[Photograph]
    pattern: str


def find_people(video: Video, embed: Embed) -> list[Person]:
    """Link the people of a set over its frames."""
    people: list[Person] = []
    for frames in videos(video.photographs, video.pattern).values():
        rows = [large_enough(frame) for frame in frames]
        embeddings = (_embed_frame(frame, kept, embed) for frame, kept in zip(frames, rows))
        people += [
            [(frames[number], rows[number][row]) for number, row in track.members]
            for track in link(embeddings)
        ]
    return people


def make_track_bank(video: Video, embed: Embed, folder: Path, seed: int) -> Iterator[int]:
    """Write the people of a set's videos to a bank; files that are there are kept.

    Args:
        video: the set.
        embed: the teacher, called with an image and a box (left, top, right, bottom).
        folder: of the bank.
        seed: of everything random.

    Yields:
        The number of people so far, after each file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    people = find_people(video, embed)
    for start in range(0, len(people), PER_FILE):
        end = min(start + PER_FILE, len(people))
        path = folder / PATTERN.replace('*', f'tracks_{seed}_{video.folder}_{start:04d}_{end}')
        if not path.is_file():
            entries: list[BankEntry] = []
            for number in range(start, end):
                for variant in range(VARIANTS):
                    key = (seed, zlib.crc32(video.folder.encode()), number, variant)
                    entries += track_entries(
                        people[number], embed, key, video.folder, number * VARIANTS + variant
                    )
            write_entries(path, entries)
        yield end


def track_entries(
    person: Person, embed: Embed, key: tuple[int, ...], folder: str, track: int
) -> list[BankEntry]:
    """Return the windows of one person, all in the same clothes.

    Args:
        person: where to find it.
        embed: the teacher.
        key: seed; if its last number is not 0, the clothes are changed.
        folder: of the set.
        track: number that the windows get.
    """
    rng = np.random.default_rng(key)
    chosen = np.linspace(0, len(person) - 1, min(len(person), MOST_WINDOWS)).round().astype(int)
    windows = [_window(person[number], key, rng) for number in chosen]
    embeddings = [_unit(embed(window.image, window.box_xyxy)) for window in windows]
    mean = _unit(np.mean(embeddings, axis=0))
    return [
        BankEntry(window, MEAN_SHARE * mean + (1 - MEAN_SHARE) * own, folder, track)
        for window, own in zip(windows, embeddings)
    ]


def _window(seen: tuple[Photograph, int], key: tuple[int, ...], rng: Generator) -> Window:
    photograph, row = seen
    aspect = rng.uniform(*photograph.aspect_range) * rng.uniform(0.95, 1.05)
    window = cut(photograph.load().image, photograph.boxes_xyxy[row], aspect, MAX_HEIGHT)
    if key[-1]:  # the same changes in all frames
        clothed = change_clothes(window.person(), np.random.default_rng(key))
        window = window.with_person(clothed)
    if rng.random() < LIGHT_SHARE:
        window = Window(jitter_colour(window.image, rng, 0.6), window.box_xyxy)
    return window.flipped() if rng.random() < 0.5 else window


def _embed_frame(photograph: Photograph, rows: Sequence[int], embed: Embed) -> NDArray[np.float32]:
    """Return the unit embeddings [N, T] of the people in an image, at its usual aspect."""
    if not rows:
        return np.zeros((0, 1), np.float32)
    image = photograph.load().image
    aspect = float(np.mean(photograph.aspect_range))
    if aspect != 1:
        image = cv2.resize(image, None, fx=aspect, fy=1.0)
    boxes = photograph.boxes_xyxy[list(rows)] * np.array([aspect, 1, aspect, 1], np.float32)
    return np.array([_unit(embed(image, box)) for box in boxes], np.float32)


def _unit(embedding: NDArray[np.float32]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = embedding / max(float(np.linalg.norm(embedding)), 1e-12)
    return unit
