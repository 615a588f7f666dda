# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""How far the detections of each engine and precision are from those of torch in fp32."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.default_model import track
from benchmarks.figures.markdown import percents, table
from benchmarks.figures.measured import SEQUENCES, Measured
from benchmarks.sequences import Image, LabelledSequence
from fairmot_ros.boxes import iou_matrix
from fairmot_ros.detector import Detector
from fairmot_ros.detector.detector import DEFAULT_WEIGHTS
from fairmot_ros.detector.onnx_export import export_onnx
from fairmot_ros.evaluation import evaluate_mot
from fairmot_ros.network import load_checkpoint
from fairmot_ros.pipeline import FairMOT
from fairmot_ros.types import Detections

REFERENCE = ('torch', 'fp32')
COMPARED = (REFERENCE, ('openvino', 'fp32'), ('openvino', 'bf16'), ('onnxruntime', 'fp32'))
FRAMES_PER_SEQUENCE = 4
TRACKED = 'TUD-Campus'
LOWEST_SCORE = 0.05  # of detections that may correspond to one of the reference


@dataclass
class Drift:
    """Differences between corresponding detections.

    Attributes:
        scores: of the score.
        corners: largest difference of a box's four coordinates, in pixels.
        cosines: of the embeddings.
        unmatched: detections of the reference without any of IoU >= 0.5.
    """

    scores: list[float] = field(default_factory=list)
    corners: list[float] = field(default_factory=list)
    cosines: list[float] = field(default_factory=list)
    unmatched: int = 0

    def add(self, reference: Detections, other: Detections) -> None:
        """Add the detections of an image."""
        overlap = iou_matrix(reference.boxes_xyxy, other.boxes_xyxy)
        for row, shares in enumerate(overlap):
            best = int(shares.argmax()) if len(shares) else -1
            if best < 0 or shares[best] < 0.5:
                self.unmatched += 1
                continue
            self.scores.append(float(abs(reference.scores[row] - other.scores[best])))
            difference = reference.boxes_xyxy[row] - other.boxes_xyxy[best]
            self.corners.append(float(np.abs(difference).max()))
            if reference.embeddings is not None and other.embeddings is not None:
                self.cosines.append(float(reference.embeddings[row] @ other.embeddings[best]))


def parts(measured: Measured) -> dict[str, str]:
    """Return the part `drift`."""
    threshold = measured.model.tracker.config.low_score_threshold
    frames = list(some_frames())
    reference: list[Detections] = []
    rows = []
    for engine, precision in COMPARED:
        try:
            model = load(engine, precision, measured.cache)
        except ValueError as error:  # the processor cannot run this precision
            rows.append((f'{engine}, {precision}', str(error), '', '', '', ''))
            continue
        found = [detections(model.detector, image) for image in frames]
        if not reference:
            reference = [d[d.scores > threshold] for d in found]
        drift = Drift()
        for expected, got in zip(reference, found):
            drift.add(expected, got)
        result = track(model, LabelledSequence.read(TRACKED))
        pair = (result.sequence.truth, result.tracks)
        metrics = evaluate_mot({TRACKED: pair}, benchmark='MOT15')[TRACKED]
        largest = (max(drift.scores), max(drift.corners), 1 - min(drift.cosines))
        differences = ['0'] * 3 if (engine, precision) == REFERENCE else map(scientific, largest)
        rows.append(
            (model.detector.runtime, *differences, str(drift.unmatched), percents(metrics))
        )
    head = (
        'engine',
        'score',
        'box, pixels',
        '1 - cosine of embeddings',
        'without counterpart',
        f'{TRACKED}: MOTA / IDF1 / HOTA',
    )
    count = sum(map(len, reference))
    note = (
        f'Largest differences from torch in fp32 over {count} detections that score above '
        f'{threshold:g}, in {len(frames)} frames\nof {len(SEQUENCES)} sequences, with the '
        'default model.'
    )
    return {'drift': f'{note}\n\n{table(head, rows)}'}


def scientific(value: float) -> str:
    """Return a number with two digits, such as ``4.6e-06``."""
    return f'{value:.1e}'


def load(engine: str, precision: str, cache: Path) -> FairMOT:
    """Return the default model in an engine.

    Raises:
        ValueError: if the engine cannot run that precision here.
    """
    weights: str | Path = 'default'
    if engine == 'onnxruntime':
        network = load_checkpoint(DEFAULT_WEIGHTS)
        weights = cache / f'{network.info.sha256[:12]}.onnx'
        if not weights.is_file():
            export_onnx(network, weights, network.info.input_size or (640, 480))
    return FairMOT(weights, 'cpu', engine=engine, precision=precision)


def detections(detector: Detector, image: Image) -> Detections:
    """Return the detections of an image, low scores included."""
    usual, detector.score_threshold = detector.score_threshold, LOWEST_SCORE
    try:
        return detector(image)
    finally:
        detector.score_threshold = usual


def some_frames() -> Iterator[Image]:
    """Yield frames of all sequences, spread evenly over each."""
    for name in SEQUENCES:
        sequence = LabelledSequence.read(name)
        chosen = np.linspace(0, sequence.info.length - 1, FRAMES_PER_SEQUENCE + 2).astype(int)
        for index, image in enumerate(sequence.images()):
            if index in chosen[1:-1]:
                yield image
