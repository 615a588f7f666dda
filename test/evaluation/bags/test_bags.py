# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Reading and writing of bags, by this package and other tools, including damaged bags."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

pytest.importorskip('rosbags', reason='needs rosbags')
from bag_cases import (
    FRAMES,
    GROUND_TRUTH,
    RATE,
    make_bag,
    noise_images,
    replace_message,
    storage_file,
)

from fairmot_ros.evaluation.bags import (
    Bag,
    BagError,
    BagWriter,
    FrameIndex,
    ImageStream,
    message_types,
)
from fairmot_ros.evaluation.bags.boxes import read_boxes
from fairmot_ros.evaluation.bags.message_types import (
    COMPRESSED_IMAGE,
    DETECTIONS,
    TRACKS,
    known_types,
)
from fairmot_ros.evaluation.bags.sequence import BagLayout, write_sequence

STORAGES = ('mcap', 'sqlite3')


def read_all(path: Path) -> tuple[Bag, list[np.ndarray], FrameIndex]:
    with Bag(path) as bag:
        images = ImageStream(bag)
        found = list(images.images())
    return bag, [pixels for _, pixels in found], FrameIndex([stamp for stamp, _ in found])


@pytest.mark.parametrize('compress', [False, True], ids=['plain', 'zstd'])
@pytest.mark.parametrize('image_format', ['raw', 'png', 'jpeg'])
@pytest.mark.parametrize('storage', STORAGES)
def test_round_trip(storage: str, image_format: str, compress: bool, tmp_path: Path) -> None:
    path = make_bag(
        tmp_path / 'bag', storage=storage, image_format=image_format, compress=compress, start=50
    )
    bag, images, frames = read_all(path)
    assert bag.damage == ''
    assert len(images) == FRAMES
    for got, expected in zip(images, noise_images()):
        if image_format == 'jpeg':
            assert got.shape == expected.shape
        else:
            assert np.array_equal(got, expected)
    assert frames.rate == pytest.approx(RATE, abs=1e-6)
    assert frames.span == pytest.approx((50, 50 + (FRAMES - 1) / RATE))
    with Bag(path) as bag:
        table = read_boxes(bag, '/ground_truth')
    assert len(table.stamps) == FRAMES, 'a frame without boxes has a message too'
    rows, labels = table.rows(frames.numbers(table.stamps))
    np.testing.assert_allclose(rows[:, :7], GROUND_TRUTH, rtol=0, atol=1e-9)
    assert set(labels) == {'person'}


@pytest.mark.parametrize('storage', STORAGES)
def test_equal_sequences_give_equal_bags(storage: str, tmp_path: Path) -> None:
    files = [storage_file(make_bag(tmp_path / n / 'bag', storage=storage)) for n in ('a', 'b')]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_classes_and_marks_are_written(tmp_path: Path) -> None:
    columns = np.tile([7.0, 0.4], (len(GROUND_TRUTH), 1))
    columns[::2, 0] = 1
    rows = np.hstack((GROUND_TRUTH, columns))
    rows[3, 6] = 0
    with Bag(make_bag(tmp_path / 'bag', rows)) as bag:
        table = read_boxes(bag, '/ground_truth')
    got, labels = table.rows(np.arange(1, FRAMES + 1))
    np.testing.assert_allclose(got[:, :8], rows[:, :8], rtol=0, atol=1e-9)
    assert set(labels) == {'pedestrian', 'static_person'}


def test_world_coordinates_are_not_read_as_classes(tmp_path: Path) -> None:
    rows = np.hstack((GROUND_TRUTH, np.full((len(GROUND_TRUTH), 3), 7.0)))
    with Bag(make_bag(tmp_path / 'bag', rows)) as bag:
        assert set(read_boxes(bag, '/ground_truth').labels) == {'person'}


# -- other readers and writers -----------------------------------------------------------------


def test_mcap_library_reads_the_bag(tmp_path: Path) -> None:
    pytest.importorskip('mcap_ros2', reason='needs mcap-ros2-support')
    from mcap.reader import make_reader
    from mcap_ros2.decoder import DecoderFactory

    file = storage_file(make_bag(tmp_path / 'bag'))
    with file.open('rb') as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()])
        found = [(c.topic, s.name, m) for s, c, _, m in reader.iter_decoded_messages()]
    images = [m for topic, _, m in found if topic == '/image']
    boxes = [m for topic, kind, m in found if topic == '/ground_truth' and kind == DETECTIONS]
    assert len(images) == len(boxes) == FRAMES
    assert images[4].data == noise_images()[4].tobytes()
    assert str(images[4].header.stamp) == str(boxes[4].header.stamp)
    detection = boxes[4].detections[1]
    assert detection.id == '2'
    assert detection.results[0].hypothesis.class_id == 'person'
    _, _, left, top, width, height, _ = GROUND_TRUTH[7]
    box = detection.bbox
    assert (box.center.position.x, box.center.position.y) == (left + width / 2, top + height / 2)
    assert (box.size_x, box.size_y) == (width, height)


def test_sqlite3_has_the_schema_of_rosbag2(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag', storage='sqlite3')
    information = yaml.safe_load((path / 'metadata.yaml').read_text())[
        'rosbag2_bagfile_information'
    ]
    assert information['storage_identifier'] == 'sqlite3'
    assert information['message_count'] == 2 * FRAMES
    assert information['version'] == 8
    with sqlite3.connect(path / information['relative_file_paths'][0]) as database:
        rows = database.execute(
            'SELECT name, type, count(*), min(length(data)) FROM messages '
            'JOIN topics ON topics.id = topic_id GROUP BY name ORDER BY name'
        ).fetchall()
    assert [row[:3] for row in rows] == [
        ('/ground_truth', DETECTIONS, FRAMES),
        ('/image', 'sensor_msgs/msg/Image', FRAMES),
    ]
    assert rows[1][3] > noise_images(1)[0].size


@pytest.mark.parametrize('kind', [DETECTIONS, TRACKS])
def test_definitions_equal_the_installed_messages(kind: str) -> None:
    package, _, name = kind.split('/')
    description = Path(sys.prefix, 'share', package, 'msg', f'{name}.json')
    if not description.is_file():
        pytest.skip(f'{package} is not installed with type descriptions')
    hashes = {
        h['type_name']: h['hash_string']
        for h in json.loads(description.read_text())['type_hashes']
    }
    assert known_types().hash_rihs01(kind) == hashes[kind]


def test_definitions_are_found_in_an_installation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package, _, name = TRACKS.split('/')
    installed = Path(sys.prefix, 'share', package, 'msg')
    if not (installed / f'{name}.msg').is_file():
        pytest.skip(f'{package} is not installed with its messages')
    expected = known_types().hash_rihs01(TRACKS)
    monkeypatch.setattr(
        message_types, '_IN_SOURCE_TREE', {'fairmot_ros': tmp_path, 'vision_msgs': tmp_path}
    )
    known_types.cache_clear()
    assert known_types().hash_rihs01(TRACKS) == expected
    monkeypatch.setattr(sys, 'prefix', str(tmp_path))
    monkeypatch.setenv('AMENT_PREFIX_PATH', '')
    known_types.cache_clear()
    with pytest.raises(BagError, match='message definitions of fairmot_ros were not found'):
        known_types()
    known_types.cache_clear()


def test_rclpy_deserialises_the_messages(tmp_path: Path) -> None:
    pytest.importorskip('rclpy', reason='needs ROS 2')
    from rclpy.serialization import deserialize_message, serialize_message
    from std_msgs.msg import Header
    from vision_msgs.msg import BoundingBox2D, Detection2DArray

    from fairmot_ros.msg import Track, TrackArray

    with Bag(make_bag(tmp_path / 'bag')) as bag:
        first = deserialize_message(next(bag.messages(['/ground_truth'])).data, Detection2DArray)
    assert [d.id for d in first.detections] == ['1', '2']
    assert first.detections[0].header == first.header

    box = BoundingBox2D(size_x=4.0, size_y=8.0)
    box.center.position.x, box.center.position.y = 12.0, 14.0
    header = Header(frame_id='eye')
    header.stamp.sec = 9
    tracks = [
        Track(track_id=i, bbox=box, score=0.5, state=state, class_id='person')
        for i, state in enumerate((Track.TENTATIVE, Track.TRACKED, Track.LOST))
    ]
    data = serialize_message(TrackArray(header=header, model='m', tracks=tracks))
    with BagWriter(tmp_path / 'tracks') as writer:
        writer.add_topic('/tracks', TRACKS)
        writer.write('/tracks', 9_000_000_000, known_types().deserialize_cdr(data, TRACKS))
    with Bag(tmp_path / 'tracks') as bag:
        table = read_boxes(bag, '/tracks')
    rows, _ = table.rows(FrameIndex([9_000_000_000]).numbers(table.stamps))
    assert rows.tolist() == [[1, 1, 10, 10, 4, 8, 0.5, -1, -1, -1]], 'only tracked ones count'


@pytest.mark.parametrize('storage', STORAGES)
def test_rosbag2_reads_the_bag(storage: str, tmp_path: Path) -> None:
    pytest.importorskip('rosbag2_py', reason='rosbag2_py is not installed')
    from fairmot_ros.evaluation.bags.plugin import PluginStorage

    path = make_bag(tmp_path / 'bag', storage=storage)
    ours = {topic: list(Bag(path).messages([topic])) for topic in ('/image', '/ground_truth')}
    theirs = PluginStorage(path, '', compressed=False)
    assert theirs.topics == {
        '/image': ('sensor_msgs/msg/Image', FRAMES),
        '/ground_truth': (DETECTIONS, FRAMES),
    }
    for topic, messages in ours.items():
        assert list(theirs.messages([topic])) == messages


# -- damaged bags --------------------------------------------------------------------------------


@pytest.mark.parametrize('storage', STORAGES)
@pytest.mark.parametrize('share', [0.35, 0.8])
@pytest.mark.parametrize('what', ['file', 'folder', 'folder without metadata'])
def test_truncated_bag_is_read_up_to_the_damage(
    storage: str, share: float, what: str, tmp_path: Path
) -> None:
    # With frames of this size a chunk of MCAP is one to three images.
    path = tmp_path / 'bag'
    large = [np.full((480, 640, 3), 10 * i, np.uint8) for i in range(FRAMES)]
    write_sequence(path, large, RATE, GROUND_TRUTH, BagLayout(storage=storage))
    file = storage_file(path)
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    if what == 'folder without metadata':
        (path / 'metadata.yaml').unlink()
    with Bag(file if what == 'file' else path) as bag:
        assert 'that could be read are used' in bag.damage
        images = list(ImageStream(bag).images())
        assert bag.topics['/image'].messages == len(images)
    assert share * FRAMES - 3 <= len(images) < FRAMES
    for i, (stamp, pixels) in enumerate(images):
        assert np.array_equal(pixels, large[i])
        assert stamp == round((1 + i / RATE) * 1e9)


def test_bag_without_metadata_is_read_completely(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag', compress=False)
    (path / 'metadata.yaml').unlink()
    bag, images, _ = read_all(path)
    assert len(images) == FRAMES
    assert 'no metadata.yaml' in bag.damage


def test_unclosed_database_is_read_with_its_journal(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag', storage='sqlite3')
    file = storage_file(path)
    database = sqlite3.connect(file)
    database.execute('PRAGMA journal_mode = WAL')
    database.execute(
        'INSERT INTO messages (topic_id, timestamp, data) '
        'SELECT topic_id, timestamp + 5000000000, data FROM messages WHERE topic_id = 1'
    )
    database.commit()
    copy = tmp_path / 'copy'
    copy.mkdir()
    for part in path.iterdir():  # as after a crash: the journal was not merged
        (copy / part.name).write_bytes(part.read_bytes())
    database.close()
    with Bag(copy) as bag:
        assert 'was not closed' in bag.damage
        assert bag.topics['/image'].messages == 2 * FRAMES


@pytest.mark.parametrize('share', [1.0, 0.6], ids=['whole', 'truncated'])
@pytest.mark.parametrize('storage', STORAGES)
def test_compressed_files(storage: str, share: float, tmp_path: Path) -> None:
    from rosbags.rosbag2.reader import zstd

    path = tmp_path / 'bag'
    rng = np.random.default_rng(0)
    large = list(rng.integers(0, 256, (FRAMES, 240, 320, 3), dtype=np.uint8))
    write_sequence(path, large, RATE, GROUND_TRUTH, BagLayout(storage=storage))
    file = storage_file(path)
    packed = zstd.compress(file.read_bytes())
    packed = packed[: int(share * len(packed))]
    file.unlink()
    (path / f'{file.name}.zstd').write_bytes(packed)
    edit_metadata(
        path,
        compression_format='zstd',
        compression_mode='FILE',
        relative_file_paths=[f'{file.name}.zstd'],
    )
    bag, images, _ = read_all(path)
    assert share * FRAMES - 5 <= len(images) <= share * FRAMES
    assert all(np.array_equal(a, b) for a, b in zip(images, large))
    assert ('truncated' in bag.damage) == (share < 1)


def test_edited_qos_does_not_matter(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag')
    file = path / 'metadata.yaml'
    content = yaml.safe_load(file.read_text())
    for topic in content['rosbag2_bagfile_information']['topics_with_message_count']:
        topic['topic_metadata']['offered_qos_profiles'] = (
            '- {history: 1, depth: 1, reliability: 1, durability: 1, liveliness: 1, '
            'deadline: {sec: 0, nsec: 0}, lifespan: {sec: 0, nsec: 0}, '
            'liveliness_lease_duration: {sec: 0, nsec: 0}, '
            'avoid_ros_namespace_conventions: false}'
        )
    file.write_text(yaml.safe_dump(content))
    bag, images, _ = read_all(path)
    assert (len(images), bag.damage) == (FRAMES, '')


def test_missing_file_of_a_bag_is_named(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag')
    edit_metadata(path, relative_file_paths=[storage_file(path).name, 'bag_1.mcap'])
    bag, images, _ = read_all(path)
    assert len(images) == FRAMES
    assert 'lacks bag_1.mcap' in bag.damage


def test_damage_in_the_middle_is_found_while_reading(tmp_path: Path) -> None:
    path = tmp_path / 'bag'
    write_sequence(path, [np.full((480, 640, 3), i, np.uint8) for i in range(FRAMES)], RATE)
    file = storage_file(path)
    data = bytearray(file.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3_000_000] = bytes(3_000_000)
    file.write_bytes(data)
    with Bag(file) as bag:
        assert bag.damage == ''
        images = list(ImageStream(bag).messages())
        assert 0 < len(images) < FRAMES
        assert 'is damaged' in bag.damage


def test_reading_stops_at_a_damaged_compressed_message(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag', storage='sqlite3', compress=True)
    with sqlite3.connect(storage_file(path)) as database:
        number, data = database.execute(
            'SELECT id, data FROM messages WHERE topic_id = 1 ORDER BY id LIMIT 1 OFFSET 6'
        ).fetchone()
        database.execute(
            'UPDATE messages SET data = ? WHERE id = ?', (data[: len(data) // 2], number)
        )
    bag, images, _ = read_all(path)
    assert len(images) == 6
    assert 'is damaged' in bag.damage


# -- mistakes -----------------------------------------------------------------------------------


def edit_metadata(path: Path, **changes: object) -> None:
    file = path / 'metadata.yaml'
    content = yaml.safe_load(file.read_text())
    content['rosbag2_bagfile_information'].update(changes)
    file.write_text(yaml.safe_dump(content))


@pytest.mark.parametrize(
    ('changes', 'reason'),
    [
        ({'storage_identifier': 'rosbag_v2'}, "stored as 'rosbag_v2'; expected mcap or sqlite3"),
        (
            {'compression_format': 'lz4', 'compression_mode': 'MESSAGE'},
            "compressed as 'lz4'; expected zstd",
        ),
    ],
)
def test_unknown_storage_or_compression_raises(
    changes: dict, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, 'rosbag2_py', None)  # as if it were not installed
    path = make_bag(tmp_path / 'bag')
    edit_metadata(path, **changes)
    with pytest.raises(BagError, match=reason):
        Bag(path)


def test_unknown_serialisation_raises(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag', storage='sqlite3')
    with sqlite3.connect(storage_file(path)) as database:
        database.execute("UPDATE topics SET serialization_format = 'protobuf'")
    with Bag(path) as bag:
        with pytest.raises(BagError, match='no topic with images .* serialised as protobuf'):
            ImageStream(bag)
        with pytest.raises(BagError, match="serialised as 'protobuf'; expected cdr"):
            list(ImageStream(bag, '/image').messages())


def test_known_types_replace_unusable_definitions(tmp_path: Path) -> None:
    path = make_bag(tmp_path / 'bag', storage='sqlite3')
    with sqlite3.connect(storage_file(path)) as database:
        database.execute(
            "UPDATE message_definitions SET encoded_message_definition = '---' "
            "WHERE topic_type LIKE 'vision_msgs%'"
        )
    _, images, _ = read_all(path)
    assert len(images) == FRAMES
    with Bag(path) as bag:
        assert len(read_boxes(bag, '/ground_truth').ids) == len(GROUND_TRUTH)


def test_unknown_compression_of_chunks_raises(tmp_path: Path) -> None:
    from rosbags.rosbag2 import CompressionFormat, CompressionMode, StoragePlugin, Writer

    store = known_types()
    text = store.types['std_msgs/msg/String'](data='x')
    writer = Writer(tmp_path / 'zstd', version=8, storage_plugin=StoragePlugin.MCAP)
    writer.set_compression(CompressionMode.STORAGE, CompressionFormat.ZSTD)
    with writer:
        topic = writer.add_connection('/text', 'std_msgs/msg/String', typestore=store)
        writer.write(topic, 1, store.serialize_cdr(text, 'std_msgs/msg/String'))
    other = storage_file(tmp_path / 'zstd')
    other.write_bytes(other.read_bytes().replace(b'zstd', b'zstx'))
    with Bag(other) as bag, pytest.raises(BagError, match="'zstx'.*[Ee]xpected lz4 or zstd"):
        list(bag.messages(['/text']))


def test_path_that_is_no_bag_raises(tmp_path: Path) -> None:
    (tmp_path / 'empty').mkdir()
    (tmp_path / 'old.bag').write_text('#ROSBAG V2.0')
    (tmp_path / 'junk.mcap').write_bytes(b'junk')
    (tmp_path / 'junk.db3').write_bytes(b'junk' * 1000)
    for name, reason in {
        'none': 'no bag at .*none: expected a folder',
        'empty': 'is not a bag: it has no metadata.yaml',
        'old.bag': 'not a ROS 2 bag.*rosbags-convert',
        'junk.mcap': 'nothing in .*junk.mcap can be read',
        'junk.db3': 'nothing in .*junk.db3 can be read',
    }.items():
        with pytest.raises(BagError, match=reason) as caught:
            Bag(tmp_path / name)
        assert '\n' not in str(caught.value)


def test_errors_list_the_topics(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as writer:
        writer.add_topic('/text', 'std_msgs/msg/String')
        writer.write('/text', 1, writer.make('std_msgs/msg/String', data='x'))
    with Bag(tmp_path / 'bag') as bag:
        with pytest.raises(
            BagError, match=r'no topic with images .*has /text \(std_msgs/msg/String, 1 mess'
        ):
            ImageStream(bag)
        with pytest.raises(BagError, match='no topic /image; it has /text'):
            ImageStream(bag, 'image')
        with pytest.raises(BagError, match='/text in .* has type std_msgs/msg/String; expected'):
            ImageStream(bag, '/text')


def test_several_image_topics_raise(tmp_path: Path) -> None:
    with BagWriter(tmp_path / 'bag') as writer:
        for name in ('/left', '/right'):
            writer.add_topic(name, 'sensor_msgs/msg/CompressedImage')
            time = writer.make('builtin_interfaces/msg/Time', sec=1, nanosec=0)
            header = writer.make('std_msgs/msg/Header', stamp=time, frame_id='')
            writer.write(
                name,
                1,
                writer.make(
                    'sensor_msgs/msg/CompressedImage',
                    header=header,
                    format='jpeg',
                    data=np.zeros(9, np.uint8),
                ),
            )
    with Bag(tmp_path / 'bag') as bag:
        with pytest.raises(BagError, match='with images, /left, /right: choose one'):
            ImageStream(bag)
        with pytest.raises(BagError, match="'jpeg'.* cannot be decoded"):
            list(ImageStream(bag, 'left').images())


@pytest.mark.parametrize(
    ('layout', 'reason'),
    [
        ({'storage': 'csv'}, 'storage must be one of mcap, sqlite3'),
        ({'image_format': 'gif'}, 'image format must be one of raw, jpeg, png'),
        ({'jpeg_quality': 0}, 'JPEG quality must be within 1..100'),
    ],
)
def test_invalid_layout_raises(layout: dict, reason: str, tmp_path: Path) -> None:
    with pytest.raises(BagError, match=reason):
        make_bag(tmp_path / 'bag', **layout)


def test_existing_bag_is_not_overwritten(tmp_path: Path) -> None:
    make_bag(tmp_path / 'bag')
    with pytest.raises(BagError, match='already exists'):
        make_bag(tmp_path / 'bag')


# -- frames -------------------------------------------------------------------------------------


def test_frames_are_found_by_stamp() -> None:
    frames = FrameIndex([10_000_000_000, 10_100_000_000, 10_100_000_000, 10_200_000_000])
    assert len(frames) == 3, 'the same stamp is the same image'
    wanted = [10_100_000_000, 10_200_000_400, 9_000_000_000, 10_150_000_000, 99_000_000_000]
    assert frames.numbers(wanted).tolist() == [2, 3, 0, 0, 0]
    assert frames.numbers([]).tolist() == []
    assert FrameIndex([]).numbers([5]).tolist() == [0]
    assert frames.rate == pytest.approx(10)


def test_frames_keep_the_order_of_the_bag() -> None:
    frames = FrameIndex([5_000_000_000, 3_000_000_000, 4_000_000_000])
    assert frames.numbers([3_000_000_000, 4_000_000_000, 5_000_000_000]).tolist() == [2, 3, 1]


@pytest.mark.parametrize('format', ['mono16; png compressed', '16UC1; png compressed'])
def test_dark_images_warn_once_and_invalid_images_raise(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, format: str
) -> None:
    dark = np.linspace(0, 4095, 32 * 24).astype(np.uint16).reshape(24, 32)
    data = cv2.imencode('.png', dark)[1].ravel()
    kind = 'sensor_msgs/msg/CompressedImage'
    with BagWriter(tmp_path / 'bag') as writer:
        writer.add_topic('/image', kind)
        for second in (1, 2, 3):
            time = writer.make('builtin_interfaces/msg/Time', sec=second, nanosec=0)
            header = writer.make('std_msgs/msg/Header', stamp=time, frame_id='')
            image = writer.make(kind, header=header, format=format, data=data)
            writer.write('/image', second * 10**9, image)
    with Bag(tmp_path / 'bag') as bag:
        if format.startswith('16UC1'):
            with pytest.raises(BagError, match='is the encoding of a depth image'):
                list(ImageStream(bag).images())
            return
        assert [p.pixels.shape for p in ImageStream(bag).images()] == [(24, 32, 3)] * 3
        (warning,) = [r.message for r in caplog.records]
        assert 'the 16-bit images are nearly black' in warning
        with pytest.raises(BagError, match='32 x 24 pixels, more than the limit of 767'):
            list(ImageStream(bag, max_pixels=32 * 24 - 1).images())


# -- images that cannot be used ---------------------------------------------------------------


def jpeg_bag(path: Path) -> Path:
    return make_bag(path, storage='sqlite3', image_format='jpeg')


def compressed_image(stamp: int, data: bytes) -> bytes:
    types = known_types()
    seconds, nanoseconds = divmod(stamp, 10**9)
    time = types.types['builtin_interfaces/msg/Time'](seconds, nanoseconds)
    header = types.types['std_msgs/msg/Header'](time, 'eye')
    message = types.types[COMPRESSED_IMAGE](header, 'jpeg', np.frombuffer(data, np.uint8))
    return bytes(types.serialize_cdr(message, COMPRESSED_IMAGE))


def test_failed_is_called_for_undecodable_images(tmp_path: Path) -> None:
    bag_path = jpeg_bag(tmp_path / 'bag')
    stamp = round((1 + 3 / RATE) * 1e9)
    replace_message(bag_path, 4, compressed_image(stamp, b'no image'))
    failures: list[tuple[int, str]] = []
    with Bag(bag_path) as bag:
        images = ImageStream(bag)
        found = list(images.images(failed=lambda s, error: failures.append((s, str(error)))))
        with pytest.raises(BagError, match='an image on /image/compressed'):
            list(images.images())
    assert len(found) == FRAMES - 1
    ((failed_stamp, reason),) = failures
    assert failed_stamp == stamp
    assert 'an image on /image/compressed' in reason


@pytest.mark.parametrize('data', [b'', b'\0\1\0', 7, 'text'])
def test_messages_too_short_for_an_image_are_skipped(data: object, tmp_path: Path) -> None:
    bag_path = jpeg_bag(tmp_path / 'bag')
    replace_message(bag_path, 2, data)  # type: ignore[arg-type]
    with Bag(bag_path) as bag:
        images = ImageStream(bag)
        assert len(list(images.images())) == FRAMES - 1
    assert images.skipped == 1


@pytest.mark.parametrize('step', ['open', 'write', '__exit__'])
def test_an_interrupt_leaves_no_partial_bag(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(f'rosbags.rosbag2.Writer.{step}', interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_sequence(tmp_path / 'bag', noise_images(2), RATE, None, BagLayout())
    assert not list(tmp_path.iterdir())
