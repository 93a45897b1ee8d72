#!/usr/bin/env bash
# Runs house_test.py on the workspace that WORKSPACE links into.
set -euo pipefail
root=$(dirname "$(readlink -f WORKSPACE)")
exec python3 tests/house/house_test.py "$root"
