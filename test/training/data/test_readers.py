# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from fairmot_ros.cli import convert
from fairmot_ros.training.config import ConfigError, DatasetConfig
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.data.labelled_image import LabelledImage
from fairmot_ros.training.data.problems import DataError, Problems
from fairmot_ros.training.data.readers import read_dataset


def write_image(path: Path, width: int = 100, height: int = 80) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((height, width, 3), 90, np.uint8))


def read(data: Path, **settings) -> tuple[list[LabelledImage], list[str]]:
    problems = Problems()
    images = read_dataset(data, DatasetConfig(**settings), problems)
    return images, problems.messages()


def test_coco(training_data: Path) -> None:
    people, _ = read(training_data, folder='people')
    assert [p.identities.tolist() for p in people] == [[0], [1], [2], [3]]
    assert people[1].boxes_xyxy.tolist() == [[40, 30, 64, 90]]
    assert people[0].ignored_xyxy.tolist() == [[0, 0, 5, 5]]
    assert len(read(training_data, folder='people', include=('[01].jpg',))[0]) == 2
    backgrounds, _ = read(training_data, folder='backgrounds')
    assert all(len(p.boxes_xyxy) == 0 for p in backgrounds)


def test_coco_categories_become_classes(tmp_path: Path) -> None:
    content = {
        'categories': [{'id': 5, 'name': 'dog'}, {'id': 1, 'name': 'person'}],
        'images': [{'id': 1, 'file_name': 'a.jpg'}],
        'annotations': [
            {'id': i, 'image_id': 1, 'category_id': c, 'bbox': [i, 0, 5, 5], 'track_id': 7}
            for i, c in enumerate((5, 1, 9))
        ]
        + [{'id': 8, 'image_id': 1, 'category_id': 1, 'bbox': [0, 0, 0, 5]}],
    }
    (tmp_path / 'annotations.json').write_text(json.dumps(content))
    (image,), problems = read(tmp_path, folder='.', names=('person', 'dog'))
    assert image.class_ids is not None
    assert image.class_ids.tolist() == [1, 0]
    assert image.identities.tolist() == [0, 0]
    path = tmp_path / 'annotations.json'
    assert problems == [
        f'{path}: the box of annotation 8 is 0 x 5',
        f'{path}: 1 annotations are of the category 9, which is none of the labels person, dog: '
        'skipped',
    ]


def write_coco(folder: Path, annotations: list[dict], categories: list[dict]) -> None:
    for name in ('a', 'b'):
        write_image(folder / f'{name}.jpg')
    content = {
        'images': [{'id': 1, 'file_name': 'a.jpg'}, {'id': 2, 'file_name': 'b.jpg'}],
        'annotations': annotations,
        'categories': categories,
    }
    (folder / 'annotations.json').write_text(json.dumps(content), encoding='utf-8-sig')


def test_coco_crowds_other_categories_and_annotations_without_image(
    tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    box = {'image_id': 1, 'category_id': 1, 'bbox': [10, 10, 20, 40]}
    annotations = [
        {**box, 'id': 1, 'iscrowd': 0},
        {**box, 'id': 2, 'iscrowd': 1, 'bbox': [0, 50, 60, 20]},
        {**box, 'id': 3, 'category_id': 3},
        {**box, 'id': 4, 'image_id': '2'},
        {**box, 'id': 5, 'image_id': 7},
        {**box, 'id': 6, 'image_id': 7},
        {**box, 'id': 7, 'bbox': [0, 0, float('nan'), 5]},
    ]
    write_coco(
        tmp_path / 'set', annotations, [{'id': 1, 'name': 'Person'}, {'id': 3, 'name': 'car'}]
    )
    images, problems = read(tmp_path, folder='set')
    assert [p.boxes_xyxy.tolist() for p in images] == [[[10, 10, 30, 50]], []]
    assert images[0].ignored_xyxy.tolist() == [[0, 50, 60, 70]]
    path = tmp_path / 'set/annotations.json'
    assert problems == [
        f'{path}: the box of annotation 7 is nan x 5',
        f"{path}: 1 annotations are of the category 'car', which is none of the labels person: "
        'skipped',
        f"{path}: 1 annotations have the image_id '2', which no image has: skipped",
        f'{path}: 2 annotations have the image_id 7, which no image has: skipped',
    ]
    assert convert.main([str(tmp_path / 'set'), str(tmp_path / 'out')]) == 0
    assert capsys.readouterr().err.count('skipped') == 3
    assert (tmp_path / 'out/labels_with_ids/a.txt').read_text().count('\n') == 1


def test_without_a_category_of_the_label_all_coco_boxes_are_read(tmp_path: Path) -> None:
    box = {'image_id': 1, 'bbox': [10, 10, 20, 40]}
    annotations = [{**box, 'id': 1, 'category_id': 5}, {**box, 'id': 2}]
    write_coco(tmp_path / 'set', annotations, [{'id': 5, 'name': 'pedestrian'}])
    images, problems = read(tmp_path, folder='set')
    assert [len(p.boxes_xyxy) for p in images] == [2, 0]
    assert problems == []


@pytest.mark.parametrize('box', [[], [1, 2, 3], None, ['a', 0, 1, 1], {}, [True, 0, 1, 1]])
def test_a_malformed_coco_box_is_reported_in_one_line(
    box: object, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    annotation = {'id': 1, 'image_id': 1, 'category_id': 1, 'bbox': box}
    write_coco(tmp_path / 'set', [annotation], [])
    assert convert.main([str(tmp_path / 'set'), str(tmp_path / 'out')]) == 2
    error = capsys.readouterr().err
    assert 'annotations.json: the bbox of annotation 1 must hold four numbers' in error
    assert error.count('\n') == 1


@pytest.fixture
def jde(tmp_path: Path) -> Path:
    for name in ('a', 'b', 'c'):
        write_image(tmp_path / f'set/images/seq/{name}.jpg')
    labels = tmp_path / 'set/labels_with_ids/seq'
    labels.mkdir(parents=True)
    (labels / 'a.txt').write_text('0 0 0.5 0.5 0.2 0.5\n0 -1 0.1 0.5 0.4 0.5\n')
    (labels / 'b.txt').write_text(
        '0 3 0.5 0.5 0.2 0.5\n0 1 1.3 0.5 0.2 0.2\n0 1 0.5 0.5 0 0.2\nrubbish\n2 0 .5 .5 .1 .1\n'
    )
    return tmp_path


def test_jde(jde: Path) -> None:
    images, problems = read(jde, folder='set', format='jde')
    assert [p.path.name for p in images] == ['a.jpg', 'b.jpg']
    assert images[0].identities.tolist() == [0, -1]
    sample = images[0].load()
    assert np.abs(sample.boxes_xyxy - [[40, 20, 60, 60], [-10, 20, 30, 60]]).max() < 1e-4
    b, folder = jde / 'set/labels_with_ids/seq/b.txt', jde / 'set'
    assert problems == [
        f'{b}, line 2: the box lies outside the image',
        f'{b}, line 3: the box is 0 x 0.2',
        f"{b}, line 4: expected six numbers, got 'rubbish'",
        f'{b}, line 5: class 2 is none of the 1 classes',
        f'{folder}/images/seq/c.jpg has no labels: expected {b.with_name("c.txt")}; skipped',
        f'{folder}: 2 of the identities 0..3 do not occur, the first is 1: '
        'their classes get no training samples',
    ]


def test_a_list_selects_jde_images(jde: Path) -> None:
    (jde / 'set/half.train').write_text('images/seq/b.jpg\n')
    images, _ = read(jde, folder='set', format='jde', labels='half.train', clip=True)
    assert [p.path.name for p in images] == ['b.jpg']


def write_sequence(folder: Path, rows: list[str], frames: int = 4) -> None:
    (folder / 'gt').mkdir(parents=True)
    (folder / 'gt/gt.txt').write_text('\n'.join(rows) + '\n')
    for frame in range(1, frames + 1):
        write_image(folder / f'img1/{frame:06d}.jpg')


def test_mot_sequences(tmp_path: Path) -> None:
    write_sequence(
        tmp_path / 'mot/A-SDP',
        [
            '2,7,10,20,30,40,1,1,1.0',
            '1,7,11,20,30,40,1,1,1.0',
            '1,2,5,5,5,5,1,3,1.0',
            '3,8,0,0,9,9,0,1,1.0',
            '9,8,0,0,9,9,1,1,1.0',
        ],
    )
    write_sequence(tmp_path / 'mot/B-SDP', ['1,7,0,0,9,9,1,-1,-1,-1'])
    images, problems = read(tmp_path, folder='mot', format='mot')
    assert [p.identities.tolist() for p in images] == [[0], [0], [], [], [1], [], [], []]
    assert images[0].boxes_xyxy.tolist() == [[11, 20, 41, 60]]
    assert problems == [
        f'{tmp_path}/mot/A-SDP/gt/gt.txt: frame 9 has labels but no image',
    ]
    first, _ = read(tmp_path, folder='mot', format='mot', include=('A-*',), half='first')
    second, _ = read(tmp_path, folder='mot', format='mot', include=('A-*',), half='second')
    assert [p.path.stem for p in first + second] == ['000001', '000002', '000003', '000004']


def test_crowdhuman(tmp_path: Path) -> None:
    record = {
        'ID': '273271,1a',
        'gtboxes': [
            {'tag': 'person', 'fbox': [-5, 10, 30, 60], 'extra': {}},
            {'tag': 'person', 'fbox': [1, 1, 2, 2], 'extra': {'ignore': 1}},
            {'tag': 'mask', 'fbox': [3, 3, 2, 2], 'extra': {'ignore': 1}},
            {'tag': 'person', 'fbox': [4, 4, 9, 9]},
        ],
    }
    (tmp_path / 'a.odgt').write_text(json.dumps(record) + '\n')
    write_image(tmp_path / 'Images/273271,1a.jpg')
    (image,), _ = read(tmp_path, folder='.', format='crowdhuman')
    assert image.boxes_xyxy.tolist() == [[-5, 10, 25, 70], [4, 4, 13, 13]]
    assert image.identities.tolist() == [0, 1]
    assert len(image.ignored_xyxy) == 2
    assert image.load().image.shape == (80, 100, 3)


@pytest.mark.parametrize(
    ('settings', 'content', 'message'),
    [
        ({'folder': 'nowhere'}, '', r'no training set in .*nowhere: expected annotations.json'),
        (
            {'folder': 'nowhere', 'format': 'jde'},
            '',
            r'no training set in .*nowhere: expected images',
        ),
        ({'folder': 'nowhere', 'format': 'mot'}, '', 'no MOTChallenge sequence in .*nowhere'),
        ({'folder': 'nowhere', 'format': 'crowdhuman'}, '', 'no CrowdHuman set in .*nowhere'),
        ({'folder': '.', 'labels': 'a', 'format': 'jde'}, None, r'no list of images at .*a'),
        ({'folder': '.', 'labels': 'x'}, '{', r'x does not hold COCO annotations'),
        ({'folder': '.', 'labels': 'x'}, '[]', r'x does not hold COCO .* got a list'),
        ({'folder': '.', 'labels': 'x', 'format': 'crowdhuman'}, '{}', r'x, line 1: not a record'),
        (
            {'folder': '.', 'labels': 'x', 'format': 'crowdhuman'},
            '\n{"ID": "a", "gtboxes": []}\n[]',
            r'x, line 3: not a record',
        ),
    ],
)
def test_an_unreadable_dataset_is_reported(
    tmp_path: Path, settings: dict, content: str | None, message: str
) -> None:
    if content:
        (tmp_path / 'x').write_text(content)
    with pytest.raises(DataError, match=message):
        read(tmp_path, **settings)


def test_an_unknown_format_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown format 'voc'; expected one of coco, crowd"):
        read(tmp_path, folder='.', format='voc')


def test_identities_are_numbered_over_all_datasets(training_data: Path, jde: Path) -> None:
    (jde / 'people').symlink_to(training_data / 'people')
    sets = (
        DatasetConfig('set', 'jde'),
        DatasetConfig('people'),
        DatasetConfig('people', identities='each_box'),
        DatasetConfig('people', identities='none'),
    )
    mix = read_dataset_mix(sets, jde)
    assert mix.num_identities == 4 + 4 + 4
    assert [int(p.identities.max()) for p in mix.images] == [0, *range(3, 12), *[-1] * 4]
    assert [(s.images, s.boxes, s.identities) for s in mix.summaries] == [
        (2, 3, 4),
        (4, 4, 4),
        (4, 4, 4),
        (4, 4, 0),
    ]


def test_a_limit_selects_evenly_and_renumbers_identities(training_data: Path) -> None:
    images, _ = read(training_data, folder='people', limit=2)
    assert [p.path.stem for p in images] == ['0', '2']
    assert [p.identities.tolist() for p in images] == [[0], [1]]


def test_images_can_be_read_reduced(training_data: Path, jde: Path) -> None:
    (image, *_), _ = read(training_data, folder='people', reduce=2)
    sample = image.load()
    assert sample.image.shape == (60, 80, 3)
    assert sample.boxes_xyxy.tolist() == [[10, 15, 22, 45]]
    (image, *_), _ = read(jde, folder='set', format='jde', reduce=4)
    assert np.abs(image.load().boxes_xyxy[0] - [10, 5, 15, 15]).max() < 1e-4


def test_a_damaged_image_is_reported(tmp_path: Path) -> None:
    (tmp_path / 'bad.jpg').write_bytes(b'not an image')
    (image,), _ = read(tmp_path, folder='.')
    with pytest.raises(DataError, match=r'the image .*bad\.jpg cannot be read: '):
        image.load()


def test_crowdhuman_with_a_byte_order_mark_and_non_finite_boxes(tmp_path: Path) -> None:
    write_image(tmp_path / 'crowd/Images/a.jpg')
    box = '{"tag": "person", "fbox": [1, 2, 30, 40]}'
    not_finite = '{"tag": "person", "fbox": [NaN, 2, 30, 40]}'
    ignored = '{"tag": "mask", "fbox": [1, NaN, Infinity, 40]}'
    line = f'{{"ID": "a", "gtboxes": [{box}, {not_finite}, {ignored}]}}'
    (tmp_path / 'crowd/train.odgt').write_text(line, encoding='utf-8-sig')
    (image,), problems = read(tmp_path, folder='crowd', format='crowdhuman')
    assert image.boxes_xyxy.tolist() == [[1, 2, 31, 42]]
    assert len(image.ignored_xyxy) == 0
    assert problems == [f'{tmp_path}/crowd/train.odgt: 1 boxes of a have no area']


def test_jde_with_byte_order_marks(jde: Path) -> None:
    (jde / 'set/all.train').write_text('images/seq/a.jpg\n', encoding='utf-8-sig')
    path = jde / 'set/labels_with_ids/seq/a.txt'
    path.write_text(path.read_text(), encoding='utf-8-sig')
    (image,), problems = read(jde, folder='set', format='jde', labels='all.train')
    assert len(image.boxes_xyxy) == 2
    assert problems == []


def test_mot_frames_are_ordered_by_number(tmp_path: Path) -> None:
    rows = [f'{frame},1,{frame},0,9,9,1' for frame in range(1, 30)]
    write_sequence(tmp_path / 'mot/A', rows, frames=0)
    for frame in (8, 9, 10, 12):
        write_image(tmp_path / f'mot/A/img1/{frame}.jpg')
    for half, frames in (('first', [8, 9]), ('second', [10, 12])):
        images, _ = read(tmp_path, folder='mot', format='mot', half=half)
        assert [int(p.path.stem) for p in images] == frames
        assert [p.boxes_xyxy[0, 0] for p in images] == frames
    write_image(tmp_path / 'mot/A/img1/008.jpg')
    with pytest.raises(DataError, match='are both frame 8'):
        read(tmp_path, folder='mot', format='mot')


def test_mot_boxes_without_area_are_reported(tmp_path: Path) -> None:
    write_sequence(tmp_path / 'mot/A', ['1,1,5,0,9,9,1', '1,2,5,0,0,9,1'], frames=1)
    (image,), problems = read(tmp_path, folder='mot', format='mot')
    assert image.boxes_xyxy.tolist() == [[5, 0, 14, 9]]
    assert problems == [f'{tmp_path}/mot/A/gt/gt.txt: a box of frame 1 is 0 x 9']


@pytest.mark.parametrize(
    ('rows', 'frames', 'message'),
    [(['1,1,0,0,9,9,1'], 0, r'no images in .*img1: expected 000001\.jpg'), (['rubbish'], 1, 'gt')],
)
def test_an_unusable_mot_sequence_is_reported(
    tmp_path: Path, rows: list[str], frames: int, message: str
) -> None:
    write_sequence(tmp_path / 'mot/A', rows, frames)
    with pytest.raises(DataError, match=message):
        read(tmp_path, folder='mot', format='mot')


def test_coco_images_with_one_id_are_reported(tmp_path: Path) -> None:
    content = {'images': [{'id': 1, 'file_name': f'{n}.jpg'} for n in 'aa'], 'annotations': []}
    (tmp_path / 'annotations.json').write_text(json.dumps(content))
    _, problems = read(tmp_path, folder='.')
    assert problems == [f'{tmp_path}/annotations.json: 2 images have the id 1']


def test_include_selects_jde_and_crowdhuman_images(jde: Path) -> None:
    (image,), _ = read(jde, folder='set', format='jde', include=('b*',))
    assert image.path.name == 'b.jpg'
    records = [{'ID': name, 'gtboxes': []} for name in ('day_1', 'night_1')]
    (jde / 'a.odgt').write_text('\n'.join(map(json.dumps, records)))
    (image,), _ = read(jde, folder='.', format='crowdhuman', include=('night*',))
    assert image.path.stem == 'night_1'


def test_visdrone_labels_are_reported(tmp_path: Path) -> None:
    write_sequence(tmp_path / 'mot/A', ['1,1,0,0,9,9,1,4,0,1', '1,2,0,0,9,9,1,1,0,0'])
    _, problems = read(tmp_path, folder='mot', format='mot')
    assert 'seems to have VisDrone format' in problems[0]
