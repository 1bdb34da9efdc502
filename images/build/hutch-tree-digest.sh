#!/bin/sh
# Prints the sha256 of a file tree: of every file's name, kind, mode, owner and group by number, link target and content,
# and of nothing else; when a file was changed does not count.
#
# usage: hutch-tree-digest.sh FOLDER
set -eu
export LC_ALL=C

cd "$1"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Names may hold anything but NUL, and no two slashes in a row.
find . -xdev -printf '%P//%y %m %U:%G %l\0' >"$work/entries"
find . -xdev -type f -print0 >"$work/files"
sort -z "$work/files" >"$work/sorted"
xargs -0 -r sha256sum -z -- <"$work/sorted" >"$work/contents"
sort -z "$work/entries" >"$work/sorted"
cat "$work/sorted" "$work/contents" | sha256sum | cut -d ' ' -f 1
