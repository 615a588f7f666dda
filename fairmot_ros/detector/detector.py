# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The detector: one call from a camera image to detections with embeddings."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from fairmot_ros.detector.decode import DecodedImage, decode_image
from fairmot_ros.detector.engines import EngineOptions, load_engine
from fairmot_ros.detector.engines.base import Image
from fairmot_ros.detector.letterbox import map_to_image, map_to_input
from fairmot_ros.detector.ranking import RankedPredictions
from fairmot_ros.detector.threads import use_threads
from fairmot_ros.files.errors import reading
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.registry import ARCHITECTURES
from fairmot_ros.oldest_versions import check_version
from fairmot_ros.types import Detections

DEFAULT_WEIGHTS = Path(__file__).resolve().parents[1] / 'weights' / 'default.pth'


class Detector:
    """Detect people in images and compute their embeddings, in one forward pass.

    Several threads may call one detector; their calls take turns.

    Attributes:
        info: architecture, name, labels and hash of the weights.
        input_size: (width, height) of the network's input.
        engine: library that runs the network: 'openvino', 'torch' or 'onnxruntime'.
        deterministic: whether every run on the same machine computes the same bits.
        device: where the network runs.
        precision: of the network, such as 'fp32'.
        precision_reason: one sentence that says why this precision was taken.
        threads: CPU threads of one forward pass.
        embedding_size: D of the detections' embeddings; 0 if the network has none.
        score_threshold: detections must score above it; may be changed at any time.
        max_detections: most detections in one image.

    Examples:
        >>> import cv2, fairmot_ros
        >>> from pathlib import Path
        >>> from fairmot_ros.detector import Detector
        >>> clip = Path(fairmot_ros.__file__).parent / 'data' / 'indoor.mp4'
        >>> _, image = cv2.VideoCapture(str(clip)).read()
        >>> detector = Detector(score_threshold=0.5)
        >>> detections = detector(image)
        >>> detections.boxes_xyxy.shape, detections.embeddings.shape
        ((1, 4), (1, 128))
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
        deterministic: bool = False,
        threads: int = 0,
        execution: str = 'auto',
    ) -> None:
        """Load the weights and prepare the device.

        Args:
            weights: path of a checkpoint or of a file from fairmot-export, or 'default' for
                the model that ships.
            input_size: (width, height), multiples of 32; the model's own by default. The size
                of an exported file is fixed.
            device: 'auto' (a GPU where there is one), 'cpu', 'cuda' or 'cuda:N'.
            engine: 'openvino' or 'torch' for checkpoints, 'onnxruntime' for .onnx files,
                'openvino' for .xml files; 'auto' takes the fastest that is installed.
            precision: see `DetectorSettings`.
            score_threshold: detections must score above it, 0..1.
            max_detections: most detections in one image.
            deterministic: compute the same bits in every run on this machine; 'auto' then takes
                torch for checkpoints.
            threads: CPU threads of one forward pass; 0 leaves one core free where there are more
                than two. They apply to the engine, and for the whole process to torch and
                OpenCV.
            execution: how torch runs the network: 'auto', 'eager', 'graphs' (CUDA graphs) or
                'compiled'.

        Raises:
            CheckpointError: if the weights cannot be used.
            ValueError: if another argument is out of range.
        """
        if not 0.0 <= score_threshold <= 1.0:
            raise ValueError(f'score_threshold must be within 0..1, got {score_threshold}')
        if max_detections < 1:
            raise ValueError(f'max_detections must be at least 1, got {max_detections}')
        check_version('torch', torch.__version__)
        path = find_weights(weights)
        self.threads = use_threads(threads)
        options = EngineOptions(
            device=device,
            precision=precision,
            input_size=input_size,
            deterministic=deterministic,
            execution=execution,
            threads=self.threads,
            max_detections=max_detections,
        )
        self._engine = load_engine(path, engine, options)
        if execution != 'auto' and self._engine.name != 'torch':
            raise ValueError(
                f"execution {execution!r} is for engine 'torch', got engine "
                f"{self._engine.name!r}: use engine 'torch', or execution 'auto'"
            )
        self._lock = threading.Lock()
        self.engine = self._engine.name
        self.deterministic = deterministic
        self.info = self._engine.info
        self.embedding_size = self._engine.embedding_size
        self.device = self._engine.device
        self.precision = self._engine.precision
        self.precision_reason = self._engine.precision_reason
        self.input_size = self._engine.input_size
        self._enlarge = ARCHITECTURES[self.info.architecture].enlarge_images
        self.score_threshold = score_threshold
        self.max_detections = max_detections

    @property
    def runtime(self) -> str:
        """Engine with version, device and precision: the last digits of results depend on it."""
        parts = [str(self.device), self.precision, *(['deterministic'] * self.deterministic)]
        version = re.split('[-+]', import_module(self.engine).__version__)[0]
        return f'{self.engine} {version} ({", ".join(parts)})'

    @property
    def labels(self) -> tuple[str, ...]:
        """Name of each class."""
        return self.info.labels

    @property
    def model_name(self) -> str:
        """Name and hash of the weights; embeddings are comparable only if both are equal."""
        return f'{self.info.name}:{self.info.sha256[:12]}'

    def __call__(self, image_bgr: Image) -> Detections:
        """Detect people.

        Args:
            image_bgr: uint8 [H, W, 3]: an array, or a torch tensor on the host or on `device`,
                where it is read without a copy to the host.

        Returns:
            Detections in pixels of the image, in falling order of score, with arrays of their
            own; boxes may reach beyond the image.

        Raises:
            ValueError: if the image has another type or shape, or lies on another device.
        """
        return self.detect([image_bgr])[0]

    def detect(self, images_bgr: Sequence[Image]) -> list[Detections]:
        """Detect people in several images with one forward pass.

        Args:
            images_bgr: as for a single image, of any sizes.

        Returns:
            As for a single image, in the order of the images.

        Raises:
            ValueError: if an image has another type or shape, or lies on another device.
        """
        for image in images_bgr:
            check_image(image)
        if not images_bgr:
            return []
        with self._lock, torch.inference_mode():
            found = self._decode(self._engine(images_bgr), len(images_bgr))
        return [self._in_image(*pair) for pair in zip(found, images_bgr, strict=True)]

    def _decode(self, predictions: Predictions, count: int) -> list[DecodedImage]:
        """Return the detections of a batch, in pixels of the network's input."""
        limits = self.max_detections, self.score_threshold
        if (
            isinstance(predictions, RankedPredictions)
            and self.max_detections <= predictions.max_detections
        ):
            return predictions.decode(*limits)
        return [decode_image(predictions, row, *limits) for row in range(count)]

    def _in_image(self, found: DecodedImage, image: Image) -> Detections:
        """Return the detections of an image in its own pixels."""
        boxes = map_to_image(
            found.boxes_xyxy.cpu().numpy(), self.input_size, _size_of(image), self._enlarge
        )
        return Detections(
            boxes,
            found.scores.cpu().numpy(),
            None if found.embeddings is None else found.embeddings.cpu().numpy(),
            found.class_ids.cpu().numpy(),
        )

    @torch.inference_mode()
    def embed(self, image_bgr: Image, boxes_xyxy: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the embeddings of given boxes, float32 [N, D], unit length.

        Args:
            image_bgr: as for a call.
            boxes_xyxy: [N, 4] in pixels of the image.

        Raises:
            ValueError: if the network has no embeddings, or the image cannot be used.
        """
        check_image(image_bgr)
        if not self.embedding_size:
            raise ValueError(f'{self.model_name} has no embeddings')
        boxes = map_to_input(
            np.asarray(boxes_xyxy, np.float32).reshape(-1, 4),
            self.input_size,
            _size_of(image_bgr),
            self._enlarge,
        )
        with self._lock:
            predictions = self._engine([image_bgr])
            on_device = torch.from_numpy(boxes).to(predictions.levels[0].scores.device)
            found = predictions.embeddings_at(0, on_device)
        assert found is not None
        embeddings: NDArray[np.float32] = found.cpu().numpy()
        return embeddings

    def warm_up(self, images: int = 1) -> None:
        """Run on blank images, so that the first real ones do not take longer than others.

        Args:
            images: most images of later calls. Engines that prepare for every number of images,
                as CUDA graphs do, prepare for all up to this one.
        """
        width, height = self.input_size
        blank = np.zeros((height, width, 3), np.uint8)
        for count in range(1, images + 1) if self._engine.prepares_batches else (1,):
            self.detect([blank] * count)


def find_weights(weights: str | Path) -> Path:
    """Return the path of weights; 'default' is the model that ships.

    Raises:
        CheckpointError: if the path begins with the home of an unknown user.
    """
    if weights == 'default':
        return DEFAULT_WEIGHTS
    with reading(f'no weights at {weights}', CheckpointError):
        return Path(weights).expanduser()


def check_image(image: Image) -> None:
    """Raise ValueError unless the image is uint8 [H, W, 3] and not empty."""
    if (
        image.ndim != 3
        or image.shape[2] != 3
        or image.dtype not in (np.uint8, torch.uint8)
        or 0 in image.shape
    ):
        raise ValueError(
            f'expected a BGR image, uint8 [H, W, 3], got {image.dtype} {list(image.shape)}'
        )


def _size_of(image: Image) -> tuple[int, int]:
    return image.shape[1], image.shape[0]
