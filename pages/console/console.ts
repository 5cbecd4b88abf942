// The operator's console: what is, HOLD and GO, cues, seek, messages, the log and the audience of one event.

import { find } from "../shared/dom.ts";
import { eventName, joinEvent } from "../shared/event.ts";
import { light } from "../shared/connection-light.ts";
import { message } from "../shared/message.ts";
import { Api } from "./api.ts";
import { audience } from "./audience-view.ts";
import { holdAndGo } from "./hold-and-go.ts";
import { Changes } from "./change-log.ts";
import { Commands } from "./commands.ts";
import { compose } from "./compose.ts";
import { courseView } from "./progress-view.ts";
import { cues } from "./cues-view.ts";
import { tells } from "./dialog.ts";
import { ending } from "./end-event.ts";
import { entry } from "./sign-in.ts";
import { events } from "./event-picker.ts";
import { goTo, keys } from "./keys.ts";
import { Known } from "./latest-state.ts";
import { log } from "./log-view.ts";
import { now } from "./status-panel.ts";
import { seek } from "./seek.ts";
import { Session } from "./session.ts";
import { undo } from "./undo.ts";

/** How often clocks and what can be done are looked at, in ms. Only what has changed is drawn. */
const REDRAWN = 100;

const name = eventName();
const session = new Session();
const api = new Api(name, session);
// What cues play is not played here.
const event = await joinEvent({ preload: false });
const known = new Known(event);
const commands = new Commands(event, api, known, session);
const changes = new Changes(api, known, session);

// Everybody reads these: they need no token.
message(find("message"), event);
light(find("light"), event);

const buttons = holdAndGo(event, known, commands, session);
const undoing = undo(known, changes, commands, session);
const redraws = [
  now(event, known),
  buttons.redraw,
  courseView(commands),
  undoing.redraw,
  cues(event, known),
  seek(event, known, commands, session),
  compose(name, event, known, commands, session),
  ending(known, commands, session),
  audience(api, known, session),
];
log(changes, session);
events(api, session);
entry(session, api, commands);

const keyList = find<HTMLDialogElement>("keys");
tells(keyList, find<HTMLButtonElement>("show-keys"));
keys({
  h: buttons.hold,
  g: buttons.go,
  u: undoing.act,
  m: () => goTo("compose", () => find("texts").querySelector("textarea")),
  s: () => goTo("seek", () => find("seek-to")),
  l: () => goTo("log", () => find("log-title")),
  "?": () => keyList.showModal(),
});

// What is at the bottom of a phone's screen covers nothing that cannot be scrolled out from under it.
new ResizeObserver(([dock]) => {
  document.documentElement.style.setProperty("--dock", `${dock?.borderBoxSize[0]?.blockSize ?? 0}px`);
}).observe(find("dock"));

const redraw = () => redraws.forEach((one) => one());
known.follow(redraw);
setInterval(redraw, REDRAWN);
