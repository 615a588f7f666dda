#!/bin/sh
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Create a virtual environment with torch, NumPy, SciPy and OpenCV of Debian 12, the oldest
# versions that fairmot_ros supports, and the further packages that the tests need.
set -e
folder=$1
python=/usr/bin/python3
packages='python3-torch python3-opencv python3-scipy python3-numpy python3-yaml python3-tqdm python3-venv'

if ! $python -c 'import cv2, numpy, scipy, torch, venv, yaml' 2>/dev/null; then
  echo "fairmot_ros: system packages are missing: apt-get install $packages" >&2
  exit 2
fi
[ -x "$folder/bin/pytest" ] && exit 0
mkdir -p "$folder"
$python -m venv --clear --system-site-packages "$folder"
# Keeps pip from replacing the NumPy of the system, which is to be tested.
numpy=$($python -c 'import numpy; print(numpy.__version__)')
"$folder/bin/pip" install --quiet --disable-pip-version-check "numpy==$numpy" \
  lap==0.5.13 Jinja2==3.1.6 rosbags==0.11.9 mcap==1.6.0 mcap-ros2-support==0.6.0 pytest==8.3.5 \
  $(grep -o '^hypothesis==[0-9.]*' requirements.txt || true)
