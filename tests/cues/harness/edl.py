"""Reads an edit decision list with OpenTimelineIO, and writes its clips as JSON: track, name, and record times in frames."""

import json
import sys

import opentimelineio as otio

numerator, denominator = (int(part) for part in sys.argv[1].split("/"))
rate = numerator / denominator
timeline = otio.adapters.read_from_string(sys.stdin.read(), "cmx_3600", rate=rate)
clips = []
for track in timeline.tracks:
    # The adapter counts a track from its first clip, and says with a minus where that is.
    begin = -track.source_range.start_time.to_frames()
    for clip in track.find_clips():
        within = track.range_of_child(clip)
        start, frames = begin + within.start_time.to_frames(), within.duration.to_frames()
        clips.append({"track": track.name, "name": clip.name, "from": start, "frames": frames})
json.dump(clips, sys.stdout)
