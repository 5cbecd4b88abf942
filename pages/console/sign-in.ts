// The way in: the token is asked for once, tried on the worker, and only then kept.

import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";
import type { Api } from "./api.ts";
import type { Commands } from "./commands.ts";
import { show } from "./dom.ts";
import { ACTOR_CHARS_MAX, type Session, wrongWith } from "./session.ts";

/** Shows the way in while nobody is signed in, and the console while somebody is. */
export function entry(session: Session, api: Api, commands: Commands): void {
  const form = find<HTMLFormElement>("entry-form");
  const token = find<HTMLInputElement>("token");
  const actor = find<HTMLInputElement>("actor");
  const button = find<HTMLButtonElement>("enter");
  const says = find("entry-says");
  let asked = 0;

  const complain = (words: string) => {
    says.classList.remove("calm");
    write(says, words);
    token.ariaInvalid = "true";
    token.focus();
  };

  form.addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    const text = token.value.trim();
    const wrong = wrongWith(text);
    if (wrong !== undefined) return complain(wrong);
    if ([...actor.value.trim()].length > ACTOR_CHARS_MAX) {
      return complain(`Your name is longer than ${ACTOR_CHARS_MAX} characters; shorten it.`);
    }
    const mine = ++asked;
    says.classList.add("calm");
    write(says, "Asking the server …");
    const outcome = await api.rights(text);
    if (mine !== asked) return;
    if (outcome.kind === "silent") return complain(`Not signed in: ${outcome.why}. The token was not judged; try again.`);
    if (outcome.kind === "refused") return complain(`Not signed in: ${outcome.refusal.detail}.`);
    token.value = "";
    write(says, "");
    session.begin(text, actor.value.trim(), outcome.body);
    speak("Signed in.");
    find("title").focus();
  });

  token.addEventListener("input", () => {
    token.ariaInvalid = null;
    asked++;
    write(says, "");
  });
  find("sign-out").addEventListener("click", () => {
    commands.giveUp();
    session.end();
  });

  let wasIn: boolean | undefined;
  session.follow(() => {
    const isIn = session.token !== null;
    if (isIn === wasIn) return;
    wasIn = isIn;
    show(find("entry"), !isIn);
    show(find("console"), isIn);
    button.form?.reset();
    actor.value = session.actor;
    if (isIn) return;
    const { course } = commands;
    const pending = course.phase !== "sending" ? ""
      : course.tries > 1 ? ` Whether ${course.wish.word} was done is not known.`
      : ` ${course.wish.word} was not done.`;
    says.classList.remove("calm");
    write(says, session.why === "" ? "" : `Signed out: ${session.why}.${pending}`);
    token.focus();
  });

  // A token that was kept may have been withdrawn meanwhile, which ends the session. HOLD does not wait for this.
  const kept = session.token;
  if (kept !== null) {
    void api.rights(kept).then((outcome) => {
      if (outcome.kind === "answered" && session.token === kept) session.learn(outcome.body);
    });
  }
}
