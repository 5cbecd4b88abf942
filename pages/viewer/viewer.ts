// The viewer page: what an audience has open. Each file beside this one is one part of it.

import { find } from "../shared/dom.ts";
import { joinEvent } from "../shared/event.ts";
import { fullScreen } from "../shared/full-screen.ts";
import { light } from "../shared/connection-light.ts";
import { message } from "../shared/message.ts";
import { captions } from "./captions.ts";
import { clip, fetchClip } from "./clip.ts";
import { details } from "./details.ts";
import { effects } from "./effects.ts";
import { tick } from "./ticker.ts";
import { veil } from "./overlay.ts";

// The whole page goes there: the operator's message must not stay behind.
fullScreen(find("full"), find("show"));

// Half a megabyte: on its way while the event is being joined.
const fetched = fetchClip();
const event = await joinEvent();

// What is said about the event.
veil({ veil: find("veil"), before: find("veil-before"), words: find("veil-words"), after: find("veil-after") }, event);
message(find("message"), event);
light(find("light"), event);

// What is seen of it.
const video = clip(find<HTMLVideoElement>("clip"), find("play"), fetched, event);
const canvas = find<HTMLCanvasElement>("particles");
effects({ show: find("show"), canvas, curtain: find("curtain"), card: find("card") }, event);
captions(find("states"), find("moments"), event);

details({ title: find("title"), position: find("position"), drift: find("drift") }, event, video);
tick(event);
