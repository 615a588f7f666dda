# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from make_track import make_track

from fairmot_ros.evaluation import read_mot, write_mot
from fairmot_ros.evaluation.mot.text_format import load_mot, rows_of_tracks
from fairmot_ros.files.label_errors import LabelError
from fairmot_ros.types import Tracks

ROWS = np.array(
    [
        [1, 3, 113.84, 274.5, 57.307, 130.05, 1, -1, -1, -1],
        [2, 3, 1 / 3, -0.1, 1e-7, 2e9, 0.25, -1, -1, -1],
    ]
)
GOOD = '1,1,0,0,10,10,1\n'


@pytest.mark.parametrize('name', ['results.txt', 'results.txt.gz'])
@pytest.mark.parametrize('rows', [ROWS, ROWS[:0], ROWS[:, :7]], ids=['ten', 'empty', 'seven'])
def test_round_trip(tmp_path, name, rows):
    write_mot(tmp_path / name, rows)
    np.testing.assert_array_equal(read_mot(tmp_path / name), rows)


def test_written_text_is_plain(tmp_path):
    write_mot(tmp_path / 'a.txt', [[1, 2, 0.5, 3, 4, 5, 1, -1, -1, -1]])
    assert (tmp_path / 'a.txt').read_text() == '1,2,0.5,3,4,5,1,-1,-1,-1\n'


def test_equal_rows_give_equal_compressed_files(tmp_path):
    write_mot(tmp_path / 'a.gz', ROWS)
    write_mot(tmp_path / 'b.gz', ROWS)
    assert (tmp_path / 'a.gz').read_bytes() == (tmp_path / 'b.gz').read_bytes()


@pytest.mark.parametrize(
    'text',
    [
        pytest.param('1,1,0,0,10,10,1\n2,1,0,0,10,10,1\n', id='commas'),
        pytest.param('1, 1, 0, 0, 10, 10, 1\n2, 1, 0, 0, 10, 10, 1', id='commas and spaces'),
        pytest.param('1 1 0 0 10 10 1 \n2 1 0 0 10 10 1 \n', id='white space'),
        pytest.param('1,1,0,0,10,10,1\r\n\r\n2,1,0,0,10,10,1\r\n', id='Windows, empty line'),
        pytest.param('\ufeff1.0,1.0,0,0,1e1,10,1\n2.0,1.0,0,0,10,10,1\n\n', id='mark, decimals'),
    ],
)
def test_read_all_variants_of_the_format(tmp_path, text):
    path = tmp_path / 'a.txt'
    path.write_text(text, encoding='utf-8')
    expected = [[1, 1, 0, 0, 10, 10, 1], [2, 1, 0, 0, 10, 10, 1]]
    np.testing.assert_array_equal(read_mot(path), expected)


@pytest.mark.parametrize('text', ['', '\n', '  \n\n'])
def test_file_without_rows(tmp_path, text):
    path = tmp_path / 'a.txt'
    path.write_text(text)
    assert read_mot(path).shape == (0, 10)


@pytest.mark.parametrize(
    ('text', 'line', 'reason'),
    [
        ('1,1,0,0,10,10\n', 1, 'got 6 columns; expected 7 to 10'),
        ('1,1,0,0,10,10,1,1,1,1,1\n', 1, 'got 11 columns; expected 7 to 10'),
        (GOOD + '\n1,2,0,0,10,10\n', 3, 'got 6 columns'),
        (GOOD + '1,2,0,0,10,10,1,1\n', 2, 'got 8 columns; expected 7, as in the lines before'),
        (GOOD + '1,two,0,0,10,10,1\n', 2, "'two' is not a number"),
        (GOOD + '1,2,,0,10,10,1\n', 2, "'' is not a number"),
        ('frame,id,left,top,width,height,confidence\n' + GOOD, 1, "'frame' is not a number"),
        (GOOD + '\n1,2,nan,0,10,10,1\n', 3, 'finite'),
        (GOOD + '1,2,0,0,inf,10,1\n', 2, 'finite'),
        ('0,1,0,0,10,10,1\n', 1, 'the frame must be an integer of at least 1, got 0'),
        ('1.5,1,0,0,10,10,1\n', 1, 'the frame must be an integer of at least 1, got 1.5'),
        (GOOD + '1,1.5,0,0,10,10,1\n', 2, 'the id must be an integer, got 1.5'),
    ],
)
def test_error_names_file_and_line(tmp_path, text, line, reason):
    path = tmp_path / 'bad.txt'
    path.write_text(text)
    with pytest.raises(ValueError, match=r'finite|number|columns|integer') as caught:
        read_mot(path)
    assert f'bad.txt, line {line}: ' in str(caught.value)
    assert reason in str(caught.value)


def test_missing_file_raises(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'none\.txt: no such file'):
        read_mot(tmp_path / 'none.txt')


@pytest.mark.parametrize(
    ('name', 'content'),
    [
        pytest.param('video.txt', b'\x00\xff\xfe\x80' * 9, id='not text'),
        pytest.param('plain.gz', b'1,1,0,0,10,10,1\n', id='not compressed'),
        pytest.param('cut.gz', gzip.compress(b'1,1,0,0,10,10,1\n' * 99)[:-12], id='truncated'),
    ],
)
def test_file_of_another_format_raises(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=f'{name}: not a MOTChallenge text file'):
        read_mot(tmp_path / name)


@pytest.mark.parametrize(
    ('rows', 'reason'),
    [
        (np.zeros((3, 6)), r'mine: got shape \[3, 6\]; expected 7 to 10 columns'),
        (np.ones(7), r'mine: got shape \[7\]'),
        ([[1, 1, 0, 0, 1, 1, 1], [1, 2, 0, 0, 1, float('nan'), 1]], 'mine, row 1: .* finite'),
        ([[1, 2.5, 0, 0, 1, 1, 1]], 'mine, row 0: the id must be an integer, got 2.5'),
    ],
)
def test_error_in_an_array_names_the_row(rows, reason):
    with pytest.raises(ValueError, match=reason):
        load_mot(rows, 'mine')


@pytest.mark.parametrize('rows', [[], np.zeros((0, 10)), np.zeros((0, 6))])
def test_empty_array_of_any_shape(rows):
    assert load_mot(rows, 'mine').shape == (0, 10)


def test_rows_of_tracks() -> None:
    track = make_track(7, (1.5, 2.0, 30, 60), score=0.5, hits=1, age=0.0)
    assert rows_of_tracks(3, Tracks.of([track])).tolist() == [
        [3, 7, 1.5, 2, 30, 60, 0.5, -1, -1, -1]
    ]
    assert rows_of_tracks(3, Tracks.of([])).shape == (0, 10)


def test_compressed_file_with_too_large_content_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / 'gt.txt.gz'
    write_mot(path, [[f, 1, 2, 3, 4, 5, 1] for f in range(1, 100)])
    assert len(read_mot(path)) == 99
    monkeypatch.setattr('fairmot_ros.evaluation.mot.text_format.MAX_TEXT_BYTES', 500)
    with pytest.raises(LabelError, match=r'gt\.txt\.gz unpacks to more than'):
        read_mot(path)
