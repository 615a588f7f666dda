#!/bin/sh
# Copyright 2026 the fairmot_ros contributors
# SPDX-License-Identifier: Apache-2.0

# Create a virtual environment with requirements.txt without ROS 2, for any Python version that the
# library supports. Usage: plain_environment.sh FOLDER [PYTHON]
set -e
folder=$1
python=${2:-python3}

[ -e "$folder/installed" ] && exit 0
mkdir -p "$folder"
"$python" -m venv --clear "$folder"
"$(dirname "$0")/install_locked.sh" "$folder/bin/python" torch requirements.txt \
  requirements-lock.txt
touch "$folder/installed"
