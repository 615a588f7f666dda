# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

import pytest

from fairmot_ros.evaluation import SeqInfo, read_seqinfo

TEXT = """[Sequence]
name=TUD-Campus
imDir=img1
frameRate=25
seqLength=71
imWidth=640
imHeight=480
imExt=.jpg
"""


@pytest.mark.parametrize('by', ['file', 'folder'])
def test_reads_file_or_folder(tmp_path, by):
    path = tmp_path / 'seqinfo.ini'
    path.write_text(TEXT)
    info = read_seqinfo(path if by == 'file' else tmp_path)
    assert info == SeqInfo('TUD-Campus', frame_rate=25, length=71, width=640, height=480)


@pytest.mark.parametrize(
    ('old', 'new', 'reason'),
    [
        ('[Sequence]\n', '', 'no section headers'),
        ('[Sequence]', '[Other]', "'Sequence' is missing"),
        ('seqLength=71\n', '', "'seqLength' is missing"),
        ('frameRate=25', 'frameRate=fast', 'could not convert .*fast'),
        ('frameRate=25', 'frameRate=nan', 'frame_rate of .*must be positive, got nan'),
        ('imWidth=640', 'imWidth=0', "width of sequence 'TUD-Campus' must be positive, got 0"),
    ],
)
def test_error_names_file_and_entry(tmp_path, old, new, reason):
    path = tmp_path / 'seqinfo.ini'
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(ValueError, match=f'seqinfo.ini: .*{reason}') as caught:
        read_seqinfo(path)
    assert '\n' not in str(caught.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'seqinfo\.ini: no such file'):
        read_seqinfo(tmp_path)
