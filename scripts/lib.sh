# What the scripts share: paths, tool versions, output. Sourced, not run.
set -euo pipefail
caller=$PWD
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

worker_gzip_max=409600       # bytes of the whole worker, wasm and JavaScript: 400 KiB, so that growth is noticed

client_gzip_max=30720        # bytes of downbeat-client.js with its WebAssembly: 30 KiB

media_gzip_max=12288         # bytes of downbeat-media.js, which only pages with media load: 12 KiB

# Where the program is that writes the worker's JavaScript.
bindgen_folder=${CARGO_TARGET_DIR:-target}/quick

# Compiled tools are kept outside the clone, so that all clones share them.
tools=${XDG_CACHE_HOME:-$HOME/.cache}/downbeat/tools
# Python's packages: a folder for each version of the list, so that clones of different age do not replace each other's.
python_tools=$tools/python-$(cksum <scripts/requirements.txt | cut -d' ' -f1)
# npm's packages first: they hold Node 22, wrangler, esbuild and wasm-opt in the pinned versions.
case $PATH in
  "$root/node_modules/.bin:$tools/bin:$python_tools/bin:"*) ;;
  *) export PATH="$root/node_modules/.bin:$tools/bin:$python_tools/bin:$PATH" ;;
esac
# wrangler sends no metrics or reports unless scripts/deploy really deploys.
export WRANGLER_SEND_METRICS=false WRANGLER_SEND_ERROR_REPORTS=false WRANGLER_WRITE_LOGS=false

say() { printf '%s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# Prints the first comment of the calling script.
help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; exit 0; }

# Finds the browser for the tests, under any of the names it is packaged as.
find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome || command -v google-chrome-stable; }

# Finds the other engines: Firefox, and WebKit with a screen that nobody sees.
find_firefox() { command -v firefox-esr || command -v firefox; }
find_webkit() { command -v WebKitWebDriver && command -v Xvfb && ls /usr/lib/*/webkit2gtk-4.1/MiniBrowser; } 2>/dev/null

bytes() { wc -c <"$1" | tr -d ' '; }
gzip_bytes() { gzip -9 -c "$1" | wc -c | tr -d ' '; }
