"""Detections of teacher networks and of the default model on the recorded sequences, cached.

The teachers run with OpenVINO: `pip install openvino`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from fairmot_ros.boxes import xyxy_to_xywh
from fairmot_ros.types import Detections

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]
Detect = Callable[[Image], Detections]

#: Detections with a lower score are dropped before they are cached.
MIN_SCORE = 0.05
#: IoU above which non-maximum suppression drops the box with the lower score.
NMS_IOU = 0.65
PADDING = 114
YOLOX_STRIDES = (8, 16, 32)


class _Network:
    """An OpenVINO network that takes one BGR image, scaled into the top left of its input."""

    def __init__(self, model: Path, size: tuple[int, int] | None, outputs_of: str = '') -> None:
        """Load a network.

        Args:
            model: an .xml or .onnx file.
            size: (width, height) of the input; the network's own if None.
            outputs_of: type of the operation whose first two inputs replace the outputs.
        """
        import openvino

        core = openvino.Core()
        network = core.read_model(str(model))
        if outputs_of:
            (cut,) = (op for op in network.get_ops() if op.get_type_name() == outputs_of)
            sources = [cut.input_value(i) for i in range(2)]
            network = openvino.Model(sources, network.get_parameters(), 'cut')
        if size is not None:
            network.reshape([1, 3, size[1], size[0]])
        self._compiled = core.compile_model(network, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
        _, _, self.height, self.width = self._compiled.input(0).shape

    def __call__(self, image: Image) -> tuple[list[NDArray[np.float32]], float]:
        """Return the outputs, and how many pixels of the input one pixel of the image has."""
        height, width = image.shape[:2]
        scale = min(self.width / width, self.height / height)
        boxed = np.full((self.height, self.width, 3), PADDING, np.uint8)
        resized = cv2.resize(image, (round(width * scale), round(height * scale)))
        boxed[: resized.shape[0], : resized.shape[1]] = resized
        outputs = self._compiled(boxed.transpose(2, 0, 1)[None].astype(np.float32))
        return [outputs[i] for i in range(len(outputs))], scale


def yolox(model: Path, size: tuple[int, int]) -> Detect:
    """Return the detector of persons of a YOLOX network."""
    network = _Network(model, size)
    cells, strides = [], []
    for stride in YOLOX_STRIDES:
        y, x = np.mgrid[: size[1] // stride, : size[0] // stride]
        cells.append(np.stack((x.ravel(), y.ravel()), axis=1))
        strides.append(np.full((x.size, 1), stride))
    cell, stride = np.concatenate(cells), np.concatenate(strides)

    def detect(image: Image) -> Detections:
        (output,), scale = network(image)
        centre, box_size = (output[0, :, :2] + cell) * stride, np.exp(output[0, :, 2:4]) * stride
        boxes = np.concatenate((centre - box_size / 2, centre + box_size / 2), axis=1)
        return _suppressed(boxes / scale, output[0, :, 4] * output[0, :, 5])

    return detect


def ssd(model: Path) -> Detect:
    """Return the detector of a network that ends in a DetectionOutput operation."""
    network = _Network(model, None)

    def detect(image: Image) -> Detections:
        (output,), scale = network(image)
        # Rows of the output: image, class, score, left, top, right, bottom (0..1).
        rows = output.reshape(-1, 7)
        rows = rows[(rows[:, 0] >= 0) & (rows[:, 2] >= MIN_SCORE)]
        size = np.array([network.width, network.height] * 2)
        return Detections(rows[:, 3:] * size / scale, rows[:, 2])

    return detect


def asl(model: Path) -> Detect:
    """Return the detector of person-detection-asl-0001, cut before its suppression."""
    network = _Network(model, None, outputs_of='NonMaxSuppression')

    def detect(image: Image) -> Detections:
        (boxes, scores), scale = network(image)
        return _suppressed(boxes[0] / scale, scores[0, 0])

    return detect


def _suppressed(boxes: Boxes, scores: Boxes) -> Detections:
    """Return what non-maximum suppression leaves, in falling order of score."""
    likely = scores >= MIN_SCORE
    boxes, scores = boxes[likely], scores[likely]
    xywh = xyxy_to_xywh(boxes)
    kept = np.asarray(
        cv2.dnn.NMSBoxes(xywh.tolist(), scores.tolist(), MIN_SCORE, NMS_IOU), np.int64
    )
    return Detections(boxes[kept], scores[kept])


def _default_model() -> Detect:
    from fairmot_ros.detector import Detector

    return Detector(score_threshold=MIN_SCORE)


def _default_model_name() -> str:
    from fairmot_ros.detector.detector import DEFAULT_WEIGHTS

    return f'default model {hashlib.sha256(DEFAULT_WEIGHTS.read_bytes()).hexdigest()[:8]}'


def detectors(teachers: Path) -> dict[str, Callable[[], Detect]]:
    """Return a maker of each detector by name, given the folder with the teachers."""
    yolox_nano = teachers / 'yolox_nano' / 'yolox_nano.onnx'

    def xml(name: str) -> Path:
        return teachers / name / f'{name}.xml'

    return {
        'YOLOX-nano 640x480': partial(yolox, yolox_nano, (640, 480)),
        'YOLOX-nano 416x416': partial(yolox, yolox_nano, (416, 416)),
        'person-detection-0201': partial(ssd, xml('person-detection-0201')),
        'person-detection-0200': partial(ssd, xml('person-detection-0200')),
        'person-detection-asl-0001': partial(asl, xml('person-detection-asl-0001')),
        _default_model_name(): _default_model,
    }


def cached_detections(
    name: str, make: Callable[[], Detect], sequences: Mapping[str, Path], cache: Path
) -> dict[str, list[Detections]]:
    """Return a detector's detections in each frame of each sequence.

    Args:
        name: of the detector.
        make: creates it; called only if detections are missing from the cache.
        sequences: folders with `img/` or a video, by name.
        cache: folder of the cache; delete it after a change of a teacher or its preprocessing.
    """
    detect: Detect | None = None
    by_sequence = {}
    for sequence, folder in sequences.items():
        path = cache / name.replace(' ', '-') / f'{sequence}.npz'
        if not path.is_file():
            detect = detect or make()
            frames = [detect(i) for i in tqdm(images(folder), desc=f'{name}, {sequence}')]
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, frames)
        by_sequence[sequence] = _read(path)
    return by_sequence


def images(folder: Path) -> Iterator[Image]:
    """Yield the BGR images of a sequence: the files in `img/`, or the frames of its video."""
    if (folder / 'img').is_dir():
        for file in sorted((folder / 'img').iterdir()):
            image = cv2.imread(str(file))
            if image is None:
                raise OSError(f'cannot read the image {file}')
            yield np.asarray(image, np.uint8)
        return
    (video,) = (file for file in folder.iterdir() if file.suffix in ('.avi', '.mp4'))
    capture = cv2.VideoCapture(str(video))
    while (read := capture.read())[0]:
        yield np.asarray(read[1], np.uint8)


def _write(path: Path, frames: list[Detections]) -> None:
    counts = [len(frame) for frame in frames]
    arrays = {
        'counts': np.array(counts, np.int64),
        'boxes': np.concatenate([frame.boxes_xyxy for frame in frames]),
        'scores': np.concatenate([frame.scores for frame in frames]),
    }
    embeddings = [frame.embeddings for frame in frames if frame.embeddings is not None]
    if embeddings:
        arrays['embeddings'] = np.concatenate(embeddings)
    np.savez(path, **arrays)


def _read(path: Path) -> list[Detections]:
    with np.load(path) as arrays:
        ends = np.cumsum(arrays['counts'])[:-1]
        boxes, scores = (np.split(arrays[key], ends) for key in ('boxes', 'scores'))
        if 'embeddings' not in arrays:
            return [Detections(b, s) for b, s in zip(boxes, scores)]
        embeddings = np.split(arrays['embeddings'], ends)
        return [Detections(b, s, e) for b, s, e in zip(boxes, scores, embeddings)]
