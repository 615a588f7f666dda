# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Files written by version 0.1 are still read; test/data/v0_1/README.md describes them."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from fairmot_ros.detector import Detector
from fairmot_ros.network import load_checkpoint
from fairmot_ros.settings.former import REMOVED, RENAMED
from fairmot_ros.tracker.gallery import Gallery, gallery_file

DATA = Path(__file__).parent / 'data' / 'v0_1'
EXPECTED = json.loads((DATA / 'expected.json').read_text())
BAGS = ('walk', 'walk_sqlite3')
TRACKED = 1  # of Track.msg


def seeded_image() -> np.ndarray:
    """Return the image whose outputs are recorded, uint8 [64, 96, 3], BGR."""
    return np.random.RandomState(1).randint(0, 256, (64, 96, 3)).astype(np.uint8)


def test_checkpoint_gives_the_recorded_maps() -> None:
    expected = EXPECTED['model']
    network = load_checkpoint(DATA / 'model.pth')
    for name, value in expected['info'].items():
        if name in REMOVED:
            continue
        kept = getattr(network.info, name)
        assert (list(kept) if isinstance(kept, tuple) else kept) == value, name
    assert asdict(network.sizes) == expected['sizes']
    rgb = torch.from_numpy(seeded_image()[None, ..., ::-1].copy()).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        maps = network(rgb / 255)
    for name in ('hm', 'wh', 'id', 'reg'):
        column, row = maps[name][0, :, :, 11].numpy(), maps[name][0, :, 7].numpy()
        np.testing.assert_allclose(column, expected['column'][name], atol=1e-4)
        np.testing.assert_allclose(row, expected['row'][name], atol=1e-4)


@pytest.mark.parametrize('file', ['model.pth', 'model.onnx'])
def test_weights_give_the_recorded_detections(file: str) -> None:
    if file.endswith('.onnx'):
        pytest.importorskip('onnxruntime', reason='needs ONNX Runtime')
    expected = EXPECTED['model']['detections']
    detector = Detector(DATA / file, device='cpu', score_threshold=0.3)
    assert detector.input_size == (96, 64)
    assert detector.labels == ('person', 'bag')
    found = detector(seeded_image())
    assert found.class_ids.tolist() == expected['class_ids']
    np.testing.assert_allclose(found.scores, expected['scores'], atol=1e-4)
    np.testing.assert_allclose(found.boxes_xyxy, expected['boxes_xyxy'], atol=1e-2)
    np.testing.assert_allclose(found.embeddings, expected['embeddings'], atol=1e-3)


@pytest.mark.parametrize('name', BAGS)
def test_bag_holds_the_recorded_messages(name: str) -> None:
    pytest.importorskip('rosbags')
    from fairmot_ros.evaluation.bags import Bag

    expected = EXPECTED['bag']
    with Bag(DATA / name) as bag:
        assert not bag.damage

        def read(topic: str) -> list[Any]:
            return [bag.decode(message) for message in bag.messages([topic])]

        tracks, detections = read('/fairmot/tracks'), read('/fairmot/detections')
        events, images = read('/fairmot/events'), read('/image/compressed')
    stamps = [a.header.stamp.sec * 1_000_000_000 + a.header.stamp.nanosec for a in tracks]
    assert stamps == expected['stamps']
    assert [a.header.stamp for a in images] == [a.header.stamp for a in tracks]
    assert {array.model for array in tracks} == {expected['model']}
    for array, visible, rows in zip(tracks, detections, expected['tracks'], strict=True):
        for track, row in zip(array.tracks, rows, strict=True):
            box = track.bbox
            size = [box.size_x, box.size_y]
            centre = [box.center.position.x, box.center.position.y]
            corner = np.subtract(centre, np.divide(size, 2))
            np.testing.assert_allclose([*corner, *size], row['left_top_width_height'], atol=1e-9)
            assert track.velocity.tolist() == row['velocity']
            assert len(track.embedding) == row['embedding_size']
            assert track.embedding[:3].tolist() == row['embedding_begins']
            for field in ('state', 'score', 'class_id', 'hits'):
                assert getattr(track, field) == row[field]
            assert track.track_id == row['id']
        ids = [row['id'] for row in rows if row['state'] == TRACKED]
        assert [int(detection.id) for detection in visible.detections] == ids
    kinds = [[[event.kind, event.track_id] for event in array.events] for array in events]
    assert kinds == expected['events']


@pytest.mark.parametrize('name', BAGS)
@pytest.mark.parametrize('topic', ['/fairmot/tracks', '/fairmot/detections'])
def test_bag_is_read_as_boxes_and_images(name: str, topic: str) -> None:
    pytest.importorskip('rosbags')
    from fairmot_ros.evaluation.bags import Bag
    from fairmot_ros.evaluation.bags.boxes import read_boxes
    from fairmot_ros.evaluation.runs.recording import TruthSource, open_recording

    expected = EXPECTED['bag']
    with Bag(DATA / name) as bag:
        table = read_boxes(bag, topic)
    tracked = [[row for row in rows if row['state'] == TRACKED] for rows in expected['tracks']]
    assert table.stamps.tolist() == expected['stamps']
    assert table.ids.tolist() == [row['id'] for rows in tracked for row in rows]
    assert table.message.tolist() == [i for i, rows in enumerate(tracked) for _ in rows]
    boxes = [row['left_top_width_height'] for rows in tracked for row in rows]
    np.testing.assert_allclose(table.boxes, boxes, atol=1e-9)
    recording = open_recording(DATA / name, None, TruthSource(topic=topic))
    assert recording.frames.stamps.tolist() == expected['stamps']
    assert {picture.pixels.shape for _, picture in recording.images()} == {(192, 256, 3)}
    assert recording.truth is not None


def test_gallery_has_the_recorded_identities() -> None:
    expected = EXPECTED['gallery']
    gallery = Gallery(model=expected['model'])
    gallery_file.load(gallery, DATA / 'gallery.npz')
    assert gallery.names == expected['names']
    looks = list(gallery.enrolled())
    assert [look[:2] for look in looks] == [tuple(look[:2]) for look in expected['looks']]
    np.testing.assert_allclose(
        [embedding for _, _, embedding in looks],
        [look[2] for look in expected['looks']],
        rtol=1e-6,
    )
    for name, _, embedding in expected['looks']:
        assert gallery.query(embedding)[0].name == name


def assert_includes(actual: Any, expected: Any, name: str) -> None:
    """Compare the recorded settings; there may be further ones, added by later versions."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            if key in REMOVED:
                continue
            assert_includes(actual[RENAMED.get(key, key)], value, f'{name}.{key}')
    elif isinstance(expected, list) and expected and isinstance(expected[0], dict):
        for index, (one, other) in enumerate(zip(actual, expected, strict=True)):
            assert_includes(one, other, f'{name}[{index}]')
    else:
        assert actual == expected, name


def test_training_file_gives_the_recorded_settings() -> None:
    from fairmot_ros.training.config import read_config

    read = json.loads(json.dumps(asdict(read_config(DATA / 'training.yaml'))))
    assert_includes(read, EXPECTED['training'], 'training')
