# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Descriptions of topics and services; types and QoS are read from the nodes."""

from __future__ import annotations

TRACKERS = {
    'camera_info': 'calibration of a pinhole camera, for images of the same size; beside the '
    'topic of the images, or `camera_info_topic`; with `position_source`',
    'depth': 'depth image registered to the camera image; with `position_source: depth`',
    'odom': 'pose of the robot, instead of tf; with `odometry`',
    '~/detections': 'tracks matched in this frame: `id` is the track id, boxes in pixels of the '
    'image, header of the image; empty where nothing is tracked',
    '~/tracks': 'the same tracks in the same order, with state, velocity, covariance, age and '
    'embedding; then lost tracks with predicted boxes (`publish_lost`) and tentative ones '
    '(`publish_tentative`)',
    '~/events': 'tracks that were confirmed, lost, found again or removed; published only when '
    'there is an event',
    '~/zones': 'counts of the tracks in each zone and across each line; with `zones` or `lines`',
    '~/zone_events': 'tracks that entered or left a zone or crossed a line; with `zones` or '
    '`lines`, published only when there is an event',
    '~/annotations': 'boxes and ids for [Foxglove](howto/visualisation.md); where foxglove_msgs '
    'is installed',
    '~/detections_3d': 'positions and sizes in metres, in `target_frame`, or else in the frame of '
    'the image; with `position_source`',
    '~/positions': 'positions, velocities and covariances in `target_frame`; with that',
    '~/markers': 'a cylinder, a label and the velocity of each located track, for RViz; with '
    '`position_source`',
    '~/follow_pose': 'position of the person chosen by `follow`, while that is certain, for '
    '[Nav2](howto/nav2.md#follow-a-person); with `position_source`',
    '~/follow_state': 'whether the followed person is found, lost or not certain; with every '
    'frame while `follow` is set',
    '/tf': 'transforms to `target_frame` and `camera_motion_frame`; published: a frame '
    '[`body_<id>`](howto/nav2.md#ros4hri) for each located track, with `publish_tf`',
    '/tf_static': 'transforms that do not change',
    '/humans/bodies/tracked': 'ids of [ROS4HRI bodies](howto/nav2.md#ros4hri); the region and '
    'image of each on `/humans/bodies/<id>/roi` and `.../cropped`; with `publish_humans`',
    'bond': "heartbeats of both ends of the bond with [Nav2's lifecycle manager]"
    '(howto/nav2.md#lifecycle-manager); with `bond`',
    '~/timing': 'once a second: counters and p50, p95, p99 of each stage',
    '~/label_info': 'labels of the classes',
    '~/vision_info': 'model, hash of the weights, engine',
    '/diagnostics': 'once a second, see [Diagnostics](#diagnostics)',
    '~/reset': 'drop all tracks; ids continue',
    '~/follow': 'choose the person to follow: `nearest`, an id or a name; empty to stop',
    '~/set_enabled': 'false pauses tracking with the model loaded, true resumes it',
    '~/enrol_identity': 'name a person; with `gallery`',
    '~/query_identity': 'find the nearest known persons; with `gallery`',
    '~/forget_identity': 'delete one person, or all; with `gallery`',
}
#: By executable, what a node is for, its topics and its services.
NODES: dict[str, tuple[str, dict[str, str]]] = {
    'fairmot_node': (
        'Detects and tracks people in the images of one camera or several.',
        {
            'image': 'images of the camera; with `image_transport: compressed`, or '
            'where only that has a publisher, `sensor_msgs/CompressedImage` on `image/compressed`',
            '~/image_annotated': 'the image with boxes, ids and trails; drawn only while there '
            'are subscribers',
            '~/image_annotated/compressed': 'the same as JPEG',
            **TRACKERS,
        },
    ),
    'detection_tracker_node': (
        'Tracks the detections of another node, see [Track the detections of another '
        'node](howto/other_detectors.md).',
        {
            'detections': 'detections of another node: `vision_msgs/Detection2DArray` by default, '
            'the type given here with `with_embeddings: true`',
            **TRACKERS,
        },
    ),
    'fairmot_identities': (
        'Gives a person one identity in all cameras, see [Know a person in all '
        'cameras](howto/identities.md).',
        {
            'camera/tracks': 'tracks of a camera; the topics in `sources`, or all of this type',
            'camera/positions': 'positions of the same camera, beside its tracks; with '
            '`use_positions`',
            '~/identities': 'identity of each track of a frame, for every frame of every camera, '
            'with the header of the tracks',
            '~/events': 'identities that were created, matched, merged, split, named or removed',
            '/diagnostics': 'once a second: one status of the node, one of each camera',
            '~/enrol_identity': 'name a person, by global id or embedding',
            '~/query_identity': 'find the identities nearest to an embedding',
            '~/list_identities': 'list the identities, all or those visible',
            '~/merge_identities': 'declare two identities to be one person',
            '~/split_identity': 'take a track from its identity',
            '~/forget_identity': 'delete one person, or all, from memory and store',
        },
    ),
    'fairmot_player': (
        'Plays a video or a folder of images as a camera.',
        {
            'image': 'the images, stamped with the start plus their time in the video',
            '~/frames_sent': 'number of images, published after the last one',
            'detections': 'results that it waits for; with `every_frame`',
        },
    ),
    'fairmot_recorder': (
        'Writes tracks as MOTChallenge text, the annotated images as a video, and counts and '
        'latencies as JSON.',
        {
            'image': 'images of the camera, for the latency; subscribed to when both results have '
            'a publisher',
            'tracks': 'results of the tracker',
            'image_annotated': 'images for the video',
            'frames_sent': 'of the player, to know the end',
        },
    ),
    'fairmot_replay': (
        'Plays the images of a bag at a chosen rate and saves the results with their latencies; '
        '`fairmot-evaluate` uses it for live runs.',
        {
            'image': 'the images with the stamps of the bag; `sensor_msgs/CompressedImage` on '
            '`image/compressed` for a bag with compressed images',
            'tracks': 'results of the tracker',
            'timing': 'durations of the stages',
        },
    ),
}
