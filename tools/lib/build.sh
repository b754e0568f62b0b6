# SPDX-License-Identifier: Apache-2.0
# Sourced by tools/demo, tools/test and tools/bench. build_in FOLDER [MESON OPTION...]: configures once, builds what changed, and is silent
# when all is well.
build_in() {
  local folder=$1
  shift
  [ -e "$folder/build.ninja" ] || meson setup "$folder" "$@" >/dev/null
  meson compile -C "$folder" >"$folder/compile.log" 2>&1 || { cat "$folder/compile.log" >&2; return 1; }
}
