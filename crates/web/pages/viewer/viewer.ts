// The viewer page: what an audience has open. Each file beside this one is one part of it.

import { joinEvent } from "../shared/event.ts";
import { light } from "../shared/light.ts";
import { message } from "../shared/message.ts";
import { captions } from "./captions.ts";
import { clip, fetchClip } from "./clip.ts";
import { details } from "./details.ts";
import { effects } from "./effects.ts";
import { fullScreen } from "./full-screen.ts";
import { tick } from "./tick.ts";
import { veil } from "./veil.ts";

const one = <Element extends HTMLElement>(id: string) => document.querySelector<Element>(`#${id}`)!;

// Half a megabyte: on its way while the event is being joined.
const fetched = fetchClip();
const event = await joinEvent();

// What is said about the event.
veil({ veil: one("veil"), before: one("veil-before"), words: one("veil-words"), after: one("veil-after") }, event);
message(one("message"), event);
light(one("light"), event);

// What is seen of it.
const video = clip(one<HTMLVideoElement>("clip"), one("play"), fetched, event);
const canvas = one<HTMLCanvasElement>("particles");
effects({ show: one("show"), canvas, curtain: one("curtain"), card: one("card") }, event);
captions(one("states"), one("moments"), event);

details({ title: one("title"), position: one("position"), drift: one("drift") }, event, video);
fullScreen(one("full"), one("show"));
tick(event);
