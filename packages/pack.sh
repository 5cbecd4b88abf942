# Puts the npm packages together from what scripts/build made. Sourced by scripts/release.

# Adds to a package.json what is known only at a release: the repository that it is built in.
with_repository() {
  [ -z "${GITHUB_REPOSITORY-}" ] || node -e '
    const fs = require("fs"), [, file, repository] = process.argv, json = JSON.parse(fs.readFileSync(file, "utf8"));
    json.repository = { type: "git", url: `git+https://github.com/${repository}.git` };
    fs.writeFileSync(file, `${JSON.stringify(json, null, 2)}\n`);' "$1" "$GITHUB_REPOSITORY"
}

# Makes the package downbeat-worker in the folder $1; $2 is the command line, which compiles the demo's cues.
pack_worker() {
  local out=$1 program=$2 parts=node_modules/downbeat-worker
  mkdir -p "$out"/{bin,worker,serve}
  esbuild packages/worker/src/main.ts --bundle --platform=node --format=esm --target=node22 --packages=external --log-level=warning \
    --outfile="$out/bin/downbeat-worker.js"
  chmod 755 "$out/bin/downbeat-worker.js"
  cp build/{entry.js,index.js,index_bg.wasm} "$out/worker"
  "$program" cues compile cues/good/demo.jsonc --out "$out/demo.json" --quiet
  cp packages/worker/src/front.js "$out/serve"
  cp -r build/pages packages/worker/examples packages/worker/{package.json,README.md} LICENSE "$out"
  # What EMERGENCY_URL says is each user's own: deploy and serve put it in.
  if grep -q '<meta name="downbeat-emergency" content="[^"]' "$out"/pages/*.html; then
    die "build/pages/ names somebody's EMERGENCY_URL; delete build/pages and try again without it"
  fi
  sed -e "s|^main = .*|main = \"$parts/worker/entry.js\"|" -e "s|^directory = .*|directory = \"$parts/pages\"|" wrangler.toml >"$out/wrangler.toml"
  with_repository "$out/package.json"
}

# Makes the package downbeat-client in the folder $1.
pack_client() {
  local out=$1
  mkdir -p "$out"
  cp -r build/client/. "$out"
  # The pages' own copy has no such line: they do not serve the map.
  for file in client media room; do printf '//# sourceMappingURL=downbeat-%s.js.map\n' $file >>"$out/downbeat-$file.js"; done
  with_repository "$out/package.json"
}
