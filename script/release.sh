#!/usr/bin/env bash
# Makes a release of this commit: one more commit that adds the result of all its tests, tested.json.
# Demands that script/test --all has passed for this very commit.
#   script/release.sh --check   whether this clone is such a release (exit status 0) or not (1)
#   script/release.sh --tree    the name of all files but the result, as git names trees
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
record=tested.json result=.cache/tested.json

tree() { git ls-tree HEAD | grep -v $'\t'"$record\$" | git mktree; }

changed() { [ -n "$(git status --porcelain)" ]; }

is_of_this_tree() { grep -qxF "  \"tree\": \"$(tree)\"," "$1" 2>/dev/null; } # file

refuse() { echo "$1" >&2 && exit 1; }

case ${1:-} in
  --tree) tree ;;
  --check)
    ! changed || refuse 'Not a release: there are uncommitted changes.'
    is_of_this_tree $record || refuse "Not a release: $record is not the result of these files."
    cat $record ;;
  '')
    ! changed || refuse 'There are uncommitted changes. Commit them, then run script/test --all.'
    ! is_of_this_tree $record || refuse 'This is a release already.'
    is_of_this_tree $result || refuse 'Not all tests have passed for this commit. Run script/test --all.'
    cp $result $record
    git add $record
    git commit --quiet --message "Release: all tests have passed" ;;
  *) echo 'usage: script/release.sh [--check | --tree]' >&2 && exit 2 ;;
esac
