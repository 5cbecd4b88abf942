#!/bin/sh
# Installs the command line "downbeat": downloads it for this system from the release, checks its SHA-256, and puts it into a folder.
# It needs no root, and changes nothing else.
#
# usage: sh install.sh [--to DIR]
#   --to DIR   where to put the program ($HOME/.local/bin)
#
# DOWNBEAT_RELEASES names another place with the same files, such as https://mirror.example/downbeat, in which there is a folder
# for each version.
set -eu

version='@VERSION@'
releases=${DOWNBEAT_RELEASES:-@RELEASES@}

say() { printf '%s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

# In a function, so that a download of this script that breaks off runs nothing.
main() {
  folder=${HOME:-}/.local/bin
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help) usage && return ;;
      --to) [ $# -gt 1 ] || die "--to needs a folder"; folder=$2 && shift 2 ;;
      *) die "install.sh does not know '$1'; see sh install.sh --help" ;;
    esac
  done
  [ -n "$releases" ] || die "this copy of install.sh does not know where the releases are: set DOWNBEAT_RELEASES"
  case $folder in /.local/bin) die "HOME is not set; name a folder with --to" ;; /*) ;; *) folder=$PWD/$folder ;; esac
  name=downbeat-$version-$(target)
  work=$(mktemp -d "${TMPDIR:-/tmp}/downbeat-install.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM
  say "downloading $name.tar.gz"
  for file in "$name.tar.gz" SHA256SUMS; do
    download "$releases/v$version/$file" "$work/$file" ||
      die "$releases/v$version/$file cannot be downloaded; nothing was changed"
  done
  sum=$(grep -F " $name.tar.gz" "$work/SHA256SUMS" | cut -c1-64) || true
  [ ${#sum} = 64 ] || die "SHA256SUMS of the release does not name $name.tar.gz; nothing was changed"
  have=$(sha256 "$work/$name.tar.gz")
  [ "$sum" = "$have" ] || die "$name.tar.gz is not the file of the release: its SHA-256 is $have, and not $sum; nothing was changed"
  tar -xzf "$work/$name.tar.gz" -C "$work"
  # Before it replaces one that works.
  "$work/$name/downbeat" --version >"$work/version" 2>"$work/why" ||
    die "downbeat does not run on this system; nothing was changed: $(cat "$work/why")"
  mkdir -p "$folder" || die "$folder cannot be made; name another folder with --to"
  # At once, so that whoever starts it meanwhile gets the old one or the new one.
  cp "$work/$name/downbeat" "$folder/.downbeat-$$" && mv -f "$folder/.downbeat-$$" "$folder/downbeat" ||
    { rm -f "$folder/.downbeat-$$"; die "$folder cannot be written to; name another folder with --to"; }
  say "installed $(cat "$work/version") as $folder/downbeat"
  case ":${PATH:-}:" in
    *":$folder:"*)
      found=$(command -v downbeat || true)
      [ "$found" = "$folder/downbeat" ] || say "but \"downbeat\" is $found on your PATH: remove that one, or put $folder before it"
      ;;
    *) path_advice ;;
  esac
  say "next: downbeat --help; for your shell's completions: downbeat completions --help"
}

usage() {
  cat <<END
Installs the command line "downbeat" $version: downloads it for this system, checks its SHA-256, and puts it into a folder.

usage: sh install.sh [--to DIR]
  --to DIR   where to put the program (\$HOME/.local/bin)

DOWNBEAT_RELEASES names another place with the same files: $releases
END
}

# Prints the system's name as the release's files have it.
target() {
  machine=$(uname -m)
  case $machine in
    x86_64 | amd64) arch=x86_64 ;;
    arm64 | aarch64) arch=aarch64 ;;
    *) die "there is no downbeat for the processor $machine; build it from source: docs/operate.md" ;;
  esac
  system=$(uname -s)
  case $system in
    Linux)
      case $(ldd --version 2>&1 || true) in *musl*) die "the release is linked with glibc, and this system has musl; build it from source: docs/operate.md" ;; esac
      say "$arch-unknown-linux-gnu"
      ;;
    Darwin)
      # A shell that Rosetta translates says x86_64 on Apple's own processor.
      [ "$(sysctl -n hw.optional.arm64 2>/dev/null || true)" != 1 ] || arch=aarch64
      say "$arch-apple-darwin"
      ;;
    *) die "there is no downbeat for $system here; on Windows use install.ps1" ;;
  esac
}

# Downloads $1 to the file $2; a release only over HTTPS, also after a redirection.
download() {
  case $1 in https:*) secure=true ;; *) secure=false ;; esac
  if command -v curl >/dev/null; then
    if $secure; then set -- "$1" "$2" --proto =https --tlsv1.2; fi
    url=$1 out=$2 && shift 2
    curl --fail --silent --show-error --location --retry 3 "$@" --output "$out" "$url"
  elif command -v wget >/dev/null; then
    if $secure; then wget --quiet --https-only --output-document="$2" "$1"; else wget --quiet --output-document="$2" "$1"; fi
  else
    die "neither curl nor wget is here to download with"
  fi
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum "$1" | cut -c1-64
  elif command -v shasum >/dev/null; then shasum -a 256 "$1" | cut -c1-64
  elif command -v openssl >/dev/null; then openssl dgst -sha256 -r "$1" | cut -c1-64
  else die "none of sha256sum, shasum and openssl is here to check the download with"
  fi
}

path_advice() {
  shown=$folder
  case $folder in "${HOME:-/nowhere}"/*) shown="\$HOME${folder#"$HOME"}" ;; esac
  say "$folder is not on your PATH yet; to add it, for every new terminal:"
  case ${SHELL:-} in
    */fish) say "  fish_add_path \"$shown\"" ;;
    */zsh) say "  echo 'export PATH=\"$shown:\$PATH\"' >>~/.zshrc" ;;
    */bash) say "  echo 'export PATH=\"$shown:\$PATH\"' >>~/.bashrc" ;;
    *) say "  echo 'export PATH=\"$shown:\$PATH\"' >>~/.profile" ;;
  esac
}

main "$@"
