# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Write the files of this folder, and the values that reading them gives, to `expected.json`.

Run once, at version 0.1: `PYTHONPATH=. python test/data/v0_1/record.py`. Later versions read the
files and must not overwrite them.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import torch
import yaml

from fairmot_ros.detector import Detector
from fairmot_ros.detector.onnx_export import export_onnx
from fairmot_ros.evaluation.bags import BagWriter
from fairmot_ros.media.video_source import VideoSource
from fairmot_ros.network import create_network, load_checkpoint, save_checkpoint
from fairmot_ros.network.heads import FairMOTNetwork
from fairmot_ros.ros.tools.node_processes import DomainLock, local_environment
from fairmot_ros.tracker.gallery import Gallery, gallery_file
from fairmot_ros.training.config import read_config

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[2]
CLIP = REPOSITORY / 'fairmot_ros' / 'data' / 'pedestrians.mp4'
INPUT_SIZE = (96, 64)
MODEL = {
    'name': 'tiny',
    'input_size': list(INPUT_SIZE),
    'labels': ['person', 'bag'],
    'near_height': 40,
}
SCORE_THRESHOLD = 0.3
CAMERA_SIZE = (256, 192)
FRAME_RATE = 7.0
DETECTIONS, TRACKS, EVENTS = (
    ('/fairmot/detections', 'vision_msgs/msg/Detection2DArray'),
    ('/fairmot/tracks', 'fairmot_ros/msg/TrackArray'),
    ('/fairmot/events', 'fairmot_ros/msg/TrackEventArray'),
)


def seeded_image() -> np.ndarray:
    """Return uint8 [64, 96, 3], BGR; the same with every version of NumPy."""
    return np.random.RandomState(1).randint(0, 256, (64, 96, 3)).astype(np.uint8)


@torch.no_grad()
def make_network() -> FairMOTNetwork:
    """Return a tiny network with random weights that carry the signal to the last layer."""
    torch.manual_seed(0)
    network = create_network(
        'yolo', len(MODEL['labels']), 8, stem_channels=2, head_conv=8, id_channels=8
    )
    for value in network.parameters():
        if value.ndim == 4:
            value.normal_(0, (2 / value[0].numel()) ** 0.5)
    network.train()  # the forward passes set the statistics of the batch norms
    for _ in range(30):
        network(torch.rand(4, 3, 64, 96))
    # Spread the scores, and give every box a width and a height.
    for head, gain, bias in (('hm', 8.0, -2.0), ('wh', 2.0, 2.5)):
        network.get_submodule(head)[2].weight.mul_(gain)
        network.get_submodule(head)[2].bias.fill_(bias)
    return network.eval()


def write_model() -> dict[str, Any]:
    """Write model.pth and model.onnx; return outputs for the seeded image."""
    save_checkpoint(make_network(), FOLDER / 'model.pth', half=True, epoch=3, **MODEL)
    network = load_checkpoint(FOLDER / 'model.pth')
    export_onnx(network, FOLDER / 'model.onnx', INPUT_SIZE)
    remove_stack_traces(FOLDER / 'model.onnx')
    image = seeded_image()
    rgb = torch.from_numpy(image[None, ..., ::-1].copy()).permute(0, 3, 1, 2).float() / 255
    with torch.inference_mode():
        maps = network(rgb)
    info = asdict(network.info)
    return {
        'info': info,
        'sizes': asdict(network.sizes),
        # One row and one column of every channel, [C, W] and [C, H].
        'column': {name: m[0, :, :, 11].tolist() for name, m in maps.items()},
        'row': {name: m[0, :, 7, :].tolist() for name, m in maps.items()},
        'detections': detect(FOLDER / 'model.pth', image),
    }


def remove_stack_traces(path: Path) -> None:
    """Remove the stack traces that torch adds to every operator."""
    model = onnx.load(path)
    for node in model.graph.node:
        del node.metadata_props[:]
    del model.graph.value_info[:]
    onnx.save(model, path)


def detect(weights: Path, image: np.ndarray) -> dict[str, Any]:
    """Return the detections, as lists."""
    found = Detector(weights, device='cpu', score_threshold=SCORE_THRESHOLD)(image)
    assert found.embeddings is not None
    return {
        'boxes_xyxy': found.boxes_xyxy.tolist(),
        'scores': found.scores.tolist(),
        'class_ids': found.class_ids.tolist(),
        'embeddings': found.embeddings.tolist(),
    }


def write_gallery() -> dict[str, Any]:
    """Write gallery.npz; return its names and embeddings."""
    random = np.random.RandomState(2)
    gallery = Gallery(model='tiny:0123456789ab')
    people = {'Ada': 2, 'Zoë': 1, 'Bo': 1}
    for number, (name, views) in enumerate(people.items(), 1):
        gallery.enrol(name, random.randn(views, 8), track_id=number, class_id=number % 2)
    gallery_file.save(gallery, FOLDER / 'gallery.npz')
    looks = [(name, class_id, look.tolist()) for name, class_id, look in gallery.enrolled()]
    return {'model': gallery.model, 'names': gallery.names, 'looks': looks}


def write_bags() -> dict[str, Any]:
    """Write walk/ and walk_sqlite3/; return what the messages say."""
    domain = DomainLock()
    logs = Path(tempfile.mkdtemp())
    os.environ.update(local_environment(domain.number, logs))
    for name in ('walk', 'walk_sqlite3'):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    images, results = run_node(logs)
    for name, storage in (('walk', 'mcap'), ('walk_sqlite3', 'sqlite3')):
        write_bag(FOLDER / name, storage, images, results)
    as_humble_writes(FOLDER / 'walk_sqlite3')
    domain.release()
    return describe(results)


def run_node(logs: Path) -> tuple[list[Any], dict[str, list[bytes]]]:
    """Publish images to a real node; return them and the serialised messages of each topic."""
    sys.path.insert(0, str(REPOSITORY / 'test' / 'system'))
    import rclpy
    from peers import NodeStarter, Peer
    from sensor_msgs.msg import CompressedImage
    from std_msgs.msg import Header
    from vision_msgs.msg import Detection2DArray

    from fairmot_ros import msg

    context = rclpy.Context()
    rclpy.init(context=context)
    peer = Peer(context)
    start = NodeStarter(dict(os.environ), logs)
    start('nodes.fairmot_node', {'image_transport': 'compressed', 'publish_lost': True})
    results: dict[str, list[bytes]] = {}
    for topic, kind in (
        (DETECTIONS, Detection2DArray),
        (TRACKS, msg.TrackArray),
        (EVENTS, msg.TrackEventArray),
    ):
        results[topic[0]] = []
        peer.create_subscription(kind, topic[0], results[topic[0]].append, 10, raw=True)
        peer.wait(lambda name=topic[0]: peer.count_publishers(name), topic[0])
    camera = peer.create_publisher(CompressedImage, 'image/compressed', 10)
    peer.wait_for_listener('image/compressed')
    images = []
    pictures = [cv2.resize(p, CAMERA_SIZE) for p in islice(VideoSource(CLIP), 7)]
    pictures.append(np.full_like(pictures[0], 127))  # no people: all tracks are lost
    for number, picture in enumerate(pictures):
        nanoseconds = round((100 + number / FRAME_RATE) * 1e9)
        header = Header(frame_id='camera')
        header.stamp.sec, header.stamp.nanosec = divmod(nanoseconds, 1_000_000_000)
        _, data = cv2.imencode('.jpg', picture, [cv2.IMWRITE_JPEG_QUALITY, 80])
        images.append(CompressedImage(header=header, format='jpeg', data=data.tobytes()))
        camera.publish(images[-1])
        peer.wait(lambda n=number: len(results[TRACKS[0]]) > n, 'the tracks')
    peer.wait(lambda: len(results[EVENTS[0]]) > 3, 'the events')
    start.end()
    peer.destroy_node()
    rclpy.try_shutdown(context=context)
    return images, results


def write_bag(
    path: Path, storage: str, images: list[Any], results: dict[str, list[bytes]]
) -> None:
    """Write images and results as a recorder receives them."""
    from rclpy.serialization import serialize_message

    with BagWriter(path, storage) as writer:
        image_topic = ('/image/compressed', 'sensor_msgs/msg/CompressedImage')
        for topic in (image_topic, DETECTIONS, TRACKS, EVENTS):
            writer.add_topic(*topic)
        rows = [(image_topic[0], serialize_message(image)) for image in images]
        rows += [(topic, data) for topic, messages in results.items() for data in messages]
        for topic, data in sorted(rows, key=lambda row: stamp_of(row[1])):
            writer._writer.write(writer._connections[topic], stamp_of(data), data)


def stamp_of(data: bytes) -> int:
    """Return the header's stamp of a serialised message, nanoseconds."""
    seconds, nanoseconds = np.frombuffer(data[4:12], '<u4').tolist()
    return seconds * 1_000_000_000 + nanoseconds


def as_humble_writes(bag: Path) -> None:
    """Remove the message definitions, which a sqlite3 bag of ROS 2 Humble does not hold."""
    (file,) = bag.glob('*.db3')
    with sqlite3.connect(file) as database:
        database.execute('DROP TABLE message_definitions')
        database.execute('ALTER TABLE topics DROP COLUMN type_description_hash')
        database.execute('UPDATE schema SET schema_version = 3, ros_distro = "humble"')
    database.execute('VACUUM')
    database.close()
    metadata = yaml.safe_load((bag / 'metadata.yaml').read_text())
    information = metadata['rosbag2_bagfile_information']
    information['version'] = 5
    for key in ('ros_distro', 'custom_data'):
        information.pop(key, None)
    for topic in information['topics_with_message_count']:
        topic['topic_metadata'].pop('type_description_hash', None)
    (bag / 'metadata.yaml').write_text(yaml.safe_dump(metadata, sort_keys=False))


def describe(results: dict[str, list[bytes]]) -> dict[str, Any]:
    """Return what the messages of the node say."""
    from rclpy.serialization import deserialize_message

    from fairmot_ros import msg

    arrays = [deserialize_message(data, msg.TrackArray) for data in results[TRACKS[0]]]
    changes = [deserialize_message(data, msg.TrackEventArray) for data in results[EVENTS[0]]]
    return {
        'stamps': [stamp_of(data) for data in results[TRACKS[0]]],
        'model': arrays[0].model,
        'tracks': [
            [
                {
                    'id': t.track_id,
                    'state': t.state,
                    'score': t.score,
                    'class_id': t.class_id,
                    'hits': t.hits,
                    'left_top_width_height': [
                        t.bbox.center.position.x - t.bbox.size_x / 2,
                        t.bbox.center.position.y - t.bbox.size_y / 2,
                        t.bbox.size_x,
                        t.bbox.size_y,
                    ],
                    'velocity': list(t.velocity),
                    'embedding_begins': list(t.embedding[:3]),
                    'embedding_size': len(t.embedding),
                }
                for t in array.tracks
            ]
            for array in arrays
        ],
        'events': [[[e.kind, e.track_id] for e in array.events] for array in changes],
    }


def main() -> None:
    logging.getLogger('torch.onnx').setLevel(logging.ERROR)
    expected = {
        'model': write_model(),
        'gallery': write_gallery(),
        'bag': write_bags(),
        'training': json.loads(json.dumps(asdict(read_config(FOLDER / 'training.yaml')))),
    }
    (FOLDER / 'expected.json').write_text(json.dumps(expected) + '\n')


if __name__ == '__main__':
    main()
