"""Embeddings by themselves: verification of pairs, and retrieval."""

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
from fairmot_ros.training.data.data_problems import Problems
from fairmot_ros.training.data.sources import DataError, Photograph

FALSE_ACCEPT_RATES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1)  # as published
BATCH = 16
ROWS = 1024  # of the matrix of similarities that are held at once

Embeddings = NDArray[np.float32]
Identities = NDArray[np.int64]


def score_embedding(
    network: Network,
    photographs: Sequence[Photograph],
    input_size: tuple[int, int],
    *,
    device: str = 'auto',
    margin: float = 0.0,
    max_people: int = 10_000,
    seed: int = 0,
) -> dict[str, Any]:
    """Embed people at their labelled places and see whether they can be told apart.

    Args:
        network: it is changed for inference, and not to be used else afterwards.
        photographs: pictures of people with identities that were not trained on.
        input_size: (width, height) of the network's input.
        device: 'auto', 'cpu' or 'cuda'.
        margin: grey around each picture as a share of its size, for pictures that are crops.
        max_people: if there are more, whole identities are drawn at random.
        seed: of that.

    Returns:
        See `compare`; `people`, `identities` and what was left out.

    Raises:
        ValueError: if the network has no embeddings.
    """
    if not network.sizes.reid_dim:
        raise ValueError(f'{network.info.name} has no embeddings to score')
    problems = Problems()
    chosen = choose_identities(photographs, max_people, seed)
    engine = TorchEngine(network, EngineOptions(device, 'fp32', input_size))
    enlarge = ARCHITECTURES[engine.info.architecture].enlarge_images
    embeddings, identities = [], []
    with tqdm(total=len(chosen), desc='embedding', unit='picture', mininterval=2.0) as progress:
        for batch in _batches(chosen, input_size, enlarge, margin, problems):
            predictions = engine([image for image, _, _ in batch])
            for row, (_, boxes, known) in enumerate(batch):
                found = predictions.embeddings_at(row, torch.from_numpy(boxes).to(engine.device))
                assert found is not None
                embeddings.append(found.cpu().numpy())
                identities.append(known)
            progress.update(BATCH)
    empty = np.zeros((0, network.sizes.reid_dim), np.float32)
    result = compare(
        np.concatenate([empty, *embeddings]), np.concatenate([np.zeros(0, int), *identities])
    )
    return {**result, 'left_out': problems.sentences()}


def choose_identities(
    photographs: Sequence[Photograph], max_people: int, seed: int
) -> list[Photograph]:
    """Return the pictures that show identities, all or so many that the number is kept."""
    every = [p.identities[p.identities >= 0] for p in photographs]
    identities, counts = np.unique(np.concatenate([np.zeros(0, int), *every]), return_counts=True)
    order = np.random.default_rng(seed).permutation(len(identities))
    kept = order[np.cumsum(counts[order]) <= max_people]
    chosen = set(identities[kept].tolist())
    return [
        _only(p, np.array([i in chosen for i in p.identities.tolist()], bool))
        for p in photographs
        if any(i in chosen for i in p.identities.tolist())
    ]


def _only(photograph: Photograph, rows: NDArray[np.bool_]) -> Photograph:
    return Photograph(
        photograph.path,
        photograph.boxes_xyxy[rows],
        photograph.identities[rows],
        normalised=photograph.normalised,
        clip=photograph.clip,
    )


Sample = tuple[NDArray[np.uint8], NDArray[np.float32], Identities]


def _batches(
    photographs: Sequence[Photograph],
    size: tuple[int, int],
    enlarge: bool,
    margin: float,
    problems: Problems,
) -> Iterator[list[Sample]]:
    """Yield letterboxed pictures with their boxes and identities."""
    batch: list[Sample] = []
    for photograph in photographs:
        try:
            scene = photograph.load()
        except DataError as error:
            problems.add(str(error))
            continue
        image, boxes = scene.image, scene.boxes_xyxy
        if margin:
            x, y = round(margin * image.shape[1]), round(margin * image.shape[0])
            image = cv2.copyMakeBorder(
                image, y, y, x, x, cv2.BORDER_CONSTANT, value=(BORDER_GREY,) * 3
            )
            boxes = boxes + np.array([x, y, x, y], np.float32)
        boxes = map_to_input(boxes, size, (image.shape[1], image.shape[0]), enlarge)
        batch.append((letterbox(image, size, enlarge), boxes, scene.identities))
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def compare(embeddings: Embeddings, identities: Identities) -> dict[str, Any]:
    """Compare everybody with everybody else by the cosine.

    Args:
        embeddings: [N, D], unit length.
        identities: [N].

    Returns:
        `tpr_at_far`: the share of pairs of one identity that are accepted where the share of
        accepted pairs of different identities is the given one, None where there are too few
        pairs to tell; `rank1` and `map`: each person of whom there is another picture is
        looked for among all others.
    """
    same_pairs, other_pairs = [], []
    first: list[bool] = []
    precision: list[float] = []
    for start in range(0, len(embeddings), ROWS):
        rows = np.arange(start, min(start + ROWS, len(embeddings)))
        similarity = embeddings[rows] @ embeddings.T
        same = identities[rows][:, None] == identities[None, :]
        later = np.arange(len(embeddings))[None, :] > rows[:, None]
        same_pairs.append(similarity[same & later])
        other_pairs.append(similarity[~same & later])
        similarity[np.arange(len(rows)), rows] = -np.inf
        for line, mates, row in zip(similarity, same, rows):
            if mates.sum() < 2:
                continue
            hits = np.delete(mates, row)[np.argsort(-np.delete(line, row), kind='stable')]
            first.append(bool(hits[0]))
            places = np.flatnonzero(hits)
            precision.append(float((np.arange(1, len(places) + 1) / (places + 1)).mean()))
    positive = np.sort(np.concatenate([np.zeros(0, np.float32), *same_pairs]))
    negative = np.sort(np.concatenate([np.zeros(0, np.float32), *other_pairs]))[::-1]
    return {
        'rank1': float(np.mean(first)) if first else None,
        'map': float(np.mean(precision)) if precision else None,
        'tpr_at_far': {
            f'{far:g}': accepted(positive, negative, far) for far in FALSE_ACCEPT_RATES
        },
        'people': len(embeddings),
        'identities': len(np.unique(identities)),
        'pairs_same': len(positive),
        'pairs_other': len(negative),
    }


def accepted(positive: Embeddings, negative: Embeddings, far: float) -> float | None:
    """Return the share of `positive` above the threshold that lets `far` of `negative` pass.

    Args:
        positive: similarities of one identity, rising.
        negative: similarities of different identities, falling.
        far: share of `negative`.
    """
    count = int(far * len(negative))
    if not count or not len(positive):
        return None
    threshold = negative[min(count, len(negative) - 1)]  # the first that must not pass
    return float(1 - np.searchsorted(positive, threshold, side='right') / len(positive))
