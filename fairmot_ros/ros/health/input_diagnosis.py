# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Diagnosis of missing input: one sentence with the probable cause and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SUFFIX = '/compressed'
RAW, COMPRESSED = 'sensor_msgs/msg/Image', 'sensor_msgs/msg/CompressedImage'
TRACKS = 'fairmot_ros/msg/TrackArray'
MAX_LISTED_TOPICS = 5
FAST_DDS = 'rmw_fastrtps'  # prefix of the names of its RMW implementations

Graph = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class SubscriptionInfo:
    """Topic, type and quality of service of a subscription.

    Attributes:
        topic: resolved name, with '/compressed' for compressed images.
        type: such as 'sensor_msgs/msg/Image'.
        name: name before remapping, the left side of a remapping rule.
        reliable: whether reliable publishers are required.
        latched: whether transient_local publishers are required.
        automatic: whether raw or compressed images are used, whichever are published.
    """

    topic: str
    type: str
    name: str
    reliable: bool = False
    latched: bool = False
    automatic: bool = False


@dataclass(frozen=True)
class Publisher:
    """Node, type and quality of service of a publisher."""

    node: str
    type: str
    reliable: bool = True
    latched: bool = False


def explain_missing_input(
    subscription: SubscriptionInfo,
    publishers: Sequence[Publisher],
    graph: Graph,
    middleware: str = '',
) -> str:
    """Return the probable reason why nothing arrives on a topic.

    Args:
        subscription: the subscription without input.
        publishers: all publishers on its topic.
        graph: topics published by other nodes, with their types.
        middleware: name of the RMW implementation, such as 'rmw_fastrtps_cpp'.
    """
    topic = subscription.topic
    same_type = [p for p in publishers if p.type == subscription.type]
    if not publishers:
        return f'{topic} has no publisher' + _suggest_topic(subscription, graph)
    if not same_type:
        other = publishers[0]
        return (
            f'{topic} is published by {other.node} as {other.type}; expected {subscription.type}: '
            f'{_suggest_for_type(other.type, subscription)}'
        )
    if subscription.reliable and not any(p.reliable for p in same_type):
        return (
            f'{topic} is published as best_effort by {same_type[0].node}, but reliable is '
            'requested: set the parameter `reliability`, or its qos_override, to auto'
        )
    if subscription.latched and not any(p.latched for p in same_type):
        return (
            f'{topic} is published as volatile by {same_type[0].node}, but transient_local is '
            'requested: remove the qos_override of the durability'
        )
    names = ', '.join(sorted({p.node for p in same_type}))
    text = f'{topic} is published by {names}, but no message arrives: check that it sends messages'
    if middleware.startswith(FAST_DDS) and subscription.type in (RAW, COMPRESSED):
        hint = (
            'Fast DDS also loses large images if its shared memory is too small, see '
            'config/fastdds.xml'
        )
        text = f'{text}. {hint}'
    return text


def explain_shared_topic(topic: str, count: int) -> str:
    """Return a warning if the topic of one camera has several publishers, '' otherwise."""
    if count < 2:
        return ''
    return f'{count} publishers share {topic}; expected one: give each camera its own topic'


def _suggest_topic(subscription: SubscriptionInfo, graph: Graph) -> str:
    """Return the end of a sentence that names a topic with the right or a related type."""
    topic, type_name = subscription.topic, subscription.type
    compressed = type_name == COMPRESSED
    other_transport = topic.removesuffix(SUFFIX) if compressed else topic + SUFFIX
    other_type = {RAW: COMPRESSED, COMPRESSED: RAW}.get(type_name)
    if other_type in graph.get(other_transport, ()) and not _is_result(other_transport, graph):
        if subscription.automatic:
            return f', but {other_transport} has, which will be used'
        transport = 'compressed' if other_type == COMPRESSED else 'raw'
        return f', but {other_transport} has: set the parameter `image_transport` to {transport}'
    types = (RAW, COMPRESSED) if subscription.automatic else (type_name,)
    others = [name for kind in types for name in _topics_with(kind, graph)]
    if not others:
        return f', nor has any other topic of type {" or ".join(types)}: start the publisher'
    # Depth images have the type of all images, but are no input: list them last.
    others.sort(key=lambda name: ('depth' in name.lower(), name))
    more = ', ...' if len(others) > MAX_LISTED_TOPICS else ''
    first = others[0]
    if COMPRESSED in graph[first]:
        first = first.removesuffix(SUFFIX)
    return (
        f'; topics of the same type: {", ".join(others[:MAX_LISTED_TOPICS])}{more}; '
        f'remap with `-r {subscription.name}:={first}`'
    )


def _topics_with(type_name: str, graph: Graph) -> list[str]:
    """Return the topics of a type that can be an input."""
    return [
        name
        for name, types in graph.items()
        if type_name in types
        and (type_name == TRACKS or not _is_result(name, graph))
        and (type_name != COMPRESSED or name.endswith(SUFFIX))
    ]


def _is_result(topic: str, graph: Graph) -> bool:
    """Return whether the topic is published by a tracker of this package, next to its tracks."""
    parent = topic.removesuffix(SUFFIX).rpartition('/')[0]
    return TRACKS in graph.get(f'{parent}/tracks', ())


def _suggest_for_type(found: str, subscription: SubscriptionInfo) -> str:
    """Return what to do about a topic with messages of the type `found`."""
    topic = subscription.topic
    if found == COMPRESSED:
        if topic.endswith(SUFFIX):
            remedy = f'remap with `-r {subscription.name}:={topic.removesuffix(SUFFIX)}`'
        else:
            remedy = (
                f'remap the output of the camera to {topic}{SUFFIX}, the name that '
                'image_transport uses,'
            )
        return f'{remedy} and set the parameter `image_transport` to compressed'
    if found == RAW:
        return 'set the parameter `image_transport` to raw and subscribe to this topic'
    return 'remap to a topic of the right type'
