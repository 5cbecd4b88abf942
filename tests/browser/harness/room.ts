// The page of a room in real browsers, and members that are only sockets.

import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { RoomAnswer, Welcome } from "../../../crates/web/ts/wire.ts";
import { until } from "../../edge/harness/until.ts";

/** A camera and a microphone that are no devices, and no question about them. */
export const DEVICES = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

export const PHONE = { width: 390, height: 844 };
export const DESKTOP = { width: 1280, height: 800 };

/** Makes a room by the API. */
export async function madeRoom(url: string, settings: object = {}): Promise<RoomAnswer> {
  const body = JSON.stringify({ title: "Film night", content: "/clip.mp4", ...settings });
  const response = await fetch(`${url}/v1/rooms`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(response.status, 201, await response.clone().text());
  return (await response.json()) as RoomAnswer;
}

/** Opens a page in a context of its own, which may use camera, microphone and clipboard. */
export async function openRoom(browser: Browser, url: string, viewport = DESKTOP, options: BrowserContextOptions = {}): Promise<Page> {
  const permissions = ["camera", "microphone", "clipboard-read", "clipboard-write"];
  const page = await (await browser.newContext({ viewport, permissions, ...options })).newPage();
  await page.goto(url);
  return page;
}

/** Returns the address that lets somebody into a room in a role. */
export function addressOf(url: string, { event, invitations }: RoomAnswer, role: "view" | "control" | "own"): string {
  return `${url}/room#${event}.${invitations[role]}`;
}

/** Enters a name, and waits until the room lists it and the video could play. */
export async function enterAs(page: Page, name: string): Promise<void> {
  await page.locator("#name").fill(name);
  await page.locator("#enter .primary").click();
  await reads(page, "#members", (text) => text.includes(name));
  await until(() => page.evaluate("document.getElementById('video').readyState"), (state) => (state as number) >= 3, "the video to have loaded");
}

/** Waits until an element's text is as wanted. */
export function reads(page: Page, selector: string, wanted: string | RegExp | ((text: string) => boolean)): Promise<string> {
  const matches = typeof wanted === "string" ? (text: string) => text === wanted : wanted instanceof RegExp ? (text: string) => wanted.test(text) : wanted;
  return until(() => page.locator(selector).innerText(), matches, `${selector} to say ${wanted}`);
}

/** Waits until the page's video is paused, or is not. */
export const isPaused = (page: Page, paused: boolean): Promise<unknown> =>
  until(() => page.evaluate("document.getElementById('video').paused"), (is) => is === paused, `the video to be ${paused ? "paused" : "playing"}`);

/** A member without a page. */
export interface SocketMember {
  /** The ids of the members who were there before. */
  readonly others: readonly string[];
  send(frame: object): void;
  close(): void;
}

/** Has somebody join by a socket of their own; they can play. */
export function socketMember(url: string, { event, invitations }: RoomAnswer, role: "view" | "control", name: string): Promise<SocketMember> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/events/${event}/live`);
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("the room's socket failed"));
    socket.onopen = () => send({ type: "hello", invitation: invitations[role], name });
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data)) as Welcome;
      if (frame.type !== "welcome") return;
      send({ type: "ready", ready: true });
      resolve({ others: frame.members!.map(({ id }) => id).filter((id) => id !== frame.member), send, close: () => socket.close() });
    };
  });
}
