#!/bin/bash
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Train on packed datasets up to a time limit; the same command resumes the run. For a GPU machine
# with this checkout, data/packed/training.tar.gz and the weights given in the configuration.
# Usage: scripts/train_packed.sh [CONFIG]; PYTHON=, MINUTES= and DEVICE= change the defaults.
set -euo pipefail
cd "$(dirname "$0")/.."
config=${1:-config/training/yolox_nano_detector.yaml}
sets=data/packed/sets
if ! [ -d "$sets" ]; then
  rm -rf "$sets.partial" && mkdir -p "$sets.partial"
  tar xzf data/packed/training.tar.gz -C "$sets.partial"
  mv "$sets.partial" "$sets"
fi
exec "${PYTHON:-python3}" -m fairmot_ros.cli.train "$config" --data "$sets" \
  --device "${DEVICE:-auto}" --minutes "${MINUTES:-8}"
