// Drawing a QR code. lean-qr computes it; here it becomes one path of an SVG, as no file of the page parses HTML.

import { generate } from "lean-qr";

const SVG = "http://www.w3.org/2000/svg";

/** The empty margin that scanners need, in modules. Source: ISO/IEC 18004. */
const MARGIN = 4;

/** Returns a picture of the QR code of `text`. */
export function qrCode(text: string, label: string): SVGSVGElement {
  const code = generate(text);
  let path = "";
  for (let y = 0; y < code.size; y++) {
    for (let x = 0; x < code.size; x++) if (code.get(x, y)) path += `M${x} ${y}h1v1h-1z`;
  }
  const svg = document.createElementNS(SVG, "svg");
  const size = code.size + 2 * MARGIN;
  svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${size} ${size}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const modules = document.createElementNS(SVG, "path");
  modules.setAttribute("d", path);
  svg.append(modules);
  return svg;
}
