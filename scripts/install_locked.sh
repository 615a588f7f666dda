#!/bin/sh
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Install requirements files: only what they list, and only files with the hashes that they list.
# Where torch is the build for CUDA, what that needs is installed too.
# Usage: install_locked.sh PYTHON FILE ...
set -e
python=$1
shift

install() {
  for file; do
    set -- "$@" --requirement "$file"
    shift
  done
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes "$@"
}

install "$@"
"$python" -m pip show --quiet torch 2>/dev/null || exit 0
if "$python" -m pip show torch | grep -q '^Requires:.*nvidia'; then
  install "$(dirname "$0")/../requirements-cuda.txt"
fi
