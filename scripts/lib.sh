# What the scripts share: where things are, which tool versions, how to speak. Sourced, not run.
set -euo pipefail
caller=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

worker_build_version=0.8.7
wasm_bindgen_version=0.2.129 # the same as in crates/worker/Cargo.toml
worker_gzip_max=233472       # bytes of the whole worker, wasm and JavaScript: 228 KiB, so that it does not grow unseen

client_gzip_max=30720        # bytes of downbeat-client.js, WebAssembly in it: 30 KiB

# Tools that have to be compiled are kept outside the clone, so that every clone finds them.
tools=${XDG_CACHE_HOME:-$HOME/.cache}/downbeat/tools
# Python's packages: a folder per list of them, so that clones of different age do not take each other's away.
python_tools=$tools/python-$(cksum <scripts/requirements.txt | cut -d' ' -f1)
# npm's packages first: they hold Node 22, wrangler, esbuild and wasm-opt in the pinned versions.
case $PATH in
  "$root/node_modules/.bin:$tools/bin:$python_tools/bin:"*) ;;
  *) export PATH="$root/node_modules/.bin:$tools/bin:$python_tools/bin:$PATH" ;;
esac
# wrangler asks and tells nobody anything unless scripts/deploy really deploys.
export WRANGLER_SEND_METRICS=false WRANGLER_SEND_ERROR_REPORTS=false WRANGLER_WRITE_LOGS=false

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# The first comment of the calling script is its help.
help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 0; }

# The browser of the tests, under whichever name it is packaged.
find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable; }

bytes() { wc -c <"$1" | tr -d ' '; }
gzip_bytes() { gzip -9 -c "$1" | wc -c | tr -d ' '; }
