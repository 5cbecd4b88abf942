// The viewer page, which the audience has open. Each file beside this one is one part of it.

import { connectionLight } from "../shared/connection-light.ts";
import { find } from "../shared/dom.ts";
import { eventName, joinEvent } from "../shared/event.ts";
import { fullScreen } from "../shared/full-screen.ts";
import { showMessage } from "../shared/message.ts";
import { loadWords } from "../shared/words.ts";
import { captions } from "./captions.ts";
import { clip, fetchClip } from "./clip.ts";
import { details } from "./details.ts";
import { effects } from "./effects.ts";
import { overlay } from "./overlay.ts";
import { startTicking } from "./ticker.ts";

// The page works in English until they are there.
void loadWords();

// The whole page, so that the operator's message stays visible.
fullScreen(find("full"), find("show"));

// First, since a page without an event requests nothing.
eventName();

// Half a megabyte: it loads while the client joins the event.
const fetched = fetchClip();
const event = await joinEvent();

// What the page says about the event.
overlay({ overlay: find("overlay"), above: find("overlay-above"), main: find("overlay-main"), below: find("overlay-below") }, event);
showMessage(find("message"), event);
connectionLight(find("light"), event);

// What the page shows of it.
const video = clip(find<HTMLVideoElement>("clip"), find("play"), fetched, event);
const canvas = find<HTMLCanvasElement>("particles");
effects({ show: find("show"), canvas, curtain: find("curtain"), card: find("card") }, event);
captions(find("states"), find("moments"), event);

details({ title: find("title"), position: find("position"), drift: find("drift") }, event, video);
startTicking(event);
