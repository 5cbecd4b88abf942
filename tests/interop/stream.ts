// A live DASH stream, as an origin serves it: a segment is there once its last frame has been shot, and not before. Its one segment,
// a test picture of two seconds, is the same each time but for its number.
//
// stream/ was made by Debian's ffmpeg 7:
//   ffmpeg -f lavfi -i testsrc=size=160x90:rate=10:duration=2 -an -c:v libx264 -profile:v baseline -preset veryslow -crf 45 -g 20
//     -keyint_min 20 -sc_threshold 0 -threads 1 -pix_fmt yuv420p -bitexact -map_metadata -1 -f dash -seg_duration 2 -use_template 1
//     -use_timeline 0 -init_seg_name init.mp4 -media_seg_name 'segment.m4s' out.mpd
// without what comes before the segment's first "moof".

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ROOT } from "../edge/harness/runtime.ts";

const read = (path: string) => readFileSync(`${ROOT}/tests/interop/${path}`);
const [INIT, SEGMENT] = [read("stream/init.mp4"), read("stream/segment.m4s")];

/** How long a segment is, in ms and in the units of the file. */
const SEGMENT_MS = 2_000;
const SEGMENT_UNITS = 20_480n;

/** Where the segment says when it begins: in the box "tfdt", whose version 1 has 64 bits. */
const BEGINS_AT = SEGMENT.indexOf("tfdt") + 8;

/** For how long the stream has been on air, in ms: longer than the page's clock is wrong, or a wrong clock would not matter. */
const ON_AIR = 7_200_000;

export interface Stream {
  readonly url: string;
  /** When the stream began, in ms since 1970. */
  readonly began: number;
  /** The paths that were asked for before there was anything, or after it had gone. */
  readonly missed: string[];
  /** Serves a manifest of the test's own at `path`. */
  put(path: string, manifest: string): void;
  end(): void;
}

/** A recording of so many segments, as a packager writes its manifest. */
export function recording(segments: number): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="static"
  mediaPresentationDuration="PT${(segments * SEGMENT_MS) / 1_000}S" minBufferTime="PT2S">
  <Period id="0" start="PT0S">
    <AdaptationSet contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
      <SegmentTemplate timescale="1000" duration="${SEGMENT_MS}" startNumber="0" initialization="init.mp4" media="recorded-$Number$.m4s"/>
      <Representation id="0" codecs="avc1.42c00c" bandwidth="14000" width="160" height="90" frameRate="10"/>
    </AdaptationSet>
  </Period>
</MPD>
`;
}

/** Serves the stream, whose manifest names `utcTiming` as a pair of scheme and URL; the players; and what tests `put`. */
export async function stream(utcTiming: readonly [scheme: string, url: string] | undefined): Promise<Stream> {
  const began = Math.floor((Date.now() - ON_AIR) / SEGMENT_MS) * SEGMENT_MS;
  const missed: string[] = [];
  const put = new Map<string, string>();
  const manifest = `<?xml version="1.0" encoding="utf-8"?>
<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011" type="dynamic"
  availabilityStartTime="${new Date(began).toISOString()}" publishTime="${new Date(began).toISOString()}"
  minimumUpdatePeriod="PT60S" timeShiftBufferDepth="PT30S" suggestedPresentationDelay="PT6S" minBufferTime="PT2S">
  <Period id="0" start="PT0S"><AdaptationSet contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">
    <SegmentTemplate timescale="1000" duration="${SEGMENT_MS}" startNumber="0" initialization="init.mp4" media="$Number$.m4s"/>
    <Representation id="0" codecs="avc1.42c00c" bandwidth="14000" width="160" height="90" frameRate="10"/>
  </AdaptationSet></Period>
  ${utcTiming === undefined ? "" : `<UTCTiming schemeIdUri="${utcTiming[0]}" value="${utcTiming[1].replaceAll("&", "&amp;")}"/>`}
</MPD>`;
  const answer = (path: string): [type: string, body: string | Buffer] | undefined => {
    switch (path) {
      case "/": return ["text/html", "<!doctype html><title>a player</title><video muted width=320></video>"];
      case "/live.mpd": return ["application/dash+xml", manifest];
      case "/init.mp4": return ["video/mp4", INIT];
      case "/dash.js": return ["text/javascript", read("node_modules/dashjs/dist/modern/umd/dash.all.min.js")];
      case "/shaka.js": return ["text/javascript", read("node_modules/shaka-player/dist/shaka-player.compiled.js")];
    }
    const own = put.get(path);
    if (own !== undefined) return ["application/dash+xml", own];
    const [, recorded, digits] = /^\/(recorded-)?(\d+)\.m4s$/.exec(path) ?? [];
    const number = Number(digits ?? NaN);
    const age = Date.now() - (began + (number + 1) * SEGMENT_MS);
    if (recorded === undefined && !(age >= 0 && age < 60_000)) return undefined;
    const segment = Buffer.from(SEGMENT);
    segment.writeBigUInt64BE(BigInt(number) * SEGMENT_UNITS, BEGINS_AT);
    return ["video/mp4", segment];
  };
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://stream").pathname;
    const found = answer(path);
    if (found === undefined) missed.push(path);
    response.writeHead(found === undefined ? 404 : 200, { "content-type": found?.[0] ?? "text/plain" }).end(found?.[1]);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    began,
    missed,
    put: (path, manifest) => void put.set(path, manifest),
    end() {
      server.close();
      server.closeAllConnections();
    },
  };
}
