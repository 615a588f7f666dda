# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Sources as a user names them, and their output folders."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fairmot_ros.media.video_source import SourceError
from fairmot_ros.standalone.folders import output_folders
from fairmot_ros.standalone.sources import Kind, Source, find_sources


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with sources of every kind; it is the current one."""
    for name in ('a.mp4', 'b.avi', 'walk.mcap', 'bag/metadata.yaml', 'bag/bag_0.db3'):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name in ('images/2.jpg', 'images/10.jpg', 'images/1.jpg', 'MOT-01/img1/000001.jpg'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ('text', 'kind', 'name'),
    [
        ('a.mp4', Kind.VIDEO, 'a'),
        ('walk.mcap', Kind.BAG, 'walk'),
        ('bag', Kind.BAG, 'bag'),
        ('images', Kind.IMAGES, 'images'),
        ('MOT-01', Kind.IMAGES, 'MOT-01'),
        ('MOT-01/img1', Kind.IMAGES, 'MOT-01'),
        ('images/1.jpg', Kind.IMAGES, 'images'),
        ('0', Kind.CAMERA, 'camera_0'),
        ('/dev/null', Kind.CAMERA, 'null'),
        ('rtsp://user:word@cam.local:554/live?x=1', Kind.ADDRESS, 'cam.local_554_live'),
        ('http://127.0.0.1/', Kind.ADDRESS, '127.0.0.1'),
    ],
)
def test_kinds_and_names(folder: Path, text: str, kind: Kind, name: str) -> None:
    (source,) = find_sources([text])
    assert isinstance(source, Source)
    assert (source.kind, source.name) == (kind, name)


def test_current_folder_has_its_own_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / 'images')
    assert [source.name for source in find_sources(['.']) if isinstance(source, Source)] == [
        'images'
    ]


def test_image_files_of_a_folder_are_one_source_in_natural_order(folder: Path) -> None:
    for texts in (['images/*.jpg'], ['images/10.jpg', 'images/2.jpg', 'images/1.jpg']):
        (source,) = find_sources(texts)
        assert isinstance(source, Source)
        assert [path.name for path in source.images] == ['1.jpg', '2.jpg', '10.jpg']


def test_patterns_and_repetitions(folder: Path) -> None:
    sources = find_sources(['*.mp4', 'a.mp4', './a.mp4', '*.avi', '**/*.mcap'])
    assert [str(getattr(source, 'text', source)) for source in sources] == [
        'a.mp4',
        'b.avi',
        'walk.mcap',
    ]


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('none.mp4', 'there is no none.mp4: give a video, a folder of images, a bag'),
        ('*.mkv', r'nothing matches \*.mkv'),
        ('', "there is no '': give"),
        ('x' * 5000, 'there is no xxx'),
    ],
)
def test_missing_sources_are_errors_beside_others(folder: Path, text: str, message: str) -> None:
    error, source = find_sources([text, 'a.mp4'])
    assert isinstance(error, SourceError)
    with pytest.raises(SourceError, match=message):
        raise error
    assert isinstance(source, Source)


@pytest.mark.skipif(os.geteuid() == 0, reason='root may read everything')
def test_a_folder_that_cannot_be_read_is_an_error(folder: Path) -> None:
    (folder / 'images').chmod(0)
    (error,) = find_sources(['images'])
    (folder / 'images').chmod(0o700)
    assert str(error) == 'the folder images cannot be read: Permission denied'


def test_a_password_is_not_shown() -> None:
    (source,) = find_sources(['rtsp://user:word@camera/live'])
    assert isinstance(source, Source)
    assert (source.shown, source.identity) == ('rtsp://camera/live',) * 2


def test_files_of_a_source(folder: Path) -> None:
    sources = find_sources(['a.mp4', 'images', 'bag', '0'])
    names = [[p.name for p in s.files()] for s in sources if isinstance(s, Source)]
    assert names == [
        ['a.mp4'],
        ['1.jpg', '2.jpg', '10.jpg'],
        ['bag_0.db3', 'metadata.yaml'],
        [],
    ]


def test_sources_of_one_name_have_folders_of_their_own(tmp_path: Path) -> None:
    sources = [
        Source(f'{folder}/{name}', Kind.VIDEO)
        for folder, name in (('x', 'walk.mp4'), ('y', 'walk.mp4'), ('x', 'WALK.avi'))
    ]
    folders = output_folders(sources, tmp_path)
    assert folders[0] == tmp_path / 'walk'
    assert len({str(folder).lower() for folder in folders}) == 3
    assert all(folder.name.lower().startswith('walk-') for folder in folders[1:])


def test_a_later_run_does_not_overwrite_another_source_of_the_same_name(tmp_path: Path) -> None:
    first, second = Source('x/walk.mp4', Kind.VIDEO), Source('y/walk.mp4', Kind.VIDEO)
    (tmp_path / 'walk').mkdir()
    summary = tmp_path / 'walk' / 'summary.json'
    summary.write_text(json.dumps({'source': first.identity}))
    assert output_folders([first], tmp_path) == [tmp_path / 'walk']
    assert output_folders([second], tmp_path) != [tmp_path / 'walk']
    assert output_folders([second, first], tmp_path)[1] == tmp_path / 'walk'
    summary.write_text('no JSON')
    assert output_folders([first], tmp_path) != [tmp_path / 'walk']
