# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Bags that rosbags does not support, read by the storage plugins of an installed ROS 2."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from rosbags.interfaces import MessageDefinition

from fairmot_ros.evaluation.bags.errors import BagError
from fairmot_ros.evaluation.bags.salvage import FORMATS


class PluginStorage:
    """A bag that rosbag2_py can open; see `Storage`."""

    def __init__(self, path: Path, refusal: str, *, compressed: bool) -> None:
        """Open a bag.

        Args:
            path: folder of the bag.
            refusal: why rosbags cannot read it, as a sentence for errors.
            compressed: whether files or messages are compressed.

        Raises:
            BagError: if rosbag2_py is not installed or cannot read the bag either.
        """
        try:
            import rosbag2_py
        except ImportError:
            raise BagError(refusal) from None
        self._path = path
        self._compressed = compressed
        self._module = rosbag2_py
        self.damage = ''
        try:
            reader = self._open()
            information = reader.get_metadata()
        except RuntimeError as error:
            raise BagError(f'{refusal}; rosbag2_py cannot read it either: {error}') from error
        self.topics = {
            topic.topic_metadata.name: (topic.topic_metadata.type, topic.message_count)
            for topic in information.topics_with_message_count
        }
        self.encodings: dict[str, str] = {}  # empty, as the plugin converts messages to CDR
        self.definitions = {}
        if hasattr(reader, 'get_all_message_definitions'):  # since Iron
            self.definitions = {
                d.topic_type: MessageDefinition(FORMATS[d.encoding], d.encoded_message_definition)
                for d in reader.get_all_message_definitions()
                if d.encoding in FORMATS
            }

    def messages(self, topics: Collection[str]) -> Iterator[tuple[str, int, bytes]]:
        """See `Storage`."""
        reader = self._open()
        reader.set_filter(self._module.StorageFilter(topics=sorted(topics)))
        try:
            while reader.has_next():
                topic, data, time = reader.read_next()
                yield topic, time, data
        except RuntimeError as error:
            self.damage = f'{self._path} is damaged ({error}): only messages before it are used'

    def _open(self) -> Any:
        kind = 'SequentialCompressionReader' if self._compressed else 'SequentialReader'
        reader = getattr(self._module, kind)()
        reader.open(
            self._module.StorageOptions(uri=str(self._path), storage_id=''),
            self._module.ConverterOptions('cdr', 'cdr'),
        )
        return reader
