// WebAssembly that is embedded in JavaScript: deflated by `pack.ts`, so that a file is all there is to serve.

/** Compiles a module. */
export function compile(packed: string): Promise<WebAssembly.Module> {
  const stream = new Blob([decode(packed)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer().then(WebAssembly.compile);
}

/**
 * Returns the bytes of a text that `pack.ts` wrote: six bits a character, as base64, but of the characters `#` to `?`, `[`, and `]`
 * to `~`. Those are the ones that minified code consists of: compressed together, neither makes the other longer.
 */
export function decode(packed: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array((packed.length * 6) >> 3);
  let bits = 0;
  let at = 0;
  for (let place = 0; place < packed.length; place++) {
    const code = packed.charCodeAt(place);
    bits = (bits << 6) | (code < 64 ? code - 35 : code < 92 ? 29 : code - 63);
    if (place & 3) bytes[at++] = bits >> (6 - (place & 3) * 2);
  }
  return bytes;
}
