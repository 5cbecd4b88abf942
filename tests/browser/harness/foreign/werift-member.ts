// A member of a mesh by werift: it speaks the same messages as the client, one a line of JSON on its standard input and output.
//
// usage: node werift-member.ts ME OTHER
//
// Reads {"from", "message"}, writes {"to", "message"} and {"event", …}: that packets of a picture come, and texts, which it sends back.

import { createInterface } from "node:readline";

// Not among the project's packages: tests that use it say so if it is missing.
const name = "werift";
const { RTCPeerConnection } = await import(name);

const [me, other] = process.argv.slice(2) as [string, string];
const session = Date.now() * 1_000;
let peer: number | undefined;
let sent = 0;

const write = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const sides = () => (peer === undefined ? { session } : { session, peer });
const describe = (part: object) => write({ to: other, message: { description: { ...sides(), ...part } } });

const connection = new RTCPeerConnection({ iceUseIpv6: false });
const channel = connection.createDataChannel("downbeat", { negotiated: true, id: 0 });
channel.stateChanged.subscribe((state: string) => { if (state === "open") channel.send("from werift"); });
channel.onMessage.subscribe((data: string | Buffer) => {
  write({ event: "got", data: typeof data === "string" ? data : [...data] });
  channel.send(data);
});
let packets = 0;
connection.onTrack.subscribe((track: any) => {
  track.onReceiveRtp.subscribe(() => { if (track.kind === "video" && ++packets === 10) write({ event: "packets" }); });
});
connection.onIceCandidate.subscribe((candidate: any) => {
  if (candidate) write({ to: other, message: { candidate: { ...sides(), list: [candidate.toJSON?.() ?? candidate] } } });
});

async function local(make: () => Promise<any>): Promise<void> {
  await connection.setLocalDescription(await make());
  const { type, sdp } = connection.localDescription;
  describe({ type, sdp, n: ++sent });
}

describe({ type: "hello" });
for await (const line of createInterface({ input: process.stdin })) {
  const { description, candidate } = JSON.parse(line).message;
  const part = description ?? candidate;
  const isNew = part.session !== peer;
  peer = part.session;
  if (candidate) {
    for (const one of candidate.list) await connection.addIceCandidate(one);
  } else if (part.type === "hello") {
    if (part.peer !== session) describe({ type: "hello" });
    if (isNew && me > other) await local(() => connection.createOffer());
  } else if (part.type === "closed") {
    break;
  } else {
    await connection.setRemoteDescription({ type: part.type, sdp: part.sdp });
    if (part.type === "offer") await local(() => connection.createAnswer());
  }
}
await connection.close();
write({ event: "left" });
process.exit();
