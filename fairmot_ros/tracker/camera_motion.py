"""How the camera moved between two pictures, from what stands still in them.

Corners of the background are followed from picture to picture by sparse optical flow (Lucas and
Kanade, in the pyramidal form of Bouguet 2000), and a similarity (shift, rotation, scale) is
fitted to them that outvotes what moves by itself (RANSAC). The only file of this layer that
needs OpenCV.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Points = NDArray[np.float32]
Grey = NDArray[np.uint8]

WORKING_SIZE = 960  # pixels, about, of the longer side of the picture that is worked on
FEATURES = 120  # corners to follow
RENEW_BELOW = 80  # corners left over at which new ones are looked for
SPACING = 20.0  # pixels of the working picture between two corners
QUALITY = 0.005  # of the weakest corner, as a share of the strongest
BOX_MARGIN = 0.05  # share of its size by which a person's box is widened, for hair and shadows
WINDOW = (11, 11)
LEVELS = 5
STEPS = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 10, 0.03)
STEADY_LIGHT = 0.06  # change of brightness up to which nothing is corrected
LIKENESS = 0.5  # least correlation of what is around a corner, before and now
TOLERANCE = 1.5  # pixels by which a corner may miss the motion of the camera
MIN_FEATURES = 10
MIN_SHARE = 0.4  # of the followed corners that must agree
MAX_ERROR = 1.0  # pixels of the working picture: largest standard error of the motion anywhere
NOISE = 0.05  # pixels: no corner is followed better than this
REFITS = 3
PATCH = np.stack(np.meshgrid(*2 * [np.arange(-5, 6)]), axis=-1).reshape(-1, 2).astype(np.float32)


class CameraMotion:
    """Estimates the motion of one camera, picture by picture.

    Attributes:
        succeeded: whether the last call of `estimate` measured a motion. If not, it has returned
            the identity for want of anything better.
    """

    def __init__(self) -> None:
        """Start without a picture."""
        self.reset()

    def reset(self) -> None:
        """Forget the last picture, as before the first one."""
        self.succeeded = False
        self._grey: Grey | None = None
        self._size: tuple[int, ...] = ()
        self._points = np.zeros((0, 2), np.float32)

    def estimate(self, image: NDArray[np.uint8], boxes_xyxy: NDArray[np.floating]) -> Array:
        """Return the motion since the previous picture, and keep this one for the next call.

        Args:
            image: uint8 [H, W, 3], BGR.
            boxes_xyxy: [N, 4], the people in it, in its pixels; what lies in them is not
                followed from or to here.

        Returns:
            float64 [2, 3], maps pixels of the previous picture to this one's. The identity if
            there is no previous one of the same size, or too little in common with it.

        Raises:
            ValueError: if the picture or the boxes have another type or shape.
        """
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise ValueError(
                f'the image must be uint8 [H, W, 3] and not empty, got {image.dtype} '
                f'{list(image.shape)}'
            )
        boxes = np.asarray(boxes_xyxy, np.float64)
        if boxes.ndim != 2 or boxes.shape[1] != 4:
            raise ValueError(f'boxes_xyxy must have the shape [N, 4], got {list(boxes.shape)}')
        grey, scale = shrink(image)
        boxes = _widened(boxes, scale)
        motion = None
        if self._grey is not None and image.shape == self._size:
            points, followed = follow(self._grey, grey, self._points)
            free = ~_inside(followed, boxes)
            motion, agreeing = fit(points[free], followed[free], grey.shape)
            self._points = followed[free][agreeing]
        else:
            self._points = self._points[:0]
        if len(self._points) < RENEW_BELOW:
            self._points = np.concatenate((self._points, corners(grey, boxes, self._points)))
        self._grey, self._size = grey, image.shape
        self.succeeded = motion is not None
        return np.eye(2, 3) if motion is None else _in_source_pixels(motion, scale)


def shrink(image: NDArray[np.uint8]) -> tuple[Grey, int]:
    """Return a grey picture of about the working size, and how many times smaller it is."""
    halvings = max(0, round(math.log2(max(image.shape[:2]) / WORKING_SIZE)))
    halvings = min(halvings, int(math.log2(min(image.shape[:2]))))  # a strip of few pixels
    for _ in range(halvings):
        height, width = image.shape[0] // 2, image.shape[1] // 2
        # By exactly two, OpenCV has a fast way to average.
        image = cv2.resize(
            image[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA
        )
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 2**halvings


def corners(grey: Grey, boxes: Array, present: Points) -> Points:
    """Find points [M, 2] that can be followed, outside of boxes and away from present ones.

    The strongest corners (Shi and Tomasi 1994), on half the picture: where exactly they are does
    not matter to the optical flow.
    """
    half = cv2.pyrDown(grey)
    free = np.full(half.shape, 255, np.uint8)
    for left, top, right, bottom in np.round(boxes / 2).astype(np.int64).clip(0):
        free[top : bottom + 1, left : right + 1] = 0
    spacing = SPACING / 2
    for x, y in np.round(present / 2).astype(np.int64):
        cv2.circle(free, (int(x), int(y)), int(spacing), 0, -1)
    found = cv2.goodFeaturesToTrack(half, FEATURES - len(present), QUALITY, spacing, mask=free)
    return np.zeros((0, 2), np.float32) if found is None else 2 * found.reshape(-1, 2)


def follow(before: Grey, now: Grey, points: Points) -> tuple[Points, Points]:
    """Return those points [M, 2] that were found again, before and now."""
    if not len(points):
        return points, points
    now = _in_the_light_of(before, now)
    followed, found, _ = cv2.calcOpticalFlowPyrLK(
        before, now, points, None, winSize=WINDOW, maxLevel=LEVELS, criteria=STEPS
    )
    height, width = now.shape
    inside = ((followed >= 0) & (followed <= (width - 1, height - 1))).all(axis=1)
    good = (found[:, 0] > 0) & inside
    points, followed = points[good], followed[good]
    # Optical flow finds something in mere noise too, but nothing that looks the same.
    alike = np.einsum('nk,nk->n', patches(before, points), patches(now, followed)) > LIKENESS
    return points[alike], followed[alike]


def _in_the_light_of(before: Grey, now: Grey) -> Grey:
    """Return the picture as bright as the one before: optical flow takes that for granted."""
    gain = cv2.mean(before)[0] / max(cv2.mean(now)[0], 1.0)
    return now if abs(gain - 1) < STEADY_LIGHT else cv2.convertScaleAbs(now, alpha=gain)


def patches(grey: Grey, points: Points) -> NDArray[np.float32]:
    """Return the pixels around each point [N, K], less their mean and scaled to unit length."""
    if not len(points):
        return np.zeros((0, PATCH.shape[0]), np.float32)
    places = points[:, None] + PATCH
    pixels = cv2.remap(grey, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    pixels = pixels.astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    norms = np.sqrt(np.einsum('nk,nk->n', pixels, pixels))
    return pixels / np.maximum(norms, 1e-6)[:, None]


def fit(
    points: Points, followed: Points, shape: tuple[int, ...]
) -> tuple[Array | None, NDArray[np.bool_]]:
    """Fit a similarity that most points agree on.

    Args:
        points: [M, 2], before.
        followed: [M, 2], now.
        shape: (height, width) of the picture.

    Returns:
        float64 [2, 3], None if it could be wrong by more than `MAX_ERROR` somewhere in the
        picture; and which points agree with it, bool [M].
    """
    nobody = np.zeros(len(points), np.bool_)
    if len(points) < MIN_FEATURES:
        return None, nobody
    motion, inliers = cv2.estimateAffinePartial2D(
        points,
        followed,
        ransacReprojThreshold=TOLERANCE,
        maxIters=200,
        confidence=0.999,
        refineIters=0,
    )
    if motion is None:
        return None, nobody
    agreeing = inliers[:, 0] > 0
    count = np.count_nonzero(agreeing)
    if count < max(MIN_FEATURES, MIN_SHARE * len(points)):
        return None, nobody
    motion, error = _refit(motion, points[agreeing], followed[agreeing], shape)
    return (motion, agreeing) if error <= MAX_ERROR else (None, nobody)


def _refit(
    motion: Array, points: Points, followed: Points, shape: tuple[int, ...]
) -> tuple[Array, float]:
    """Improve a motion by weighted least squares, and tell its error.

    Tukey's biweight, on the scale of the median residual, takes out those who walk slowly enough
    to be near the motion of the camera.

    Returns:
        The motion, and its standard error in pixels at the worst corner of the picture: as in
        linear regression, that of the mean, and that of rotation and scale times the distance
        from the mean. Few points, or many in one place, say little about the rest.
    """
    # As complex numbers, a similarity is z -> a z + b.
    before = (points[:, 0] + 1j * points[:, 1]).astype(np.complex128)
    now = (followed[:, 0] + 1j * followed[:, 1]).astype(np.complex128)
    a, b = complex(motion[0, 0], motion[1, 0]), complex(motion[0, 2], motion[1, 2])
    for _ in range(REFITS):
        residual = np.abs(a * before + b - now)
        scale = max(float(np.median(residual)) / 1.177, NOISE)  # 1.177: median of a Rayleigh
        weight = np.maximum(0.0, 1.0 - (residual / (4.685 * scale)) ** 2) ** 2
        total = float(weight.sum())
        centre_before, centre_now = weight @ before / total, weight @ now / total
        arms = before - centre_before
        spread = max(float(weight @ np.abs(arms) ** 2), 1e-9)
        a = complex(weight * np.conj(arms) @ (now - centre_now)) / spread
        b = complex(centre_now - a * centre_before)
    height, width = shape
    x, y = centre_before.real, centre_before.imag
    far = max(x, width - x) ** 2 + max(y, height - y) ** 2
    error = scale * math.sqrt(1 / total + far / spread)
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]]), error


def _widened(boxes: Array, scale: int) -> Array:
    """Return boxes [N, 4] in pixels of the working picture, with a margin; bad ones dropped."""
    boxes = boxes[np.isfinite(boxes).all(axis=1)] / scale
    margin = BOX_MARGIN * (boxes[:, 2:] - boxes[:, :2])
    return np.concatenate((boxes[:, :2] - margin, boxes[:, 2:] + margin), axis=1)


def _inside(points: Points, boxes: Array) -> NDArray[np.bool_]:
    """Return which points [M] lie in a box."""
    x, y = points[:, :1], points[:, 1:]
    left, top, right, bottom = boxes.T
    return ((x >= left) & (x <= right) & (y >= top) & (y <= bottom)).any(axis=1)


def _in_source_pixels(motion: Array, scale: int) -> Array:
    """Convert a motion of the working picture, whose pixel i is in the middle of `scale`."""
    offset = (scale - 1) / 2
    shift = scale * motion[:, 2] + offset - motion[:, :2] @ (offset, offset)
    return np.column_stack((motion[:, :2], shift))
