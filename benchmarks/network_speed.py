"""Time per image of the detector and of its stages."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.calibration import milliseconds
from fairmot_ros.detector import Detector
from fairmot_ros.detector.decode import decode
from fairmot_ros.detector.letterbox import letterbox


def report(weights: str, device: str, input_size: tuple[int, int] | None, repeats: int) -> None:
    """Print a table for a 1080p image."""
    detector = Detector(weights, device=device, input_size=input_size)
    image = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    boxed = letterbox(image, detector.input_size)
    output = detector._engine([boxed])

    def network() -> None:
        detector._engine([boxed])['hm'].sum().item()  # waits for a GPU to finish

    def decoding() -> None:
        with torch.inference_mode():
            decode(output, detector.max_detections, detector.score_threshold)

    width, height = detector.input_size
    print(
        f'{detector.model_name} on {detector.device} ({detector.precision}), {width} x {height}, '
        f'{torch.get_num_threads()} threads, ms per 1080p image'
    )
    for name, work in (
        ('letterbox', lambda: letterbox(image, detector.input_size)),
        ('network', network),
        ('decode', decoding),
        ('whole detector', lambda: detector(image)),
    ):
        print(f'  {name:16}{milliseconds(work, repeats):9.2f}')
