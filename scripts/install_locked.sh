#!/bin/sh
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Install requirements files: only what they list, and only files with the hashes that they list.
# Usage: install_locked.sh PYTHON FILE ...
# As FILE, `torch` stands for requirements-cpu.txt where pip finds that build, and otherwise for
# requirements-cuda.txt: a build of the same version that needs 3 GB more.
set -e
python=$1
shift

install() {
  "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes "$@"
}

for file; do
  if [ "$file" = torch ]; then
    if ! said=$(install --requirement requirements-cpu.txt 2>&1); then
      case $said in
        *'No matching distribution'* | *ResolutionImpossible*) # the latter with a constraint on torch
          echo 'torch without CUDA was not found: installing the build with CUDA, 3 GB more' >&2
          install --requirement requirements-cuda.txt
          ;;
        *)
          echo "$said" >&2
          exit 1
          ;;
      esac
    fi
  else
    install --requirement "$file"
  fi
done
