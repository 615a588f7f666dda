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
from fairmot_ros.detector.letterbox import letterbox, map_to_image, map_to_input
from fairmot_ros.file_errors import reading
from fairmot_ros.network import CheckpointError
from fairmot_ros.network.predictions import Predictions
from fairmot_ros.network.registry import ARCHITECTURES
from fairmot_ros.oldest_versions import check_version
from fairmot_ros.types import Detections

DEFAULT_WEIGHTS = Path(__file__).resolve().parents[1] / 'weights' / 'default.pth'


class Detector:
    """Detects people in an image and computes an embedding for each, in one forward pass.

    Attributes:
        info: what is known about the model: architecture, name, labels, weights' hash.
        input_size: (width, height) of the network's input.
        engine: what runs the network: 'openvino', 'torch' or 'onnxruntime'.
        deterministic: whether it computes the same bits in every run.
        device: where the network runs.
        precision: 'fp32', 'fp16' or 'bf16'.
        embedding_size: D of the detections' embeddings; 0 if the network has none.
        score_threshold: only detections above it are returned; may be changed at any time.

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
        check_version('torch', torch.__version__)
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
        self._enlarge = ARCHITECTURES[self.info.architecture].enlarge_images
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
        predictions = self._engine(
            [letterbox(image, self.input_size, self._enlarge) for image in images_bgr]
        )
        return [self._read(predictions, row, image) for row, image in enumerate(images_bgr)]

    @torch.inference_mode()
    def _read(self, predictions: Predictions, row: int, image: NDArray[np.uint8]) -> Detections:
        """Return the detections of one image of a batch, in pixels of that image."""
        found = decode_image(predictions, row, self.max_detections, self.score_threshold)
        height, width = image.shape[:2]
        boxes = map_to_image(
            found.boxes_xyxy.cpu().numpy(), self.input_size, (width, height), self._enlarge
        )
        return Detections(
            boxes,
            found.scores.cpu().numpy(),
            None if found.embeddings is None else found.embeddings.cpu().numpy(),
            found.class_ids.cpu().numpy(),
        )

    @torch.inference_mode()
    def embed(
        self, image_bgr: NDArray[np.uint8], boxes_xyxy: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """Return the embeddings of given boxes, float32 [N, D], unit length.

        Args:
            image_bgr: uint8 [H, W, 3].
            boxes_xyxy: [N, 4] in pixels of the image.

        Raises:
            ValueError: if the network has no embeddings, or the image is not of that form.
        """
        check_image(image_bgr)
        if not self.embedding_size:
            raise ValueError(f'{self.model_name} has no embeddings')
        predictions = self._engine([letterbox(image_bgr, self.input_size, self._enlarge)])
        size = image_bgr.shape[1], image_bgr.shape[0]
        boxes = map_to_input(
            np.asarray(boxes_xyxy, np.float32).reshape(-1, 4), self.input_size, size, self._enlarge
        )
        found = predictions.embeddings_at(0, torch.from_numpy(boxes).to(self.device))
        assert found is not None
        embeddings: NDArray[np.float32] = found.cpu().numpy()
        return embeddings

    def warm_up(self) -> None:
        """Run once on a blank image, so that the first real one is not the slowest."""
        width, height = self.input_size
        self(np.zeros((height, width, 3), np.uint8))


def find_weights(weights: str | Path) -> Path:
    """Return the path of weights, of those that ship for 'default'.

    Raises:
        CheckpointError: if the path begins with a user who has no home.
    """
    if weights == 'default':
        return DEFAULT_WEIGHTS
    with reading(f'no weights at {weights}', CheckpointError):
        return Path(weights).expanduser()


def check_image(image: NDArray) -> None:
    """Raise ValueError unless the image is uint8 [H, W, 3] and not empty."""
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or image.size == 0:
        raise ValueError(
            f'expected a BGR image, uint8 [H, W, 3], got {image.dtype} {list(image.shape)}'
        )
