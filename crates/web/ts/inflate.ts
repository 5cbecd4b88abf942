// WebAssembly that is embedded in JavaScript: deflated by `pack.ts`, so that a file is all there is to serve.

/** Compiles a module. */
export function compile(packed: string): Promise<WebAssembly.Module> {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Response(stream).arrayBuffer().then(WebAssembly.compile);
}
