#!/bin/sh
# Waits until whoever holds our standard input is gone, however it went; then ends process $1 and removes folder $2, where named.
read -r _
[ -n "$1" ] && kill -9 "$1" 2>/dev/null
[ -z "$2" ] && exit
# Processes that write there are being ended by watchdogs of their own.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$2" 2>/dev/null && exit
  sleep 0.2
done
