# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Teacher labels: writing, and their use as labels, ignored regions and targets."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from fairmot_ros.cli import score, teach
from fairmot_ros.training.config import DatasetConfig
from fairmot_ros.training.data.dataset_mix import read_dataset_mix
from fairmot_ros.training.data.problems import DataError
from fairmot_ros.training.data.teacher_labels import (
    TeacherEmbeddings,
    embedding_table,
    read_embeddings,
    write_embeddings,
)
from fairmot_ros.training.distillation.teachers import labelling
from fairmot_ros.training.distillation.teachers.labelling import label_boxes, label_embeddings
from fairmot_ros.training.losses.fairmot_loss import FairMOTLoss


@pytest.fixture
def sets(training_data: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(training_data, tmp_path / 'sets'))


class MeanColour:
    """Stands in for a re-identification network."""

    size = 3

    def __call__(self, image_bgr: np.ndarray, box: list[float]) -> np.ndarray:
        left, top, right, bottom = map(round, box)
        return image_bgr[top:bottom, left:right].mean(axis=(0, 1))


def test_missing_teacher_labels_are_reported() -> None:
    with pytest.raises(DataError, match=r'no nowhere/teacher_embeddings\.npz: create it with'):
        read_embeddings(Path('nowhere'))


def test_a_dataset_without_teacher_labels_is_reported(sets: Path) -> None:
    for dataset, file in (
        (DatasetConfig('people', teacher=True), r'people/teacher\.json'),
        (DatasetConfig('people', teacher_embeddings=True), r'people/teacher_embeddings\.npz'),
        (
            DatasetConfig('cut_outs', cut_outs=True, teacher_embeddings=True),
            r'cut_outs/teacher_embeddings\.npz',
        ),
    ):
        with pytest.raises(DataError, match=f'no .*{file}: create it with fairmot-teach'):
            read_dataset_mix((dataset,), sets, 60)


def test_teacher_scores_separate_labels_ignored_regions_and_background(sets: Path) -> None:
    rows = [[100, 30, 120, 90, 0.5], [130, 30, 150, 90, 0.3], [10, 80, 20, 110, 0.09]]
    (sets / 'people/teacher.json').write_text(json.dumps({'2.jpg': rows}))
    mix = read_dataset_mix((DatasetConfig('people', teacher=True),), sets)
    assert [len(p.boxes_xyxy) for p in mix.images] == [1, 1, 2, 1]
    assert mix.images[2].identities.tolist() == [2, -1]
    assert mix.images[2].ignored_xyxy.tolist() == [[130, 30, 150, 90]]
    dataset = DatasetConfig('people', teacher=True, teacher_scores=(0.2, 0.6))
    assert [len(p.boxes_xyxy) for p in read_dataset_mix((dataset,), sets).images] == [1, 1, 1, 1]


def test_teacher_labels_are_added_without_annotations(sets: Path) -> None:
    (sets / 'backgrounds/teacher.json').write_text('{"1.png": [[10, 10, 30, 70, 0.9]]}')
    images = read_dataset_mix((DatasetConfig('backgrounds', teacher=True),), sets).images
    assert [len(p.boxes_xyxy) for p in images] == [0, 1, 0, 0]


def test_embeddings_belong_to_their_people(sets: Path) -> None:
    rng = np.random.default_rng(0)
    embeddings = rng.normal(size=(7, 12)).astype(np.float16)
    np.savez(  # as written before there were embeddings of detections
        sets / 'people/teacher_embeddings.npz',
        annotation=np.arange(4)[::-1],
        embedding=embeddings[:4][::-1],
    )
    np.savez(
        sets / 'cut_outs/teacher_embeddings.npz', annotation=np.arange(3), embedding=embeddings[4:]
    )
    datasets = (
        DatasetConfig('people', teacher_embeddings=True),
        DatasetConfig('cut_outs', cut_outs=True, teacher_embeddings=True),
    )
    table = read_dataset_mix(datasets, sets, 60).target_embeddings(7)
    assert table is not None
    centred = embeddings - embeddings.astype(np.float32).mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    np.testing.assert_allclose(table @ table.T, centred @ centred.T, atol=1e-3)


def test_added_people_with_an_embedding_get_an_identity(sets: Path) -> None:
    rows = [[100, 30, 120, 90, 0.9], [130, 30, 150, 90, 0.8], [0, 90, 10, 119, 0.7]]
    (sets / 'people/teacher.json').write_text(json.dumps({'0.jpg': rows, '2.jpg': rows[:1]}))
    embeddings = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float16)
    write_embeddings(
        sets / 'people/teacher_embeddings.npz',
        TeacherEmbeddings(
            {0: embeddings[0]},
            {
                ('0.jpg', 0): embeddings[1],
                ('0.jpg', 2): embeddings[2],
                ('2.jpg', 0): embeddings[3],
            },
            5,
        ),
    )
    mix = read_dataset_mix((DatasetConfig('people', teacher=True, teacher_embeddings=True),), sets)
    assert [p.identities.tolist() for p in mix.images] == [[0, 4, -1, 5], [1], [2, 6], [3]]
    assert mix.num_identities == 7
    found = mix.images[0].teacher_embeddings
    assert found is not None
    assert np.array_equal(found, [*embeddings[:2], np.zeros(5), embeddings[2]])


def test_without_embeddings_there_is_no_table(sets: Path) -> None:
    assert read_dataset_mix((DatasetConfig('people'),), sets).target_embeddings(4) is None


def test_the_distillation_loss_counts_only_known_people() -> None:
    table = embedding_table(
        np.array([0, 1, 2]), np.array([[3, 0], [0, 2], [0, 0]], np.float32), 4, 2
    )
    assert np.allclose(np.linalg.norm(table, axis=1), [1, 1, 0, 0])
    loss = FairMOTLoss(2, 4, teacher_embeddings=torch.from_numpy(table))
    batch = {'ids': torch.tensor([[0, 1, 2, 3, -1]]), 'mask': torch.ones(1, 5, dtype=torch.bool)}
    embeddings = torch.from_numpy(table)[[0, 1, 0, 1, 0]][None] * 5
    assert loss.teacher_loss(embeddings, batch, torch.tensor(4.0)) == pytest.approx(0, abs=1e-6)
    embeddings[0, 1] *= -1
    assert loss.teacher_loss(embeddings, batch, torch.tensor(4.0)) == pytest.approx(2 / 4)


def test_detections_of_all_detectors_are_fused_and_written(sets: Path) -> None:
    detectors = [
        lambda image: np.array([[10, 20, 30, 80, 0.8]], np.float32),
        lambda image: np.array([[10, 20, 30, 80, 0.4], [90, 0, 99, 9, 0.02]], np.float32),
    ]
    assert label_boxes(detectors, sets / 'people') == 8
    content = json.loads((sets / 'people/teacher.json').read_text())
    rows = [[10, 20, 30, 80, 0.6], [90, 0, 99, 9, 0.01]]
    assert content == {f'{i}.jpg': rows for i in range(4)}
    with pytest.raises(DataError, match='no images in .*backgrounds/images'):
        label_boxes(detectors, sets / 'backgrounds')


def test_labelled_and_detected_people_get_embeddings(sets: Path) -> None:
    image = cv2.imread(str(sets / 'people/images/1.jpg'))
    rows = [[40, 30, 64, 90, 0.9], [100, 30, 120, 90, 0.5], [130, 30, 150, 90, 0.2]]
    (sets / 'people/teacher.json').write_text(json.dumps({'1.jpg': rows}))
    teacher = MeanColour()
    assert label_embeddings(teacher, sets / 'people') == 5  # one of the detections is labelled
    embeddings = read_embeddings(sets / 'people')
    assert sorted(embeddings.of_annotations) == [0, 1, 2, 3]
    expected = teacher(image, [40, 30, 64, 90])
    np.testing.assert_allclose(embeddings.of_annotations[1], expected, rtol=1e-3)
    assert list(embeddings.of_detections) == [('1.jpg', 1)]
    # Other detections would not fit the rows.
    label_boxes([lambda image: np.zeros((0, 5), np.float32)], sets / 'people')
    embeddings = read_embeddings(sets / 'people')
    assert len(embeddings.of_annotations) == 4 and not embeddings.of_detections


def test_a_dataset_without_people_gets_no_embeddings(sets: Path) -> None:
    (sets / 'backgrounds/images').mkdir()
    with pytest.raises(
        DataError, match='no people in .*expected annotations.json or teacher.json'
    ):
        label_embeddings(MeanColour(), sets / 'backgrounds')
    (sets / 'backgrounds/teacher.json').write_text('{}')
    with pytest.raises(DataError, match='no people'):
        label_embeddings(MeanColour(), sets / 'backgrounds')


def test_teacher_detections_are_scored(sets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {f'{i}.jpg': [[20 + 20 * i, 30, 44 + 20 * i, 90, 0.9 - 0.2 * i]] for i in range(3)}
    rows['3.jpg'] = [[0, 0, 10, 10, 0.4]]
    path = sets / 'people/teacher.json'
    path.write_text(json.dumps(rows))
    assert score.main(['teacher', str(sets / 'people')]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result['ap50'] == pytest.approx(0.75)
    assert result['threshold'] == pytest.approx(0.5)
    del rows['3.jpg']
    path.write_text(json.dumps(rows))
    assert score.main(['teacher', str(sets / 'people')]) == 2
    assert '3.jpg has no teacher detections' in capsys.readouterr().err


def test_the_command_reports_missing_files_and_options(
    sets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip('openvino', reason='teachers need OpenVINO')
    assert teach.main(['--detector', str(sets / 'none.xml'), str(sets / 'people')]) == 2
    assert 'no network at' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        teach.main([str(sets / 'people')])
    assert 'give --detector, --reid or both' in capsys.readouterr().err


def test_the_command_labels_a_dataset(sets: Path, reference_data: Path) -> None:
    pytest.importorskip('openvino', reason='teachers need OpenVINO')
    folder = reference_data / 'data' / 'teachers'
    command = ['--detector', f'{folder}/yolox_nano/yolox_nano.onnx@96x64']
    name = 'person-reidentification-retail-0277'
    command += ['--reid', f'{folder}/{name}/{name}.xml', str(sets / 'people')]
    assert teach.main(command) == 0
    mix = read_dataset_mix((DatasetConfig('people', teacher=True, teacher_embeddings=True),), sets)
    table = mix.target_embeddings(3)
    assert table is not None
    assert np.allclose(np.linalg.norm(table[:4], axis=1), 1, atol=1e-4)
    assert labelling.read_embeddings(sets / 'people').size == 256
