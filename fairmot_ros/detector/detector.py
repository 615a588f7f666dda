"""The detector: one call from a camera image to detections with embeddings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.detector.decode import decode_image
from fairmot_ros.detector.engines import EngineOptions, load_engine
from fairmot_ros.detector.engines.onnx_engine import OnnxEngine
from fairmot_ros.detector.letterbox import letterbox, map_to_image
from fairmot_ros.detector.near import half_size, join, taller_than
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.types import Detections

DEFAULT_WEIGHTS = Path(__file__).resolve().parents[1] / 'weights' / 'default.pth'


class Detector:
    """Finds people in an image and describes each by an embedding, in one forward pass.

    Attributes:
        info: what is known about the model: architecture, name, labels, weights' hash.
        input_size: (width, height) of the network's input.
        engine: what runs the network: 'openvino', 'torch' or 'onnxruntime'.
        deterministic: whether it computes the same bits in every run.
        device: where the network runs.
        precision: 'fp32', 'fp16' or 'bf16'.
        embedding_size: D of the detections' embeddings; 0 if the network has none.
        near_height: people taller than so many pixels at the network's input are looked for at
            half the size as well; 0 for never.
        score_threshold: only detections above it are returned; may be changed at any time.
    """

    def __init__(
        self,
        weights: str | Path = 'default',
        input_size: tuple[int, int] | None = None,
        device: str = 'auto',
        engine: str = 'auto',
        precision: str = 'auto',
        score_threshold: float = 0.1,
        max_detections: int = 500,
        near_height: int | None = None,
        deterministic: bool = False,
    ) -> None:
        """Load the weights and prepare the device.

        Args:
            weights: path of a checkpoint or of a file from fairmot-export, or 'default' for
                the model that ships.
            input_size: (width, height), multiples of 32; the model's own by default. That of
                an exported file is fixed.
            device: 'auto' (a GPU where there is one), 'cpu', 'cuda' or 'cuda:N'.
            engine: 'openvino' or 'torch' for checkpoints, 'onnxruntime' for .onnx files; 'auto'
                takes the fastest that is installed for the device.
            precision: 'auto', 'fp32', 'fp16' or 'bf16'.
            score_threshold: lowest score of a detection.
            max_detections: most detections in one image.
            near_height: see the attribute; the model's own by default. The second look takes
                up to two fifths of the time of the first. Exported files look once.

            deterministic: compute the same bits in every run on this machine; 'auto' then takes
                torch for checkpoints.

        Raises:
            CheckpointError: if the weights cannot be used.
            ValueError: if another argument is out of range.
        """
        if not 0.0 <= score_threshold <= 1.0:
            raise ValueError(f'score_threshold must be within 0..1, got {score_threshold}')
        if max_detections < 1:
            raise ValueError(f'max_detections must be at least 1, got {max_detections}')
        if near_height is not None and near_height < 0:
            raise ValueError(f'near_height must be 0 or more, got {near_height}')
        path = find_weights(weights)
        options = EngineOptions(device, precision, input_size, deterministic)
        self._engine = load_engine(path, engine, options)
        self.engine = self._engine.name
        self.deterministic = deterministic
        self.info = self._engine.info
        self.embedding_size = self._engine.embedding_size
        self.device = self._engine.device
        self.precision = self._engine.precision
        self.input_size = self._engine.input_size
        self.near_height = self.info.near_height if near_height is None else near_height
        if isinstance(self._engine, OnnxEngine):
            if near_height:
                raise ValueError(
                    f'{path.name} looks once, at its own size, got near_height {near_height}: '
                    'use 0, or a checkpoint'
                )
            self.near_height = 0
        self.score_threshold = score_threshold
        self.max_detections = max_detections

    @property
    def runtime(self) -> str:
        """Engine with its version, device and precision, on which the last digits depend."""
        parts = [str(self.device), self.precision, *(['deterministic'] * self.deterministic)]
        version = re.split('[-+]', import_module(self.engine).__version__)[0]
        return f'{self.engine} {version} ({", ".join(parts)})'

    @property
    def labels(self) -> tuple[str, ...]:
        """Name of each class."""
        return self.info.labels

    @property
    def model_name(self) -> str:
        """Name and weights' hash: embeddings are comparable only where both agree."""
        return f'{self.info.name}:{self.info.sha256[:12]}'

    def __call__(self, image_bgr: NDArray[np.uint8]) -> Detections:
        """Detect people.

        Args:
            image_bgr: uint8 [H, W, 3].

        Returns:
            Detections in pixels of the image, in falling order of score; boxes may reach
            beyond the image.

        Raises:
            ValueError: if the image has another type or shape.
        """
        return self.detect([image_bgr])[0]

    def detect(self, images_bgr: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Detect people in several images with one forward pass.

        Args:
            images_bgr: uint8 [H, W, 3] each, of any sizes.

        Returns:
            As for a single image, in the order of the images.

        Raises:
            ValueError: if an image has another type or shape.
        """
        for image in images_bgr:
            check_image(image)
        if not images_bgr:
            return []
        found = self._look(images_bgr, self.input_size)
        if not self.near_height:
            return found
        nearer = self._look(images_bgr, half_size(self.input_size))
        return [
            join(
                far,
                taller_than(self._in_image(self.near_height, image), near),
                self.max_detections,
            )
            for image, far, near in zip(images_bgr, found, nearer)
        ]

    def _look(
        self, images_bgr: Sequence[NDArray[np.uint8]], size: tuple[int, int]
    ) -> list[Detections]:
        """Return what the network sees in images of a size (width, height)."""
        predictions = self._engine([letterbox(image, size) for image in images_bgr])
        return [self._read(predictions, row, size, image) for row, image in enumerate(images_bgr)]

    def _in_image(self, pixels: float, image: NDArray[np.uint8]) -> float:
        """Return how long pixels of the network's input are in the image."""
        width, height = self.input_size
        return pixels * max(image.shape[1] / width, image.shape[0] / height)

    @torch.inference_mode()
    def _read(
        self,
        predictions: Predictions,
        row: int,
        size: tuple[int, int],
        image: NDArray[np.uint8],
    ) -> Detections:
        """Return the detections of one image of a batch, in pixels of that image."""
        found = decode_image(predictions, row, self.max_detections, self.score_threshold)
        height, width = image.shape[:2]
        boxes = map_to_image(found.boxes_xyxy.cpu().numpy(), size, (width, height))
        return Detections(
            boxes,
            found.scores.cpu().numpy(),
            None if found.embeddings is None else found.embeddings.cpu().numpy(),
            found.class_ids.cpu().numpy(),
        )

    def warm_up(self) -> None:
        """Run once on a blank image, so that the first real one is not the slowest."""
        width, height = self.input_size
        self(np.zeros((height, width, 3), np.uint8))


def find_weights(weights: str | Path) -> Path:
    """Return the path of weights, of those that ship for 'default'."""
    return DEFAULT_WEIGHTS if weights == 'default' else Path(weights)


def check_image(image: NDArray) -> None:
    """Raise ValueError unless the image is uint8 [H, W, 3] and not empty."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ValueError(
            f'expected a BGR image, uint8 [H, W, 3], got {image.dtype} {list(image.shape)}'
        )
