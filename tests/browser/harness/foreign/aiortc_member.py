"""A member of a mesh by aiortc: it speaks the same messages as the client, one a line of JSON on its standard input and output.

usage: aiortc_member.py ME OTHER

Reads {"from", "message"}, writes {"to", "message"} and {"event", …}: a colour that it sees, a text that it gets and sends back.
It sends a green picture and a tone. aiortc cannot take an offer back, so it makes one at the start only, if it is the impolite side.
"""

import asyncio
import fractions
import json
import sys
import time

from aiortc import RTCPeerConnection, RTCSessionDescription, VideoStreamTrack
from aiortc.mediastreams import AudioStreamTrack
from aiortc.sdp import candidate_from_sdp
from av import VideoFrame

me, other = sys.argv[1:]
session = int(time.time() * 1e6)
peer = None
sent = 0


def write(line):
    print(json.dumps(line), flush=True)


def describe(part):
    sides = {"session": session} if peer is None else {"session": session, "peer": peer}
    write({"to": other, "message": {"description": {**sides, **part}}})


class Green(VideoStreamTrack):
    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(64, 64, "rgb24")
        frame.planes[0].update(bytes((0, 160, 0)) * (frame.planes[0].buffer_size // 3))
        frame.pts, frame.time_base = pts, time_base
        return frame


async def watch(track):
    seen = None
    while True:
        plane = bytes((await track.recv()).reformat(format="rgb24").planes[0])
        middle = len(plane) // 2 // 3 * 3
        red, green, blue = plane[middle : middle + 3]
        color = "red" if red > 150 and max(green, blue) < 90 else "blue" if blue > 150 and max(red, green) < 90 else "other"
        if color != seen:
            seen = color
            write({"event": "sees", "color": color})


def connect():
    connection = RTCPeerConnection()
    channel = connection.createDataChannel("downbeat", negotiated=True, id=0)
    channel.on("open", lambda: channel.send("from aiortc"))
    channel.on("message", lambda data: (write({"event": "got", "data": data if isinstance(data, str) else list(data)}), channel.send(data)))
    connection.addTrack(Green())
    connection.addTrack(AudioStreamTrack())
    connection.on("track", lambda track: asyncio.ensure_future(watch(track)) if track.kind == "video" else None)
    connection.on("connectionstatechange", lambda: write({"event": "state", "state": connection.connectionState}))
    return connection


async def local(connection, description):
    global sent
    # It gathers all candidates first, and they are part of the description.
    await connection.setLocalDescription(description)
    sent += 1
    describe({"type": connection.localDescription.type, "sdp": connection.localDescription.sdp, "n": sent})


async def main():
    global peer
    lines = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    connection = connect()
    describe({"type": "hello"})
    while line := await lines.readline():
        message = json.loads(line)["message"]
        part = message.get("description") or message["candidate"]
        is_new = part["session"] != peer
        peer = part["session"]
        kind = part.get("type", "candidates")
        if kind == "hello":
            if part.get("peer") != session:
                describe({"type": "hello"})
            if is_new and me > other:
                await local(connection, await connection.createOffer())
        elif kind == "offer":
            await connection.setRemoteDescription(RTCSessionDescription(part["sdp"], "offer"))
            await local(connection, await connection.createAnswer())
        elif kind == "answer":
            await connection.setRemoteDescription(RTCSessionDescription(part["sdp"], "answer"))
        elif kind == "candidates":
            for one in part["list"]:
                candidate = candidate_from_sdp(one["candidate"].split(":", 1)[1])
                candidate.sdpMid, candidate.sdpMLineIndex = one.get("sdpMid"), one.get("sdpMLineIndex")
                await connection.addIceCandidate(candidate)
        elif kind == "closed":
            break
    await connection.close()
    write({"event": "left"})


asyncio.run(main())
