// Opening the console on a phone: a code to scan, which signs one device in, once, with a key of its own.

import { find, write } from "../shared/dom.ts";
import { formatTimeOfDay } from "../shared/format.ts";
import type { Api } from "./api.ts";
import { infoDialog } from "./dialog.ts";
import { make, setVisible } from "./dom.ts";
import { qrCode } from "./qr.ts";
import type { Session } from "./session.ts";
import { linkOf, newCode, newId } from "./sign-in-link.ts";

/** Makes the button and its dialog work. Each opening makes a new code. */
export function phone(session: Session, api: Api): void {
  const [dialog, button] = [find<HTMLDialogElement>("phone"), find<HTMLButtonElement>("show-phone")];
  const [code, note, lines] = [find("qr"), find("phone-note"), find("phone-lines")];
  /** Only the answer for the last opening counts. */
  let openings = 0;

  const say = (...texts: string[]) => lines.replaceChildren(...texts.map((text) => make("p", "", text)));
  const open = async () => {
    const mine = ++openings;
    code.replaceChildren();
    write(note, "");
    say("Making a code …");
    const id = newId(session.rights.id, "phone");
    const secret = newCode(id);
    const outcome = await api.addLink(id, secret);
    if (mine !== openings || !dialog.open) return;
    if (outcome.kind !== "answered") {
      say();
      return write(note, `No code: ${outcome.kind === "refused" ? outcome.refusal.detail : outcome.why}.`);
    }
    const until = outcome.body.codeUntil;
    code.replaceChildren(qrCode(linkOf(secret), "The code of a sign-in link"));
    const isHere = /^(localhost|127\.|\[::1\])/.test(location.hostname);
    say(
      `Scan it with the phone’s camera. It signs one device in, once${until === undefined ? "" : `, until ${formatTimeOfDay(until)}`}.`,
      `The log will call it “${id}”. It may do what you may here, and ends with your token.`,
      "Show it to nobody else: whoever opens it first has access.",
      ...(isHere ? [`This page is at ${location.host}, which only this machine reaches: a phone needs the console’s public address.`] : []),
    );
  };
  infoDialog(dialog, button);
  button.addEventListener("click", () => void open());
  // A code that nobody looks at is not left on the page.
  dialog.addEventListener("close", () => { openings++; code.replaceChildren(); say(); });
  // Before the worker has said what the token is, and over plain http, there is none to make.
  session.subscribe(() => setVisible(button, isSecureContext && session.token !== null && session.rights.id !== ""));
}
