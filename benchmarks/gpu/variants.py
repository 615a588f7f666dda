# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""The ways to run a network that are compared, and why one is not available here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from numpy.typing import NDArray

from benchmarks.gpu.networks import Size, Workload
from fairmot_ros.detector import Detector
from fairmot_ros.detector.decode import decode_image
from fairmot_ros.detector.detector import find_weights
from fairmot_ros.detector.engines.arithmetic import gpu_arithmetic
from fairmot_ros.detector.engines.base import EngineOptions
from fairmot_ros.detector.engines.onnx_engine import OnnxEngine
from fairmot_ros.detector.letterbox import letterbox, map_to_image
from fairmot_ros.network import load_checkpoint
from fairmot_ros.network.fuse import optimise_for_inference
from fairmot_ros.network.registry import ARCHITECTURES
from fairmot_ros.types import Detections


@dataclass(frozen=True)
class Variant:
    """One way to run a network.

    Attributes:
        engine: 'torch' or 'onnxruntime'.
        execution: of torch; for ONNX Runtime 'CPU', 'CUDA' or 'TensorRT'.
        precision: of the backbone.
    """

    engine: str
    execution: str
    precision: str

    def __str__(self) -> str:
        return f'{self.engine} {self.execution} {self.precision}'


VARIANTS = (
    Variant('torch', 'eager', 'fp32'),
    Variant('torch', 'eager', 'fp16'),
    Variant('torch', 'graphs', 'fp32'),
    Variant('torch', 'graphs', 'tf32'),
    Variant('torch', 'graphs', 'fp16'),
    Variant('torch', 'graphs', 'bf16'),
    Variant('onnxruntime', 'CPU', 'fp32'),
    Variant('onnxruntime', 'CUDA', 'fp32'),
)
#: Those that take long to start.
COMPILED = Variant('torch', 'compiled', 'fp16')
TENSORRT = Variant('onnxruntime', 'TensorRT', 'fp32')


def make_detector(variant: Variant, load: Workload, name: str, size: Size | None) -> Detector:
    """Return a detector for a network with an input of a size, its own if None.

    Raises:
        ValueError: if the variant is not available here; the message says why.
    """
    if variant.engine == 'torch':
        return Detector(
            load.weights(name),
            size,
            load.device,
            'torch',
            variant.precision,
            execution=variant.execution,
        )
    on_gpu = torch.device(load.device).type == 'cuda'
    if (variant.execution == 'CPU') == on_gpu:
        raise ValueError(f'this run measures {load.device}')
    if size is None:
        size = load_checkpoint(find_weights(load.weights(name))).info.input_size
    assert size is not None
    path = load.exported(name, size)
    detector = Detector(path, device=load.device)
    if variant.execution == 'TensorRT':
        options = EngineOptions(device=load.device)
        detector._engine = OnnxEngine(Path(path), options, tensorrt=True)
    return detector


class EagerPipeline:
    """The usual way to run a network in torch, as the yardstick.

    OpenCV scales the images, the network runs operator by operator in float32 without TF32, and
    the detections of one image after the other are decoded and copied to the host.
    """

    def __init__(self, load: Workload, name: str, like: Detector) -> None:
        """Load a network; `like` has the limits to apply."""
        network = load_checkpoint(find_weights(load.weights(name)))
        self._network = optimise_for_inference(network.eval()).to(load.device)
        self._enlarge = ARCHITECTURES[network.info.architecture].enlarge_images
        self._device = load.device
        self._like = like

    @torch.inference_mode()
    def __call__(self, images_bgr: Sequence[NDArray]) -> list[Detections]:
        """Return the detections of images, see `Detector.detect`."""
        size, limits = (
            self._like.input_size,
            (self._like.max_detections, self._like.score_threshold),
        )
        boxed = [torch.from_numpy(letterbox(i, size, self._enlarge)) for i in images_bgr]
        pixels = torch.stack(boxed).to(self._device)
        images = pixels.permute(0, 3, 1, 2).flip(1).float() / 255
        with gpu_arithmetic(tf32=False, deterministic=False, tune=False):
            maps = self._network.dense(self._network.features(images))
        predictions = self._network.predictions(maps)
        results = []
        for row, image in enumerate(images_bgr):
            found = decode_image(predictions, row, *limits)
            boxes = found.boxes_xyxy.cpu().numpy()
            boxes = map_to_image(boxes, size, image.shape[1::-1], self._enlarge)
            embeddings = None if found.embeddings is None else found.embeddings.cpu().numpy()
            results.append(Detections(boxes, found.scores.cpu().numpy(), embeddings))
        return results
