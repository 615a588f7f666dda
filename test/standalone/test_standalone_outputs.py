# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files made of tracked frames, with tracks of known places."""

from __future__ import annotations

import json
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from full_disk import full_disk
from make_track import make_track

from fairmot_ros.evaluation.mot.text_format import read_mot, rows_of_tracks, write_mot
from fairmot_ros.files.writing import WriteError
from fairmot_ros.standalone.outputs.base import TrackedFrame
from fairmot_ros.standalone.outputs.choice import OutputChoice, Outputs
from fairmot_ros.standalone.outputs.contact_sheet import COLUMNS, LABEL_WIDTH, TILE, ContactSheet
from fairmot_ros.standalone.outputs.crops import Crops
from fairmot_ros.standalone.outputs.video import AnnotatedVideo
from fairmot_ros.types import Tracks

EVERYTHING = OutputChoice(video=True, mot=True, json_lines=True, crops=True, sheet=True)


def make_frame(number: int, stamp: float | None = None, size: int = 100) -> TrackedFrame:
    """Return a frame whose pixels are its number, with a track that moves and one outside."""
    image = np.full((size, size, 3), number, np.uint8)
    inside = make_track(1, (10 + number / 3, 20, 30, 60), score=0.9)
    outside = make_track(2, (-50, -60, 20, 20), score=0.5)
    stamp = (number - 1) / 10 if stamp is None else stamp
    return TrackedFrame(number, stamp, image, Tracks.of([inside, outside]), image)


def write_all(folder: Path, choice: OutputChoice, count: int = 12) -> tuple[list[Path], list[str]]:
    outputs = Outputs(choice, folder, 10.0, is_live=False)
    for number in range(1, count + 1):
        outputs.write(make_frame(number))
    return outputs.close()


def test_mot_text_equals_that_of_the_evaluation(tmp_path: Path) -> None:
    write_all(tmp_path, OutputChoice(video=False))
    rows = [rows_of_tracks(number, make_frame(number).tracks) for number in range(1, 13)]
    write_mot(tmp_path / 'expected.txt', np.concatenate(rows))
    assert (tmp_path / 'results.txt').read_bytes() == (tmp_path / 'expected.txt').read_bytes()


def test_json_lines(tmp_path: Path) -> None:
    write_all(tmp_path, OutputChoice(video=False, mot=False, json_lines=True), count=2)
    first, second = map(json.loads, (tmp_path / 'tracks.jsonl').read_text().splitlines())
    assert second['frame'] == 2
    assert second['stamp'] == 0.1
    assert first['tracks'][0] == {
        'id': 1,
        'class_id': 0,
        'score': 0.9,
        'box': [10.333, 20.0, 30.0, 60.0],
        'velocity': [0.0, 0.0],
        'age': 1.0,
    }


def test_crops_are_cut_from_the_frame_at_intervals(tmp_path: Path) -> None:
    files, _ = write_all(tmp_path, OutputChoice(video=False, mot=False, crops=True))
    assert files == [tmp_path / 'crops']
    crops = sorted(path.relative_to(tmp_path) for path in files[0].rglob('*.jpg'))
    assert list(map(str, crops)) == ['crops/0001/000001.jpg', 'crops/0001/000011.jpg']
    crop = cv2.imread(str(tmp_path / crops[1]))
    assert crop.shape == (60, 30, 3)
    assert abs(float(crop.mean()) - 11) < 1


def test_crops_replace_those_of_a_former_run(tmp_path: Path) -> None:
    (tmp_path / 'crops' / '0009').mkdir(parents=True)
    (tmp_path / 'crops' / '0009' / '000001.jpg').touch()
    crops = Crops(tmp_path / 'crops', interval=0.0)
    crops.write(make_frame(1))
    assert (tmp_path / 'crops' / '0009').exists()
    crops.close()
    assert os.listdir(tmp_path) == ['crops']
    assert os.listdir(tmp_path / 'crops') == ['0001']


@pytest.mark.parametrize('count', [1, 5, 8, 40, 1000])
def test_contact_sheet_covers_the_life_of_a_track(tmp_path: Path, count: int) -> None:
    sheet = ContactSheet(tmp_path / 'tracks.jpg')
    for i in range(count):
        value = round(50 + 200 * i / count)
        image = np.full((100, 100, 3), value, np.uint8)
        track = make_track(7, (10, 10, 30, 60))
        sheet.write(TrackedFrame(i + 1, i / 10, image, Tracks.of([track])))
    assert sheet.close() == [tmp_path / 'tracks.jpg']
    row = cv2.imread(str(tmp_path / 'tracks.jpg'))
    shown = min(count, COLUMNS)
    values = [
        float(row[TILE[1] // 2, LABEL_WIDTH + column * (TILE[0] + 4) + TILE[0] // 2].mean())
        for column in range(COLUMNS)
    ]
    assert all(value > 45 for value in values[:shown])
    assert all(value < 45 for value in values[shown:])
    assert values[:shown] == sorted(values[:shown])
    assert values[0] < 60
    if count >= COLUMNS:
        assert values[-1] > 50 + 200 * 0.8  # near its end


def test_many_tracks_make_several_sheets(tmp_path: Path) -> None:
    sheet = ContactSheet(tmp_path / 'tracks.jpg')
    tracks = Tracks.of([make_track(i, (10, 10, 30, 60)) for i in range(1, 106)])
    sheet.write(TrackedFrame(1, 0.0, np.zeros((100, 100, 3), np.uint8), tracks))
    assert [path.name for path in sheet.close()] == ['tracks.jpg', 'tracks_2.jpg']


def read_values(path: Path) -> list[int]:
    """Return the mean of each image of a video, to the nearest 10."""
    video, values = cv2.VideoCapture(str(path)), []
    while True:
        read, image = video.read()
        if not read:
            return values
        values.append(round(float(image.mean()) / 10) * 10)


def test_images_of_a_live_source_are_repeated_to_keep_the_time(tmp_path: Path) -> None:
    video = AnnotatedVideo(tmp_path / 'a.mp4', 10.0, is_live=True)
    for value, stamp in ((50, 0.0), (100, 0.3), (150, 0.4), (200, 0.41)):
        video.write(make_frame(value, stamp))
    video.close()
    assert read_values(tmp_path / 'a.mp4') == [50, 50, 50, 100, 150]


def test_frames_of_another_size_are_left_out_and_told(tmp_path: Path) -> None:
    for is_live in (False, True):
        video = AnnotatedVideo(tmp_path / 'a.mp4', 10.0, is_live=is_live)
        for number, size in ((1, 100), (2, 64), (3, 100)):
            video.write(make_frame(number, size=size))
        video.close()
        assert 'their size is not that of the first one' in video.notes()[0]


def test_files_of_a_former_run_stay_until_the_end(tmp_path: Path) -> None:
    write_all(tmp_path, EVERYTHING, count=2)
    before = read_mot(tmp_path / 'results.txt')
    outputs = Outputs(EVERYTHING, tmp_path, 10.0, is_live=False)
    outputs.write(make_frame(1))
    assert np.array_equal(read_mot(tmp_path / 'results.txt'), before)
    outputs.discard()
    assert np.array_equal(read_mot(tmp_path / 'results.txt'), before)
    assert sorted(os.listdir(tmp_path)) == [
        'annotated.mp4',
        'crops',
        'results.txt',
        'tracks.jpg',
        'tracks.jsonl',
    ]


def test_a_full_disk_keeps_the_frames_before(tmp_path: Path) -> None:
    outputs = Outputs(OutputChoice(video=False), tmp_path, 10.0, is_live=False)
    with full_disk(400), pytest.raises(WriteError, match=r'results\.txt\.partial cannot be wr'):
        for number in range(1, 20):
            outputs.write(make_frame(number))
    outputs.close()
    assert os.listdir(tmp_path) == ['results.txt']
    frames = read_mot(tmp_path / 'results.txt')[:, 0].tolist()
    assert frames == sorted([*set(frames)] * 2)
    assert len(frames) > 4


def test_a_full_disk_is_reported_after_the_other_files_are_complete(tmp_path: Path) -> None:
    outputs = Outputs(EVERYTHING, tmp_path, 10.0, is_live=False)
    outputs.write(make_frame(1))
    with full_disk(300), pytest.raises(WriteError, match=r'annotated\.mp4 cannot be written'):
        outputs.close()
    assert sorted(os.listdir(tmp_path)) == ['crops', 'results.txt', 'tracks.jsonl']
