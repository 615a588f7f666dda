from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fairmot_ros.boxes import visible_share
from fairmot_ros.training.config import ComposerOptions, DatasetConfig
from fairmot_ros.training.data.cut_outs import read_cut_outs
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.sample import Sample, crop_window
from fairmot_ros.training.synthesis.composer import SampleComposer
from fairmot_ros.training.synthesis.photometric import degrade, jitter_colour

OPTIONS = ComposerOptions(width=128, height=96, person_height=(16, 60))


def marked_sample() -> Sample:
    """Return a sample with a labelled white rectangle on black."""
    image = np.zeros((100, 200, 3), np.uint8)
    image[20:60, 50:70] = 255
    return Sample(image, np.array([[50, 20, 70, 60]], np.float32), np.array([7]))


@pytest.mark.parametrize('scale', [(0.5, 0.5), (1.0, 1.0), (1.5, 0.75)])
@pytest.mark.parametrize('corner', [(0, 0), (30.4, 10.2), (-8, -15)])
def test_a_window_keeps_boxes_on_their_people(
    corner: tuple[float, float], scale: tuple[float, float]
) -> None:
    window = crop_window(marked_sample(), *corner, scale, (96, 64), min_visible=0.1)
    assert window.image.shape == (64, 96, 3)
    (box,) = window.boxes_xyxy
    white = np.argwhere(window.image[:, :, 0] > 200)
    seen = np.array([*white.min(axis=0)[::-1], *(white.max(axis=0)[::-1] + 1)])
    assert np.abs(seen - np.clip(box, 0, [96, 64, 96, 64])).max() <= 1.5


def test_people_hardly_inside_a_window_are_ignored() -> None:
    window = crop_window(marked_sample(), 65, 0, (1, 1), (96, 64), min_visible=0.3)
    assert len(window.boxes_xyxy) == len(window.identities) == 0
    assert window.ignored_xyxy.tolist() == [[-15, 20, 5, 60]]


def test_people_outside_a_window_are_dropped() -> None:
    window = crop_window(marked_sample(), 69, 0, (1, 1), (96, 64), min_visible=0.3)
    assert len(window.boxes_xyxy) == len(window.ignored_xyxy) == 0


def test_flipping_mirrors_boxes() -> None:
    sample = marked_sample()
    sample.ignored_xyxy = np.array([[0, 0, 5, 5]], np.float32)
    sample.flip()
    assert sample.boxes_xyxy.tolist() == [[130, 20, 150, 60]]
    assert sample.ignored_xyxy.tolist() == [[195, 0, 200, 5]]
    assert sample.image[30, 131:149].min() == 255


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
    image = LabelledImage(Path('a.jpg'), labelled, np.array([4]))
    completed = image.with_teacher_labels(detections, (0.2, 0.6))
    assert completed.boxes_xyxy.tolist() == [[10, 10, 30, 70], [80, 10, 100, 70]]
    assert completed.identities.tolist() == [4, -1]
    assert completed.ignored_xyxy.tolist() == [[120, 10, 140, 70]]


@pytest.fixture(scope='module')
def composer(training_data: Path) -> SampleComposer:
    sets = (
        DatasetConfig('people'),
        DatasetConfig('backgrounds'),
        DatasetConfig('cut_outs', cut_outs=True),
    )
    mix = read_dataset_mix(sets, training_data, max_cut_out_height=90)
    return SampleComposer(mix.images, mix.cut_outs, OPTIONS)


def test_teacher_labels_can_count_in_proportion_to_their_score() -> None:
    labelled = np.array([[10, 10, 30, 70]], np.float32)
    detections = np.array(
        [[80, 10, 100, 70, 0.9], [120, 10, 140, 70, 0.3], [160, 10, 180, 70, 0.15]], np.float32
    )
    image = LabelledImage(Path('a.jpg'), labelled, np.array([4]))
    completed = image.with_teacher_labels(detections, (0.1, 0.2), certain_score=0.6)
    assert completed.scores.tolist() == pytest.approx([1, 1, 0.5])
    assert image.with_teacher_labels(detections, (0.1, 0.2)).scores is None


def test_scores_stay_with_their_people() -> None:
    """Crops, pasted samples and selected rows keep their scores; added people have 1."""
    sample = marked_sample()
    sample.scores = np.array([0.5], np.float32)
    window = crop_window(sample, 20, 0, (1, 1), (96, 64), min_visible=0.1)
    window.paste(crop_window(marked_sample(), 20, 0, (1, 1), (48, 64), min_visible=0.1), 48, 0)
    assert window.label_scores().tolist() == [0.5, 1]
    window.boxes_xyxy = np.concatenate((window.boxes_xyxy, window.boxes_xyxy[:1]))
    window.identities = np.concatenate((window.identities, window.identities[:1]))
    assert window.label_scores().tolist() == [0.5, 1, 1]
    window.keep(np.array([False, True, True]))
    assert window.label_scores().tolist() == [1, 1]
    assert marked_sample().label_scores().tolist() == [1]


def test_a_mosaic_keeps_boxes_on_their_people(training_data: Path) -> None:
    images = read_dataset_mix((DatasetConfig('people'),), training_data).images
    composer = SampleComposer(images, [], replace(OPTIONS, mosaic_share=1.0))
    samples = [composer._mosaic(np.random.default_rng(i)) for i in range(20)]
    assert all(sample.image.shape == (96, 128, 3) for sample in samples)
    assert max(len(sample.boxes_xyxy) for sample in samples) > 2
    for sample in samples:
        assert len(sample.boxes_xyxy) == len(sample.identities)
        for x0, y0, x1, y1 in sample.boxes_xyxy:
            x, y = int((x0 + x1) / 2), int((y0 + y1) / 2)
            middle = sample.image[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3)
            assert middle.std(axis=0).max() < 8, 'each person in these images has one colour'


def test_samples_are_valid_and_reproducible(composer: SampleComposer) -> None:
    seen = set()
    for i in range(60):
        sample = composer(np.random.default_rng(i))
        assert sample.image.shape == (96, 128, 3)
        assert sample.image.dtype == np.uint8
        assert len(sample.boxes_xyxy) == len(sample.identities)
        assert (visible_share(sample.boxes_xyxy, (128, 96)) > 0).all()
        assert (sample.boxes_xyxy[:, 2:] > sample.boxes_xyxy[:, :2]).all()
        seen.update(sample.identities.tolist())
        again = composer(np.random.default_rng(i))
        assert np.array_equal(sample.image, again.image)
        assert np.array_equal(sample.boxes_xyxy, again.boxes_xyxy)
    assert seen == set(range(7))  # labelled people and cut-outs alike


def test_occluded_people_lose_their_label(composer: SampleComposer, training_data: Path) -> None:
    """Pasted people occlude others, so fewer are labelled than without a minimum."""
    everyone = SampleComposer(
        composer.images_with_people + composer.backgrounds,
        composer.cut_outs,
        replace(OPTIONS, min_visible=0.0),
    )
    strict = SampleComposer(
        composer.images_with_people + composer.backgrounds,
        composer.cut_outs,
        replace(OPTIONS, min_visible=0.8),
    )
    counts = [
        sum(len(c(np.random.default_rng(i)).boxes_xyxy) for i in range(60))
        for c in (everyone, strict)
    ]
    assert counts[0] > counts[1] > 0
