# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Scoring of embeddings: verification of pairs, and retrieval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.detector.engines.base import EngineOptions
from fairmot_ros.detector.engines.torch_engine import TorchEngine
from fairmot_ros.detector.letterbox import BORDER_GREY, letterbox, map_to_input
from fairmot_ros.network.base import Network
from fairmot_ros.network.registry import ARCHITECTURES
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError, Problems

FALSE_ACCEPT_RATES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)  # as in FairMOT's evaluation
BATCH_SIZE = 16
SIMILARITY_ROWS = 1024  # rows of the similarity matrix that are in memory at once

Embeddings = NDArray[np.float32]
Identities = NDArray[np.int64]
#: Letterboxed image, boxes in its pixels, and identities.
EngineInput = tuple[NDArray[np.uint8], NDArray[np.float32], Identities]


def score_embedding(
    network: Network,
    images: Sequence[LabelledImage],
    input_size: tuple[int, int],
    *,
    device: str = 'auto',
    margin: float = 0.0,
    max_people: int = 10_000,
    seed: int = 0,
) -> dict[str, Any]:
    """Compute verification and retrieval scores of the embeddings at labelled boxes.

    Args:
        network: network to score; it is converted for inference and cannot be trained afterwards.
        images: images of people with identities that were not used in training; unreadable ones
            are skipped and listed under `left_out`.
        input_size: (width, height) of the network input in pixels.
        device: 'auto', 'cpu' or 'cuda'.
        margin: grey margin around each image, as a share of its size, for crops of people.
        max_people: maximum number of boxes; if there are more, whole identities are drawn at
            random.
        seed: seed of this draw.

    Returns:
        The result of `compare`, and `left_out`.

    Raises:
        ValueError: if the network has no embeddings.
    """
    if not network.sizes.reid_dim:
        raise ValueError(f'{network.info.name} has no embeddings to score')
    problems = Problems()
    chosen = choose_identities(images, max_people, seed)
    engine = TorchEngine(network, EngineOptions(device, 'fp32', input_size))
    enlarge = ARCHITECTURES[engine.info.architecture].enlarge_images
    embeddings, identities = [], []
    with tqdm(total=len(chosen), desc='embedding', unit='image', mininterval=2.0) as progress:
        for batch in _batches(chosen, input_size, enlarge, margin, problems):
            predictions = engine([image for image, _, _ in batch])
            for row, (_, boxes, known) in enumerate(batch):
                found = predictions.embeddings_at(row, torch.from_numpy(boxes).to(engine.device))
                assert found is not None
                embeddings.append(found.cpu().numpy())
                identities.append(known)
            progress.update(BATCH_SIZE)
    empty = np.zeros((0, network.sizes.reid_dim), np.float32)
    result = compare(
        np.concatenate([empty, *embeddings]), np.concatenate([np.zeros(0, int), *identities])
    )
    return {**result, 'left_out': problems.messages()}


def choose_identities(
    images: Sequence[LabelledImage], max_people: int, seed: int
) -> list[LabelledImage]:
    """Return the images with the boxes of randomly chosen identities, at most `max_people`."""
    known = [image.identities[image.identities >= 0] for image in images]
    identities, counts = np.unique(np.concatenate([np.zeros(0, int), *known]), return_counts=True)
    order = np.random.default_rng(seed).permutation(len(identities))
    kept = order[np.cumsum(counts[order]) <= max_people]
    chosen = set(identities[kept].tolist())
    return [
        _with_rows(image, np.array([i in chosen for i in image.identities.tolist()], bool))
        for image in images
        if any(i in chosen for i in image.identities.tolist())
    ]


def _with_rows(image: LabelledImage, rows: NDArray[np.bool_]) -> LabelledImage:
    """Return an image with a selection of its boxes."""
    return LabelledImage(
        image.path,
        image.boxes_xyxy[rows],
        image.identities[rows],
        normalised=image.normalised,
        clip=image.clip,
    )


def _batches(
    images: Sequence[LabelledImage],
    size: tuple[int, int],
    enlarge: bool,
    margin: float,
    problems: Problems,
) -> Iterator[list[EngineInput]]:
    """Yield batches of letterboxed images with their boxes and identities."""
    batch: list[EngineInput] = []
    for labelled_image in images:
        try:
            sample = labelled_image.load()
        except DataError as error:
            problems.add(str(error))
            continue
        image, boxes = sample.image, sample.boxes_xyxy
        if margin:
            x, y = round(margin * image.shape[1]), round(margin * image.shape[0])
            image = cv2.copyMakeBorder(
                image, y, y, x, x, cv2.BORDER_CONSTANT, value=(BORDER_GREY,) * 3
            )
            boxes = boxes + np.array([x, y, x, y], np.float32)
        boxes = map_to_input(boxes, size, (image.shape[1], image.shape[0]), enlarge)
        batch.append((letterbox(image, size, enlarge), boxes, sample.identities))
        if len(batch) == BATCH_SIZE:
            yield batch
            batch = []
    if batch:
        yield batch


def compare(embeddings: Embeddings, identities: Identities) -> dict[str, Any]:
    """Compare all pairs of embeddings by cosine similarity.

    Args:
        embeddings: unit length, float32 [N, D].
        identities: int64 [N].

    Returns:
        `tpr_at_far`: for each false accept rate, the accepted share of the pairs with the same
        identity, or None if there are too few pairs with different ones; `rank1` and `map`:
        retrieval of every embedding that has another one of its identity among all others;
        `people`, `identities`, `pairs_same` and `pairs_other`: numbers of embeddings, identities
        and pairs.
    """
    same_pairs, other_pairs = [], []
    first_is_match: list[bool] = []
    precision: list[float] = []
    for start in range(0, len(embeddings), SIMILARITY_ROWS):
        rows = np.arange(start, min(start + SIMILARITY_ROWS, len(embeddings)))
        similarity = embeddings[rows] @ embeddings.T
        same = identities[rows][:, None] == identities[None, :]
        later = np.arange(len(embeddings))[None, :] > rows[:, None]
        same_pairs.append(similarity[same & later])
        other_pairs.append(similarity[~same & later])
        similarity[np.arange(len(rows)), rows] = -np.inf
        for line, matches, row in zip(similarity, same, rows):
            if matches.sum() < 2:
                continue
            order = np.argsort(-np.delete(line, row), kind='stable')
            hits = np.delete(matches, row)[order]
            first_is_match.append(bool(hits[0]))
            ranks = np.flatnonzero(hits)
            precision.append(float((np.arange(1, len(ranks) + 1) / (ranks + 1)).mean()))
    positive = np.sort(np.concatenate([np.zeros(0, np.float32), *same_pairs]))
    negative = np.sort(np.concatenate([np.zeros(0, np.float32), *other_pairs]))[::-1]
    return {
        'rank1': float(np.mean(first_is_match)) if first_is_match else None,
        'map': float(np.mean(precision)) if precision else None,
        'tpr_at_far': {
            f'{far:g}': true_positive_rate(positive, negative, far) for far in FALSE_ACCEPT_RATES
        },
        'people': len(embeddings),
        'identities': len(np.unique(identities)),
        'pairs_same': len(positive),
        'pairs_other': len(negative),
    }


def true_positive_rate(positive: Embeddings, negative: Embeddings, far: float) -> float | None:
    """Return the share of `positive` above the threshold at a false accept rate.

    Args:
        positive: similarities of pairs with the same identity, ascending.
        negative: similarities of pairs with different identities, descending.
        far: share of `negative` that may exceed the threshold.

    Returns:
        None if there are no positive pairs, or too few negative ones for the rate.
    """
    count = int(far * len(negative))
    if not count or not len(positive):
        return None
    threshold = negative[min(count, len(negative) - 1)]  # the highest similarity to reject
    return float(1 - np.searchsorted(positive, threshold, side='right') / len(positive))
