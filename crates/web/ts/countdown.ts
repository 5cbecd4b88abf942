// The element `<downbeat-countdown>`: the time until an event begins, for any page.

import { countdownText } from "./countdown-text.ts";
import { type Downbeat, join } from "./index.ts";

const STYLE = ":host { display: inline-block; font-variant-numeric: tabular-nums; } [hidden] { display: none; } span { unicode-bidi: isolate; }";

// Where a page is rendered without a browser there are no elements.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/**
 * Shows the time until an event begins, in the language of the page (`lang`), and what is inside it once the event has begun:
 *
 * ```html
 * <script type="module" src="https://downbeat.example.workers.dev/downbeat-countdown.js"></script>
 * <downbeat-countdown server="https://downbeat.example.workers.dev" event="main">It has begun.</downbeat-countdown>
 * ```
 *
 * Its attribute `status` is the event's, for styles: `downbeat-countdown[status="paused"] { opacity: 0.5; }`. While the event is
 * not known, it shows `–:––`; the event `error` says why if it cannot be joined.
 */
export class DownbeatCountdown extends Base {
  static readonly observedAttributes = ["server", "event", "lang"];
  #joined: Promise<Downbeat> | undefined;
  #leaving: AbortController | undefined;
  #downbeat: Downbeat | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #figure: HTMLElement | undefined;
  #slot: HTMLElement | undefined;

  /** The event that it shows, to listen to; rejects if it cannot be joined. Undefined while the element is not in a page. */
  get joined(): Promise<Downbeat> | undefined { return this.#joined; }

  connectedCallback(): void {
    if (!this.#figure) this.#make();
    this.#join();
  }

  disconnectedCallback(): void {
    clearTimeout(this.#timer);
    this.#leaving?.abort();
    this.#joined = this.#downbeat = undefined;
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now || !this.#figure) return;
    if (name === "lang") return this.#draw();
    this.disconnectedCallback();
    // Both attributes are usually set together.
    queueMicrotask(() => { if (this.isConnected && !this.#joined) this.#join(); });
  }

  #make(): void {
    const root = this.attachShadow({ mode: "open" });
    // A sheet of its own is allowed by every policy.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.#figure = document.createElement("span");
    this.#figure.setAttribute("role", "timer");
    this.#figure.setAttribute("part", "figure");
    this.#figure.dir = "auto";
    this.#slot = document.createElement("slot");
    root.append(this.#figure, this.#slot);
  }

  #join(): void {
    const [server, event] = [this.getAttribute("server"), this.getAttribute("event")];
    this.#draw();
    // A framework may set them one after the other.
    if (server === null || event === null) return;
    const leaving = (this.#leaving = new AbortController());
    // Relative to the page, as every other address of an element is.
    const joined = (this.#joined = join({ server: new URL(server, document.baseURI), event, preload: false, signal: leaving.signal }));
    joined.then((downbeat) => {
      this.#downbeat = downbeat;
      for (const name of ["state", "status", "clock"] as const) downbeat.on(name, () => this.#draw());
    }, (error) => {
      if (leaving.signal.aborted) return;
      this.dispatchEvent(new ErrorEvent("error", { error, message: error.message }));
    });
  }

  /** Shows the time left, and again when the next second begins. */
  #draw(): void {
    clearTimeout(this.#timer);
    const [left, status] = [this.#downbeat?.countdown(), this.#downbeat?.status];
    const locale = this.closest("[lang]")?.getAttribute("lang") || undefined;
    const hasBegun = left === 0 || status === "ended";
    const text = left === undefined ? "–:––" : countdownText(left, locale);
    if (this.#figure!.textContent !== text) this.#figure!.textContent = text;
    this.#figure!.hidden = hasBegun;
    this.#slot!.hidden = !hasBegun;
    if (status === undefined) this.removeAttribute("status");
    else if (this.getAttribute("status") !== status) this.setAttribute("status", status);
    if (left && status !== "paused") this.#timer = setTimeout(() => this.#draw(), (left % 1_000) + 1);
  }
}

globalThis.customElements?.get("downbeat-countdown") ?? globalThis.customElements?.define("downbeat-countdown", DownbeatCountdown);

declare global {
  interface HTMLElementTagNameMap { "downbeat-countdown": DownbeatCountdown }
}
