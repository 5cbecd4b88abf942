// Signing in: the token is checked with the worker before it is kept.

import { find, write } from "../shared/dom.ts";
import { speak } from "../shared/speech.ts";
import { canStore } from "../shared/storage.ts";
import type { Api } from "./api.ts";
import type { Commands } from "./commands.ts";
import { explain, setVisible } from "./dom.ts";
import { ACTOR_CHARS_MAX, type Rights, type Session, tokenProblem } from "./session.ts";
import { newId, newToken, type SignInLink, takeLink } from "./sign-in-link.ts";

/**
 * Returns why no token should be entered here; undefined if it may be. Over plain http to another machine, everyone in
 * between could read it. `?insecure` in the address means that the operator trusts that network.
 */
function connectionProblem(): string | undefined {
  if (isSecureContext || new URLSearchParams(location.search).has("insecure")) return undefined;
  return "Not signed in: this page is not encrypted, so everyone between here and the server could read the token. Open it with https.";
}

/** Shows the form while nobody is signed in, and the console otherwise. */
export function signIn(session: Session, api: Api, commands: Commands): void {
  const form = find<HTMLFormElement>("sign-in-form");
  const token = find<HTMLInputElement>("token");
  const actor = find<HTMLInputElement>("actor");
  const button = find<HTMLButtonElement>("sign-in-button");
  const note = find("sign-in-note");
  const remember = find<HTMLInputElement>("remember");
  /** The link that was opened, until it is redeemed or the worker has refused it. */
  let link: SignInLink | undefined;
  /** Only the answer to the last check counts. */
  let checks = 0;

  const showNote = (text: string) => {
    note.classList.remove("calm");
    write(note, text);
  };
  const showError = (text: string) => {
    showNote(text);
    if (link !== undefined) return button.focus();
    token.ariaInvalid = "true";
    token.focus();
  };
  /** Shows the form for a token, or for the link. */
  const showForm = () => {
    setVisible(find("token-field"), link === undefined);
    setVisible(find("link-text"), link !== undefined);
    write(find("link-id"), link === undefined ? "" : `“${link.id}”`);
  };

  /** Begins the session with what was accepted. `isOwn`: the token belongs to this page alone, as that of a link does. */
  const begin = async (accepted: string, rights: Rights, isOwn: boolean) => {
    const name = actor.value.trim();
    if (!remember.checked) return session.begin(accepted, name, rights);
    if (isOwn) return session.begin(accepted, name, rights, "device");
    // A token that others may have too is not left on a device: it gets a key of its own.
    const own = newToken(newId(rights.id, "device"));
    const added = await api.addDevice(own, { token: accepted, rights });
    if (added.kind === "answered") return session.begin(own, name, rights, "device");
    session.begin(accepted, name, rights);
    explain(`Signed in for this tab only: ${added.kind === "refused" ? added.refusal.detail : added.why}.`);
  };

  form.addEventListener("submit", async (submit) => {
    submit.preventDefault();
    const used = link;
    const text = used?.token ?? token.value.trim();
    const problem = connectionProblem() ?? tokenProblem(text);
    if (problem !== undefined) return showError(problem);
    if ([...actor.value.trim()].length > ACTOR_CHARS_MAX) {
      return showError(`Your name is longer than ${ACTOR_CHARS_MAX} characters; shorten it.`);
    }
    const mine = ++checks;
    note.classList.add("calm");
    write(note, used === undefined ? "Checking the token …" : "Signing in …");
    const outcome = await (used === undefined ? api.rights(text) : api.redeem(used.code, text));
    if (mine !== checks) return;
    if (outcome.kind === "no-answer") {
      return showError(`Not signed in: ${outcome.why}. ${used === undefined ? "The token was not checked; try again" : "Try again"}.`);
    }
    // Neither a token nor a link that was refused will be accepted later.
    link = undefined;
    showForm();
    if (outcome.kind === "refused" && used !== undefined) return showNote(`Not signed in: ${outcome.refusal.detail}.`);
    if (outcome.kind === "refused") return showError(`Not signed in: ${outcome.refusal.detail}.`);
    token.value = "";
    write(note, "");
    await begin(text, outcome.body, used !== undefined);
    if (!session.isKept) explain("This browser keeps nothing for this page: you have to sign in again after a reload.");
    speak("Signed in.");
    find("title").focus();
  });

  token.addEventListener("input", () => {
    token.ariaInvalid = null;
    checks++;
    write(note, "");
  });
  const openLink = () => {
    const taken = takeLink();
    if (taken === undefined) return;
    // Whoever is signed in stays so: a link must not take the controls away.
    if (session.token !== null) return explain("This tab is signed in already. Sign out, then open the link again.");
    checks++;
    link = typeof taken === "string" ? undefined : taken;
    showForm();
    if (typeof taken === "string") showNote(taken);
    else actor.focus();
  };
  find("sign-out").addEventListener("click", () => {
    commands.stop();
    const { token, isRemembered } = session;
    session.end();
    // The key of the device ends with its use; without an answer it is still forgotten here.
    if (token !== null && isRemembered) void api.revokeOwn(token);
  });

  let wasIn: boolean | undefined;
  session.subscribe(() => {
    const isIn = session.token !== null;
    if (isIn === wasIn) return;
    wasIn = isIn;
    setVisible(find("sign-in"), !isIn);
    setVisible(find("console"), isIn);
    // Browsers hash, which a key of its own needs, on pages only that nobody can have changed on their way.
    setVisible(find("remember-field"), isSecureContext && canStore("device"));
    setVisible(find("no-storage"), !canStore("tab"));
    button.form?.reset();
    actor.value = session.actor;
    if (isIn) return;
    const { progress } = commands;
    const pending = progress.phase !== "sending" ? ""
      : progress.attempts > 1 ? ` ${progress.spec.label} may or may not have been applied.`
      : ` ${progress.spec.label} was not applied.`;
    note.classList.remove("calm");
    write(note, session.why === "" ? "" : `Signed out: ${session.why}.${pending}`);
    token.focus();
  });

  openLink();
  addEventListener("hashchange", openLink);

  // A saved token may have been revoked meanwhile, which ends the session. HOLD does not wait for this check.
  const saved = session.token;
  if (saved !== null) {
    void api.rights(saved).then((outcome) => {
      if (outcome.kind === "answered" && session.token === saved) session.updateRights(outcome.body);
    });
  }
}
