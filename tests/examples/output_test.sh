#!/usr/bin/env bash
# output_test.sh PROGRAM LINES [ARGUMENT...]: fails if the program does, or if a line of the file LINES does not stand in
# its output, after the ones before it.
set -uo pipefail
program=$1
lines=$2
shift 2
output=$("$program" "$@") || { echo "$output"; echo "FAILED: exit code $?"; exit 1; }
echo "$output"
rest=$output
while IFS= read -r line; do
  case $rest in
    *"$line"*) rest=${rest#*"$line"} ;;
    *)
      echo "FAILED: not in the output, or not in this order: $line"
      exit 1
      ;;
  esac
done <"$lines"
