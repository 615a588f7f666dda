# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Recorded detections: their replay equals tracking of the images, and they are computed once."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip('rosbags', reason='needs rosbags')
from tuning_folders import write_folder

import fairmot_ros
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.runs.configuration import Configuration, read_configuration
from fairmot_ros.evaluation.runs.offline import OfflineTracker
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.tuning.detecting import cached_public
from fairmot_ros.tuning.preparation import prepare
from fairmot_ros.tuning.recorded_detections import load_detections
from fairmot_ros.tuning.tuning_input import TuningInput, open_input

CLIP = Path(fairmot_ros.__file__).parent / 'data' / 'pedestrians.mp4'
SMALL = Configuration('small', {'input_width': 320, 'input_height': 256})
TRUTH = np.array([[f, 1, 300, 200, 40, 80, 1] for f in range(1, 9)], float)


@pytest.fixture(scope='module')
def bag(tmp_path_factory: pytest.TempPathFactory) -> TuningInput:
    path = tmp_path_factory.mktemp('bags') / 'walk'
    images = list(islice(VideoSource(CLIP), 8))
    images[4:] = [np.roll(image, 12, axis=1) for image in images[4:]]  # the camera turns
    write_sequence(path, images, 7.0, TRUTH, BagLayout(image_format='png'))
    return open_input(path)


def test_replay_equals_tracking_of_the_images(bag: TuningInput, tmp_path: Path) -> None:
    measurer = prepare([bag], SMALL, tmp_path)
    recorded = load_detections(measurer.files[0])
    assert np.abs(recorded.motions - np.eye(2, 3)).max() > 5
    assert bag.recording is not None
    for values in ({}, {'lost_timeout': 0.1, 'new_track_threshold': 0.9}):
        configuration = Configuration('x', {**SMALL.parameters, **values})
        expected = OfflineTracker(configuration).track(bag.recording).rows
        got = recorded.track(measurer.settings(values), measurer.model)
        np.testing.assert_array_equal(got, expected)
        assert len(expected)


def test_detections_are_computed_once(bag: TuningInput, tmp_path: Path) -> None:
    (first,) = prepare([bag], SMALL, tmp_path).files
    state = first.stat().st_mtime_ns
    assert prepare([bag], SMALL, tmp_path).files == [first]
    assert first.stat().st_mtime_ns == state
    other = Configuration('other', {'input_width': 352, 'input_height': 256})
    assert prepare([bag], other, tmp_path).files != [first], 'another input size'


def test_a_damaged_file_is_reported(bag: TuningInput, tmp_path: Path) -> None:
    (file,) = prepare([bag], SMALL, tmp_path).files
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(ValueError, match=f'{file} is not a file of recorded detections'):
        load_detections(file)


def test_images_of_folders_are_read(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / 'a', 0.0)
    shutil.rmtree(folder / 'det')
    (folder / 'img1').mkdir()
    for number, image in enumerate(islice(VideoSource(CLIP), 3), 1):
        cv2.imwrite(str(folder / 'img1' / f'{number:06}.jpg'), image)
    (file,) = prepare([open_input(folder)], SMALL, tmp_path).files
    recorded = load_detections(file)
    assert recorded.numbers.tolist() == [1, 2, 3]
    np.testing.assert_allclose(recorded.stamps, [0.1, 0.2, 0.3])
    assert (recorded.counts > 0).all()


def test_detections_of_files_keep_frames_without_any(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / 'a', 2.0)
    recorded = load_detections(cached_public(open_input(folder), tmp_path))
    assert len(recorded.frames()) == 60
    assert recorded.counts.sum() == 3 * (60 - 20)
    assert recorded.embeddings.shape == (120, 0)


def test_a_bag_has_no_detections_of_files(bag: TuningInput, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match='is a bag, but detections of files exist in'):
        cached_public(bag, tmp_path)


def test_an_input_without_ground_truth_is_refused(tmp_path: Path) -> None:
    write_sequence(tmp_path / 'blind', list(islice(VideoSource(CLIP), 2)), 7.0)
    with pytest.raises(ValueError, match='has no ground truth, which tuning needs'):
        open_input(tmp_path / 'blind')


def test_the_command_tunes_on_bags_with_the_model(bag: TuningInput, tmp_path: Path) -> None:
    pytest.importorskip('optuna', reason='needs optuna')
    from fairmot_ros.cli import tune as command

    other = Path(shutil.copytree(bag.path, tmp_path / 'hall'))
    (tmp_path / 'small.yaml').write_text('input_width: 320\ninput_height: 256\nmax_gap: 3.0\n')
    out = tmp_path / 'out'
    options = ['--config', str(tmp_path / 'small.yaml'), '--trials', '1', '--output', str(out)]
    assert command.main([str(bag.path), str(other), *options]) == 0
    assert len(list((out / 'detections').iterdir())) == 2
    read = read_configuration(out / 'parameters.yaml')
    assert read.parameters['input_width'] == 320, 'parameters to start from are kept'
    assert read.parameters['max_gap'] == 3.0
    expected = Configuration('x', {**SMALL.parameters, 'max_gap': 3.0})
    assert read.frames() == expected.frames(), 'the first trial is the default'
    assert 'fairmot_ros_nano:' in (out / 'tuning.md').read_text()
