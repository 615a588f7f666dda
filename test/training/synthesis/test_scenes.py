from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.boxes import visible_share
from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.data.dataset_mix import read_mix
from fairmot_ros.training.data.sources import Photograph, read_cut_outs
from fairmot_ros.training.synthesis.composer import ComposerOptions, SceneComposer
from fairmot_ros.training.synthesis.photometric import degrade, jitter_colour
from fairmot_ros.training.synthesis.scene import Scene, cut_window

OPTIONS = ComposerOptions(width=128, height=96, person_height=(16, 60))


def marked_scene() -> Scene:
    """A white rectangle on black, labelled."""
    image = np.zeros((100, 200, 3), np.uint8)
    image[20:60, 50:70] = 255
    return Scene(image, np.array([[50, 20, 70, 60]], np.float32), np.array([7]))


@pytest.mark.parametrize('scale', [(0.5, 0.5), (1.0, 1.0), (1.5, 0.75)])
@pytest.mark.parametrize('corner', [(0, 0), (30.4, 10.2), (-8, -15)])
def test_a_window_keeps_boxes_on_their_people(
    corner: tuple[float, float], scale: tuple[float, float]
) -> None:
    window = cut_window(marked_scene(), *corner, scale, (96, 64), min_visible=0.1)
    assert window.image.shape == (64, 96, 3)
    (box,) = window.boxes_xyxy
    white = np.argwhere(window.image[:, :, 0] > 200)
    seen = np.array([*white.min(axis=0)[::-1], *(white.max(axis=0)[::-1] + 1)])
    assert np.abs(seen - np.clip(box, 0, [96, 64, 96, 64])).max() <= 1.5


def test_a_window_ignores_who_is_hardly_inside() -> None:
    window = cut_window(marked_scene(), 65, 0, (1, 1), (96, 64), min_visible=0.3)
    assert len(window.boxes_xyxy) == len(window.identities) == 0
    assert window.ignored_xyxy.tolist() == [[-15, 20, 5, 60]]


def test_a_window_forgets_who_is_outside() -> None:
    window = cut_window(marked_scene(), 69, 0, (1, 1), (96, 64), min_visible=0.3)
    assert len(window.boxes_xyxy) == len(window.ignored_xyxy) == 0


def test_flipping_moves_boxes_along() -> None:
    scene = marked_scene()
    scene.ignored_xyxy = np.array([[0, 0, 5, 5]], np.float32)
    scene.flip()
    assert scene.boxes_xyxy.tolist() == [[130, 20, 150, 60]]
    assert scene.ignored_xyxy.tolist() == [[195, 0, 200, 5]]
    assert scene.image[30, 131:149].min() == 255


def test_photometric_changes_keep_shape_and_type() -> None:
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (40, 30, 3), dtype=np.uint8)
    for _ in range(20):
        changed = degrade(jitter_colour(image, rng), rng)
        assert changed.shape == image.shape
        assert changed.dtype == np.uint8


def test_cut_outs_are_cropped_to_the_person(training_data: Path) -> None:
    cut_outs = read_cut_outs(training_data / 'cut_outs', 5, max_height=30)
    assert [c.identity for c in cut_outs] == [5, 6, 7]
    assert cut_outs[0].mask.shape == (30, 10)


def test_teacher_detections_complete_the_labels() -> None:
    labelled = np.array([[10, 10, 30, 70]], np.float32)
    detections = np.array(
        [
            [12, 11, 31, 72, 0.9],  # labelled already
            [80, 10, 100, 70, 0.8],  # added
            [120, 10, 140, 70, 0.3],  # ignored
            [40, 10, 60, 70, 0.15],  # background
        ],
        np.float32,
    )
    photograph = Photograph(Path('a.jpg'), labelled, np.array([4]))
    completed = photograph.with_teacher_labels(detections, (0.2, 0.6))
    assert completed.boxes_xyxy.tolist() == [[10, 10, 30, 70], [80, 10, 100, 70]]
    assert completed.identities.tolist() == [4, -1]
    assert completed.ignored_xyxy.tolist() == [[120, 10, 140, 70]]


@pytest.fixture(scope='module')
def composer(training_data: Path) -> SceneComposer:
    sets = (
        SetConfig('people'),
        SetConfig('backgrounds'),
        SetConfig('cut_outs', cut_outs=True),
    )
    mix = read_mix(sets, training_data, max_cut_out_height=90)
    return SceneComposer(mix.photographs, mix.cut_outs, OPTIONS)


def test_teacher_labels_can_count_in_proportion_to_their_score() -> None:
    labelled = np.array([[10, 10, 30, 70]], np.float32)
    detections = np.array(
        [[80, 10, 100, 70, 0.9], [120, 10, 140, 70, 0.3], [160, 10, 180, 70, 0.15]], np.float32
    )
    photograph = Photograph(Path('a.jpg'), labelled, np.array([4]))
    completed = photograph.with_teacher_labels(detections, (0.1, 0.2), certain_score=0.6)
    assert completed.scores.tolist() == pytest.approx([1, 1, 0.5])
    assert photograph.with_teacher_labels(detections, (0.1, 0.2)).scores is None


def test_scores_stay_with_their_people() -> None:
    """Through a window, a mosaic and the choice of rows; who is added has 1."""
    scene = marked_scene()
    scene.scores = np.array([0.5], np.float32)
    window = cut_window(scene, 20, 0, (1, 1), (96, 64), min_visible=0.1)
    window.paste(cut_window(marked_scene(), 20, 0, (1, 1), (48, 64), min_visible=0.1), 48, 0)
    assert window.label_scores().tolist() == [0.5, 1]
    window.boxes_xyxy = np.concatenate((window.boxes_xyxy, window.boxes_xyxy[:1]))
    window.identities = np.concatenate((window.identities, window.identities[:1]))
    assert window.label_scores().tolist() == [0.5, 1, 1]
    window.keep(np.array([False, True, True]))
    assert window.label_scores().tolist() == [1, 1]
    assert marked_scene().label_scores().tolist() == [1]


def test_a_mosaic_keeps_boxes_on_their_people(training_data: Path) -> None:
    photographs = read_mix((SetConfig('people'),), training_data).photographs
    composer = SceneComposer(photographs, [], replace(OPTIONS, mosaic_share=1.0))
    scenes = [composer._mosaic(np.random.default_rng(i)) for i in range(20)]
    assert all(scene.image.shape == (96, 128, 3) for scene in scenes)
    assert max(len(scene.boxes_xyxy) for scene in scenes) > 2
    for scene in scenes:
        assert len(scene.boxes_xyxy) == len(scene.identities)
        for x0, y0, x1, y1 in scene.boxes_xyxy:
            x, y = int((x0 + x1) / 2), int((y0 + y1) / 2)
            middle = scene.image[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)
            assert middle.std(axis=0).max() < 8, 'each person of these pictures is of one colour'


def test_scenes_are_sound_and_repeatable(composer: SceneComposer) -> None:
    seen = set()
    for i in range(60):
        scene = composer(np.random.default_rng(i))
        assert scene.image.shape == (96, 128, 3)
        assert scene.image.dtype == np.uint8
        assert len(scene.boxes_xyxy) == len(scene.identities)
        assert (visible_share(scene.boxes_xyxy, (128, 96)) > 0).all()
        assert (scene.boxes_xyxy[:, 2:] > scene.boxes_xyxy[:, :2]).all()
        seen.update(scene.identities.tolist())
        again = composer(np.random.default_rng(i))
        assert np.array_equal(scene.image, again.image)
        assert np.array_equal(scene.boxes_xyxy, again.boxes_xyxy)
    assert seen == set(range(7))  # labelled people and cut-outs alike


def test_hidden_people_lose_their_label(composer: SceneComposer, training_data: Path) -> None:
    """Pasted people hide others, so fewer are labelled than when everyone counts."""
    everyone = SceneComposer(
        composer.peopled + composer.empty, composer.cut_outs, replace(OPTIONS, min_visible=0.0)
    )
    strict = SceneComposer(
        composer.peopled + composer.empty, composer.cut_outs, replace(OPTIONS, min_visible=0.8)
    )
    counts = [
        sum(len(c(np.random.default_rng(i)).boxes_xyxy) for i in range(60))
        for c in (everyone, strict)
    ]
    assert counts[0] > counts[1] > 0
