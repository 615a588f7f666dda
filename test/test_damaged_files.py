"""Damaged files: whatever is wrong with one, its reader raises its own class of error."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip('rosbags', reason='needs rosbags')
from fairmot_ros.evaluation import read_mot, read_seqinfo, write_mot
from fairmot_ros.evaluation.bags import Bag, BagError, ImageStream
from fairmot_ros.evaluation.bags.boxes import read_boxes
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence
from fairmot_ros.evaluation.label_errors import LabelError
from fairmot_ros.file_errors import reading
from fairmot_ros.network import CheckpointError, create_network, load_checkpoint, save_checkpoint
from fairmot_ros.training.config import SetConfig
from fairmot_ros.training.problems import Problems
from fairmot_ros.training.readers import read_set
from fairmot_ros.training.sources import DataError
from fairmot_ros.training.teacher_labels import read_detections, read_embeddings

CHANGES = 40  # damaged copies of each file


def test_any_exception_becomes_the_error_of_the_file() -> None:
    with pytest.raises(LabelError, match='^a.txt is bad: KeyError: 3$') as caught:
        with reading('a.txt is bad', LabelError):
            _ = {}[3]
    assert isinstance(caught.value.__cause__, KeyError)


def test_errors_of_the_kind_and_interrupts_pass() -> None:
    with pytest.raises(DataError, match='^as it was$'), reading('a.txt', LabelError):
        raise DataError('as it was')
    with pytest.raises(KeyboardInterrupt), reading('a.txt', LabelError):
        raise KeyboardInterrupt


def damaged(content: bytes, seed: int) -> Iterator[bytes]:
    """Yield copies of a file that are cut off, or have some bytes replaced."""
    rng = np.random.default_rng(seed)
    for _ in range(CHANGES // 2):
        yield content[: int(rng.integers(len(content)))]
    for _ in range(CHANGES // 2):
        changed = bytearray(content)
        for place in rng.integers(len(content), size=int(rng.integers(1, 20))):
            changed[place] = int(rng.integers(256))
        yield bytes(changed)


def check(path: Path, read: Callable[[], object], kind: type[Exception], seed: int = 0) -> None:
    """Read damaged copies of a file; anything but `kind` fails the test."""
    content = path.read_bytes()
    read()
    refused = 0
    for copy in damaged(content, seed):
        path.write_bytes(copy)
        try:
            read()
        except kind as error:
            assert str(error)
            refused += 1
    path.write_bytes(content)
    assert refused, 'no damage was noticed'


def test_checkpoints(tmp_path: Path) -> None:
    path = tmp_path / 'model.pth'
    network = create_network('yolo', stem_channels=4, head_conv=4, reid_dim=4)
    save_checkpoint(network, path)
    check(path, lambda: load_checkpoint(path), CheckpointError)


@pytest.mark.parametrize(
    'content',
    [
        None,
        {1: torch.zeros(1)},
        {'state_dict': {'a': 1}},
        {'state_dict': {1: torch.zeros(1)}},
        {'state_dict': {'backbone.stem.conv.conv.weight': torch.zeros(0)}},
    ],
)
def test_checkpoints_that_hold_something_else(content: object, tmp_path: Path) -> None:
    path = tmp_path / 'model.pth'
    torch.save(content, path)
    with pytest.raises(CheckpointError, match='model.pth'):
        load_checkpoint(path)


@pytest.mark.parametrize(
    ('key', 'odd'),
    [
        ('input_size', ['a', None]),
        ('calibration', '{'),
        ('calibration', '[1]'),
        ('calibration', '{"thresholds": {"x": "y"}}'),
        ('calibration', '{"score_line": ["a", null]}'),
    ],
)
def test_checkpoints_with_odd_descriptions(key: str, odd: object, tmp_path: Path) -> None:
    path = tmp_path / 'model.pth'
    network = create_network('yolo', stem_channels=4, head_conv=4, reid_dim=4)
    save_checkpoint(network, path, **{key: odd})
    with pytest.raises(CheckpointError, match='model.pth is not a FairMOT checkpoint'):
        load_checkpoint(path)


@pytest.mark.parametrize('storage', ['mcap', 'sqlite3'])
def test_bags(storage: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    images = list(rng.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8))
    truth = np.array([[f, 1, 1, 1, 4, 4, 1] for f in (1, 2, 3)], float)
    folder = tmp_path / 'bag'
    write_sequence(folder, images, 7.0, truth, BagLayout(storage=storage, image_format='png'))
    (file,) = [p for p in folder.iterdir() if p.suffix in ('.mcap', '.db3')]

    def read() -> None:
        with Bag(folder) as bag:
            list(ImageStream(bag).pictures())
            read_boxes(bag, bag.check('/ground_truth', ['vision_msgs/msg/Detection2DArray']))

    check(file, read, BagError, seed=2)


def test_motchallenge_text(tmp_path: Path) -> None:
    for name in ('gt.txt', 'gt.txt.gz'):
        path = tmp_path / name
        write_mot(path, [[f, 1, 0.5, 3, 4, 5, 1, -1, -1, -1] for f in range(1, 9)])
        check(path, lambda path=path: read_mot(path), LabelError)


def test_seqinfo(tmp_path: Path) -> None:
    path = tmp_path / 'seqinfo.ini'
    path.write_text('[Sequence]\nname=a\nframeRate=30\nseqLength=9\nimWidth=640\nimHeight=480\n')
    check(path, lambda: read_seqinfo(path), LabelError)


def test_a_missing_label_file_is_both_kinds_of_error(tmp_path: Path) -> None:
    for read in (read_mot, read_seqinfo):
        for kind in (LabelError, FileNotFoundError):
            with pytest.raises(kind, match='no such file'):
                read(tmp_path / 'none.txt')


COCO = {
    'categories': [{'id': 1, 'name': 'person'}],
    'images': [{'id': 1, 'file_name': 'a.jpg'}],
    'annotations': [
        {'id': i, 'image_id': 1, 'category_id': 1, 'bbox': [i, 0, 5, 5], 'track_id': 7}
        for i in range(4)
    ],
}
ODGT = {'ID': 'a', 'gtboxes': [{'tag': 'person', 'fbox': [1, 2, 3, 4], 'extra': {'ignore': 0}}]}
SETS = {
    'coco': ('annotations.json', json.dumps(COCO)),
    'crowdhuman': ('train.odgt', f'{json.dumps(ODGT)}\n' * 3),
    'mot': ('s/gt/gt.txt', '1,1,2,3,4,5,1\n2,1,2,3,4,5,1\n'),
}


@pytest.mark.parametrize('kind', SETS)
def test_training_labels(kind: str, tmp_path: Path) -> None:
    name, content = SETS[kind]
    path = tmp_path / 'set' / name
    path.parent.mkdir(parents=True)
    path.write_text(content)
    for frame in (1, 2):
        image = tmp_path / f'set/s/img1/{frame:06}.jpg'
        image.parent.mkdir(parents=True, exist_ok=True)
        image.write_bytes(b'')
    check(path, lambda: read_set(tmp_path, SetConfig('set', kind), Problems()), DataError)


@pytest.mark.parametrize(
    ('kind', 'content'),
    [
        ('coco', '[]'),
        ('coco', '{"images": [], "annotations": [{"bbox": [1, 2]}]}'),
        ('coco', '{"images": [], "annotations": [{"bbox": null}]}'),
        ('coco', '{"images": 3, "annotations": []}'),
        ('coco', '[' * 100_000),
        ('crowdhuman', '3'),
        ('crowdhuman', '{"ID": "a", "gtboxes": [3]}'),
        ('crowdhuman', '{"ID": "a", "gtboxes": [{"fbox": ["a", 0, 0, 0]}]}'),
        ('mot', '1,1,2,3\n'),
    ],
)
def test_training_labels_of_another_form(kind: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / 'set' / SETS[kind][0]
    path.parent.mkdir(parents=True)
    path.write_text(content)
    with pytest.raises(DataError, match='set'):
        read_set(tmp_path, SetConfig('set', kind), Problems())


def test_faulty_lines_of_the_papers_layout_are_noted(tmp_path: Path) -> None:
    for folder, text in (('images', ''), ('labels_with_ids', '0 inf .5 .5 .1 .1\n0 nan 1 1 1 1')):
        (tmp_path / 'set' / folder).mkdir(parents=True)
        suffix = '.jpg' if folder == 'images' else '.txt'
        (tmp_path / 'set' / folder / f'a{suffix}').write_text(text)
    problems = Problems()
    (photograph,) = read_set(tmp_path, SetConfig('set', 'jde'), problems)
    assert len(photograph.boxes_xyxy) == 0
    assert len(problems) == 2


def test_teacher_labels(tmp_path: Path) -> None:
    (tmp_path / 'teacher.json').write_text(json.dumps({'a.jpg': [[1, 2, 3, 4, 0.5]] * 3}))
    check(tmp_path / 'teacher.json', lambda: read_detections(tmp_path), DataError)
    path = tmp_path / 'teacher_embeddings.npz'
    np.savez(path, annotation=np.arange(3), embedding=np.ones((3, 4), np.float16))
    check(path, lambda: read_embeddings(tmp_path), DataError)
