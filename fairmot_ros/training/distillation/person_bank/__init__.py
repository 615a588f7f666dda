# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0
"""Training of the embedding alone, on a bank of people with the embeddings of a teacher.

The bank stores windows of single people with randomly changed light and clothes, each with the
embedding that a re-identification teacher computes for exactly that window. This gives many
appearances from few people. Training draws the windows side by side on canvases, at other sizes
and with lower quality, and the network learns to reproduce the teacher's embedding.
"""
