"""Training scenes: windows of photographs, with cut-outs of people pasted into them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from fairmot_ros.training.data.sources import CutOut, Photograph
from fairmot_ros.training.synthesis import distractors
from fairmot_ros.training.synthesis.photometric import degrade, jitter_colour
from fairmot_ros.training.synthesis.scene import Scene, cut_window, no_boxes

PHOTOGRAPH, DECOY = -1, -2
GRIDS = ((2, 1), (2, 2), (3, 1), (3, 2))  # columns and rows of a mosaic
CENTRE_INSIDE = 0.6  # visible share of a box from which its centre is surely visible


@dataclass(frozen=True)
class ComposerOptions:
    """How scenes are put together.

    Attributes:
        width, height: size of a scene in pixels.
        person_height: smallest and largest height of a person, pixels.
        background_share: share of the scenes that start from a picture without people.
        max_pasted: largest number of people pasted on such a picture.
        paste_on_people: probability of pasting a few more beside labelled people.
        max_decoys: largest number of pasted things that are not people.
        hard_decoys: paste sign posts and silhouettes too, and shadows under people.
        min_visible: people of whom less is visible are not labelled.
        mosaic_share: share of the scenes with labelled people that are a grid of windows.
    """

    width: int = 320
    height: int = 256
    person_height: tuple[float, float] = (26.0, 180.0)
    background_share: float = 0.5
    max_pasted: int = 9
    paste_on_people: float = 0.3
    max_decoys: int = 4
    hard_decoys: bool = False
    min_visible: float = 0.3
    mosaic_share: float = 0.0


class SceneComposer:
    """Makes an endless supply of random scenes from photographs and cut-outs."""

    def __init__(
        self, photographs: list[Photograph], cut_outs: list[CutOut], options: ComposerOptions
    ) -> None:
        self.peopled = [p for p in photographs if len(p.boxes_xyxy)]
        self.empty = [p for p in photographs if not len(p.boxes_xyxy) + len(p.ignored_xyxy)]
        self.cut_outs = cut_outs
        self.options = options
        self.textures = [p.load().image for p in self.empty[:: max(1, len(self.empty) // 96)]]

    def __call__(self, rng: Generator) -> Scene:
        """Return one scene of the configured size."""
        options = self.options
        if rng.random() < options.background_share:
            scene = self._background(rng)
            count = int(rng.integers(0, options.max_pasted + 1))
        else:
            scene = self._mosaic(rng)
            count = int(rng.integers(1, 4)) if rng.random() < options.paste_on_people else 0
        scene.image = jitter_colour(scene.image, rng, 0.7)
        self._paste_people(scene, count, rng)
        if rng.random() < 0.5:
            scene.flip()
        scene.image = degrade(jitter_colour(scene.image, rng, 0.5), rng)
        return scene

    def _background(self, rng: Generator) -> Scene:
        scene = self.empty[rng.integers(len(self.empty))].load()
        height, width = scene.image.shape[:2]
        o = self.options
        share = rng.uniform(0.35, 1.0)
        scale = max(o.width / (width * share), o.height / (height * share))
        left = rng.uniform(0, max(width - o.width / scale, 0))
        top = rng.uniform(0, max(height - o.height / scale, 0))
        return cut_window(scene, left, top, (scale, scale), (o.width, o.height), o.min_visible)

    def _mosaic(self, rng: Generator) -> Scene:
        """Fill the scene with one window, or with a grid of smaller ones."""
        o = self.options
        if rng.random() >= o.mosaic_share:
            return self._window_on_people(rng, (o.width, o.height), o.min_visible)
        columns, rows = GRIDS[rng.integers(len(GRIDS))]
        x = np.linspace(0, o.width, columns + 1).astype(int)
        y = np.linspace(0, o.height, rows + 1).astype(int)
        image = np.empty((o.height, o.width, 3), np.uint8)
        scene = Scene(image, no_boxes(), np.zeros(0, np.int64))
        for left, right in itertools.pairwise(x):
            for top, bottom in itertools.pairwise(y):
                # Half hidden people would have their centre in another window.
                window = self._window_on_people(rng, (right - left, bottom - top), CENTRE_INSIDE)
                scene.paste(window, left, top)
        return scene

    def _window_on_people(
        self, rng: Generator, size: tuple[int, int], min_visible: float
    ) -> Scene:
        """Choose a person, a height for them and a window of (width, height) around them."""
        o = self.options
        width, height = size
        photograph = self.peopled[rng.integers(len(self.peopled))]
        scene = photograph.load()
        picture_height, picture_width = scene.image.shape[:2]
        x0, y0, x1, y1 = scene.boxes_xyxy[rng.integers(len(scene.boxes_xyxy))]
        target = _log_uniform(rng, *o.person_height) * (height / o.height) ** 0.5
        # The picture should fill most of the window, however small its people become.
        fill = rng.uniform(0.7, 1.0)
        vertical = max(target / max(y1 - y0, 4.0), fill * height / picture_height)
        aspect = rng.uniform(*photograph.aspect_range) * rng.uniform(0.9, 1.1)
        vertical = min(max(vertical, fill * width / (picture_width * aspect)), 2.5)
        horizontal = vertical * aspect
        place = rng.uniform(0.1, 0.9, size=2)
        left = (x0 + x1) / 2 - place[0] * width / horizontal
        top = (y0 + y1) / 2 - place[1] * height / vertical
        left = _into(left, picture_width - width / horizontal)
        top = _into(top, picture_height - height / vertical)
        return cut_window(scene, left, top, (horizontal, vertical), size, min_visible)

    def _paste_people(self, scene: Scene, count: int, rng: Generator) -> None:
        """Paste people and decoys from the back of the scene to its front."""
        o = self.options
        base_height = _log_uniform(rng, o.person_height[0], 0.8 * o.person_height[1])
        # Who is seen at a pixel: the photograph, a decoy, or the row of a pasted person.
        owner = np.full((o.height, o.width), PHOTOGRAPH, np.int32)
        labelled = len(scene.boxes_xyxy)
        boxes = [scene.boxes_xyxy]
        identities = [scene.identities]
        full_area = []
        feet = np.sort(rng.uniform(0.15 * o.height, 1.15 * o.height, size=count))
        group_x = rng.uniform(0, o.width)
        for row, foot in enumerate(feet):
            self._paste_decoys(scene.image, owner, rng)
            perspective = 0.6 + 0.8 * foot / o.height
            height = base_height * perspective * rng.uniform(0.88, 1.12)
            cut_out = self.cut_outs[rng.integers(len(self.cut_outs))]
            patch, mask = _pose(cut_out, height, rng)
            if rng.random() < 0.3:  # groups walk together
                x = group_x + rng.normal(0.0, 0.5 * height)
            else:
                x = rng.uniform(0, o.width)
            left, top = round(x - patch.shape[1] / 2), round(foot - patch.shape[0])
            if o.hard_decoys and rng.random() < 0.5:
                distractors.cast_shadow(scene.image, mask, left, top, rng)
            area = _paste(scene.image, owner, patch, mask, left, top, row)
            full_area.append(area)
            boxes.append(
                np.array([[left, top, left + patch.shape[1], top + patch.shape[0]]], np.float32)
            )
            identities.append(np.array([cut_out.identity], np.int64))
        self._paste_decoys(scene.image, owner, rng)
        scene.boxes_xyxy = np.concatenate(boxes)
        scene.identities = np.concatenate(identities)
        visible = np.ones(len(scene.boxes_xyxy))
        for row, area in enumerate(full_area):
            visible[labelled + row] = np.count_nonzero(owner == row) / max(area, 1)
        for row, (x0, y0, x1, y1) in enumerate(scene.boxes_xyxy[:labelled].clip(0).astype(int)):
            under = owner[y0:y1, x0:x1]
            visible[row] = np.mean(under == PHOTOGRAPH) if under.size else 0.0
        scene.keep_visible(visible, o.min_visible)

    def _paste_decoys(self, image: NDArray, owner: NDArray, rng: Generator) -> None:
        """Paste things, so that a pasted edge or an upright shape alone does not mean a person."""
        if rng.random() > self.options.max_decoys / 12:
            return
        mask = self._decoy_mask(rng)
        height, width = mask.shape
        texture = self.textures[rng.integers(len(self.textures))]
        y = int(rng.integers(0, max(texture.shape[0] - height, 1)))
        x = int(rng.integers(0, max(texture.shape[1] - width, 1)))
        patch = jitter_colour(texture[y : y + height, x : x + width], rng)
        height, width = patch.shape[:2]
        left = int(rng.uniform(-0.5 * width, self.options.width - 0.5 * width))
        top = int(rng.uniform(-0.5 * height, self.options.height - 0.5 * height))
        _paste(image, owner, patch, mask[:height, :width], left, top, DECOY)

    def _decoy_mask(self, rng: Generator) -> NDArray[np.uint8]:
        height = int(rng.uniform(10, 0.8 * self.options.height))
        width = max(3, int(height * np.exp(rng.uniform(np.log(0.03), np.log(0.8)))))
        kinds = [distractors.rectangle, distractors.disc]
        if self.options.hard_decoys:
            kinds += [distractors.sign_post, distractors.sign_post]
            if rng.random() < 0.3:
                shape = self.cut_outs[rng.integers(len(self.cut_outs))].mask
                return distractors.silhouette(height, shape)
        return kinds[rng.integers(len(kinds))](height, width, rng)


def _into(start: float, room: float) -> float:
    """Move the start of a window into the picture; centre a window larger than it."""
    return min(max(start, 0.0), room) if room >= 0 else room / 2


def _log_uniform(rng: Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _pose(cut_out: CutOut, height: float, rng: Generator) -> tuple[NDArray, NDArray]:
    """Return picture and mask at about this height, foreshortened, mirrored and relit."""
    squeeze = rng.uniform(0.82, 1.05)  # an elevated camera sees people shorter
    narrow = rng.uniform(0.72, 1.05)  # people who walk by show their narrow side
    scale = height / cut_out.mask.shape[0]
    size = (
        max(4, round(cut_out.mask.shape[1] * scale * narrow)),
        max(8, round(height * squeeze)),
    )
    patch = cv2.resize(cut_out.image, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(cut_out.mask, size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        patch, mask = patch[:, ::-1], mask[:, ::-1]
    return jitter_colour(np.ascontiguousarray(patch), rng, 0.6), mask


def _paste(
    image: NDArray, owner: NDArray, patch: NDArray, mask: NDArray, left: int, top: int, who: int
) -> int:
    """Blend a patch into the image; returns the pixels of the whole mask, inside or not."""
    height, width = image.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + patch.shape[1], width), min(top + patch.shape[0], height)
    total = int(np.count_nonzero(mask > 127))
    if x1 <= x0 or y1 <= y0:
        return total
    inside = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
    region = np.s_[y0:y1, x0:x1]
    alpha = mask[inside].astype(np.float32)[..., None] / 255.0
    blended = patch[inside] * alpha + image[region] * (1.0 - alpha)
    image[region] = blended.astype(np.uint8)
    owner[region][mask[inside] > 127] = who
    return total
