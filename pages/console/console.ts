// The operator's console: status, HOLD and GO, cues, seek, messages, log and audience of one event.

import { connectionLight } from "../shared/connection-light.ts";
import { find, write } from "../shared/dom.ts";
import { eventName, joinEvent } from "../shared/event.ts";
import { showMessage } from "../shared/message.ts";
import { Api } from "./api.ts";
import { audienceView } from "./audience-view.ts";
import { ChangeLog } from "./change-log.ts";
import { Commands } from "./commands.ts";
import { compose } from "./compose.ts";
import { CrewNotes } from "./crew-notes.ts";
import { cuesView } from "./cues-view.ts";
import { infoDialog } from "./dialog.ts";
import { endEvent } from "./end-event.ts";
import { eventPicker } from "./event-picker.ts";
import { holdAndGo } from "./hold-and-go.ts";
import { goTo, handleKeys } from "./keys.ts";
import { LatestState } from "./latest-state.ts";
import { logView } from "./log-view.ts";
import { phone } from "./phone.ts";
import { progressView } from "./progress-view.ts";
import { seek } from "./seek.ts";
import { Session } from "./session.ts";
import { signIn } from "./sign-in.ts";
import { statusPanel } from "./status-panel.ts";
import { undo } from "./undo.ts";

/** How often clocks and buttons are redrawn, in ms. Elements that do not change are left untouched. */
const REDRAW_INTERVAL = 100;

const name = eventName();
const session = new Session();
const api = new Api(name, session);
// The console plays no cues, so it needs none of their assets.
const event = await joinEvent({ preload: false });
const latest = new LatestState(event);
const commands = new Commands(event, api, latest, session);
const changes = new ChangeLog(event, api, latest, session);

// These need no token.
showMessage(find("message"), event);
connectionLight(find("light"), event);

const buttons = holdAndGo(event, latest, commands, session);
const undoButton = undo(event, api, latest, changes, commands, session);
const redraws = [
  statusPanel(event, latest),
  buttons.redraw,
  progressView(commands),
  undoButton.redraw,
  cuesView(event, latest, new CrewNotes(api, latest, session)),
  seek(event, api, latest, commands, session),
  compose(name, event, latest, commands, session),
  endEvent(latest, commands, session),
  audienceView(api, latest, session),
];
logView(changes, session);
eventPicker(api, session);
signIn(session, api, commands);
phone(session, api);

const redraw = () => redraws.forEach((one) => one());
// A press meets what is true at that moment: between two redraws a button may be out of date, in the background for a minute.
for (const type of ["click", "submit", "keydown"]) document.addEventListener(type, redraw, { capture: true });
document.addEventListener("visibilitychange", redraw);
latest.subscribe(redraw);
setInterval(redraw, REDRAW_INTERVAL);

const keyList = find<HTMLDialogElement>("keys");
infoDialog(keyList, find<HTMLButtonElement>("show-keys"));
handleKeys({
  h: buttons.hold,
  g: buttons.go,
  u: undoButton.act,
  m: () => goTo("compose", () => find("texts").querySelector("textarea")),
  s: () => goTo("seek", () => find("seek-to")),
  l: () => goTo("log", () => find("log-title")),
  "?": () => keyList.showModal(),
  escape: () => commands.close(),
}, () => session.token === null ? write(find("sign-in-note"), "Nothing is held: sign in first.") : buttons.hold());

// Leaves room below the content for the dock at the bottom of a phone's screen.
new ResizeObserver(([dock]) => {
  document.documentElement.style.setProperty("--dock", `${dock?.borderBoxSize[0]?.blockSize ?? 0}px`);
}).observe(find("dock"));
