// The viewer page through a whole event: on a phone that speaks French, and on a desktop.
// Measures milliseconds.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { Runtime } from "../edge/harness/runtime.ts";
import { until } from "../edge/harness/until.ts";
import { launch } from "./harness/chromium.ts";
import { barriers, picture } from "./harness/page.ts";
import { burst, CLIP, demo, Seat, seek, SEEN } from "./harness/seat.ts";

let runtime: Runtime;
let browser: Browser;
before(async () => { [runtime, browser] = await Promise.all([Runtime.start("browser-page-viewer"), launch()]); });
after(async () => {
  await browser?.close();
  await runtime?.end();
});

// The tests mostly wait, so they run side by side.
describe("the viewer page", { concurrency: 2 }, () => {
  test("the countdown, the show, a hold and the end, on a phone and on a desktop", async (t) => {
    const event = await demo(runtime, "evening", -59_000, { title: "Soirée d’ouverture" });
    const phone = await Seat.take(browser, runtime, event, "phone", { locale: "fr-FR" });
    const desktop = await Seat.take(browser, runtime, event, "desktop", { locale: "en-US" });
    const seats = [phone, desktop];
    const each = (check: (seat: Seat) => Promise<unknown>) => Promise.all(seats.map(check));

    await each((seat) => seat.reads("#overlay-main", /^0:[0-5]\d$/));
    assert.equal(await phone.text("h1"), "Soirée d’ouverture");
    await phone.reads("#overlay-below", /^à \d\d:\d\d:\d\d$/);
    assert.match(await phone.text("#position"), /^−0:[0-5]\d\.\d$/);
    await show("countdown", seats);
    await event.command("reschedule", { startsAt: (await event.time()).serverTime + 3_000 });
    await each((seat) => seat.uncovered());

    await t.test("it runs: light, its caption, the video, the connection", async () => {
      await desktop.reads("#states", /^Blue light$/);
      await phone.reads("#states", /^Lumière bleue$/);
      assert.equal(await phone.evaluate("document.querySelector('#states .caption').lang"), "fr");
      await each(async (seat) => {
        await until(() => seat.glow(), (glow) => glow === "rgb(77, 124, 255)", "the light to be blue");
        await seat.reads("#light", /^(live|en direct) ±\d+ ms$/);
        await seat.follows();
        await seat.reads("#drift", /^[−+±]\d+ ms$/);
      });
    });

    await t.test("a burst is drawn with its caption, and disappears when it is over", async () => {
      await burst(event, seats, 8_000, async () => {
        await Promise.all(seats.map((seat) => picture(seat.page, `viewer-running-${seat.size}`)));
        const told = await each((seat) => seat.text("#moments"));
        return told[0] === "Particules dorées" && told[1] === "Gold particles";
      });
      await each((seat) => seat.reads("#moments", ""));
      await each((seat) => until(() => seat.lit(), (lit) => !lit, "no particles"));
      await each(async (seat) => assert.deepEqual(await barriers(seat.page), []));
    });

    await t.test("a seek back removes a burst, and what has fired does not fire again", async () => {
      await burst(event, seats, 24_000, async (at) => {
        const back = await seek(event, at - 1_000);
        await each((seat) => until(() => seat.lit(), (lit) => !lit, "no particles"));
        await event.reaches(back + 2_500);
        return true;
      });
      await each(async (seat) => assert.deepEqual([await seat.lit(), await seat.text("#moments")], [false, ""]));
    });

    await t.test("a hold holds everything, under a message that is text", async () => {
      const fr = "Une coupure de courant a touché la régie : personne n’est en danger, et toute l’équipe travaille à " +
        "rétablir l’image et le son. Restez avec nous, rien ne sera perdu : le spectacle reprendra exactement là où il " +
        "s’est arrêté. <b>Merci</b> de votre patience & à tout de suite <script>alert(1)</script>";
      const en = "<img src=x onerror=alert(1)> Back in a moment";
      let held = 0;
      await burst(event, seats, 40_000, async () => {
        held = (await event.command("pause", { message: { fr, en }, severity: "major" })).effectiveAt;
        await event.reaches(held + 1_000);
        await each((seat) => seat.reads("#overlay-main", /^(On hold|En pause)$/));
        if ((await each((seat) => seat.lit())).every(Boolean)) return true;
        await event.command("resume");
        return false;
      });
      await desktop.reads("#spoken", "The event is on hold.");
      await phone.reads("#spoken", "L’événement est en pause.");
      await phone.reads("#message", fr);
      await desktop.reads("#message", en);
      assert.equal(await phone.evaluate("document.querySelector('#message').lang"), "fr");
      assert.equal(await phone.evaluate("document.querySelector('#message').dataset.severity"), "major");
      assert.equal(await phone.evaluate("document.querySelector('#message').role"), "alert");
      await each((seat) => until(() => seat.off(), (off) => off <= 0.05, "the video to be at the event's position"));
      const { currentTime, paused, particles } = SEEN;
      const still = `[${currentTime}, ${paused}, ${particles}, frames]`;
      const before = await each((seat) => seat.evaluate(still));
      const { serverTime } = await event.time();
      await event.reaches(serverTime + 1_500);
      assert.deepEqual(await each((seat) => seat.evaluate(still)), before, "nothing moves, and no frame is drawn");
      await show("paused", seats);
      await event.command("clear");
      await event.command("resume");
      await each((seat) => seat.uncovered());
      await phone.reads("#message", "");
      await each((seat) => until(() => seat.lit(), (lit) => !lit, "the burst to go on to its end"));
    });

    await t.test("it fades to black and back; the clip starts over", async () => {
      await seek(event, 3 * CLIP - 9_000);
      await desktop.reads("#states", /^Teal light/);
      await each((seat) => until(() => seat.opacity("#curtain"), (opacity) => opacity > 0, "black"));
      await each((seat) => until(() => seat.opacity("#curtain"), (opacity) => opacity === 0, "the stage again"));
      await until(() => desktop.evaluate<number>(SEEN.currentTime), (time) => time < 20, "the clip to start over");
      await each((seat) => seat.follows());
    });

    await t.test("it ends, and the light goes out", async () => {
      await event.command("end");
      await each((seat) => seat.reads("#overlay-main", /^(The event is over|L’événement est terminé)$/));
      await each((seat) => until(() => seat.glow(), (glow) => glow === "rgba(0, 0, 0, 0)", "no light"));
      await show("ended", seats);
    });

    for (const seat of seats) await seat.leave();
  });

  test("a late viewer gets the current light, the rest of a fade, and no burst that has begun", async () => {
    const event = await demo(runtime, "late", 0);
    await seek(event, 44_200);
    await event.command("pause");
    const seat = await Seat.take(browser, runtime, event, "desktop", { locale: "de-CH" });
    await seat.reads("#states", /^Rosa Licht$/);
    assert.equal(await seat.glow(), "rgb(255, 111, 145)", "at once");
    assert.equal(await seat.lit(), false);
    assert.equal(await seat.text("#moments"), "");
    assert.equal(await seat.opacity("#curtain"), 0);
    // Held, and the middle of the fade: half a second of its one and a half, standing.
    await seek(event, 48_500);
    const opacity = await until(() => seat.opacity("#curtain"), (opacity) => opacity > 0, "the fade");
    assert.ok(Math.abs(opacity - 1 / 3) < 0.01, `${opacity}`);
    await seek(event, 52_500);
    await until(() => seat.opacity("#card"), (opacity) => opacity === 1, "the title card");
    assert.equal(await seat.opacity("#curtain"), 1);
    assert.equal(await seat.text("#card"), "Downbeat");
    await seek(event, 20_000);
    await seat.reads("#states", /^Violettes Licht$/);
    assert.deepEqual([await seat.opacity("#card"), await seat.opacity("#curtain")], [0, 0], "a seek takes them away at once");
    await seat.leave();
  });
});

/** Takes pictures of a state of the page, and checks it with axe-core. */
async function show(state: string, seats: Seat[]): Promise<void> {
  await Promise.all(seats.map((seat) => picture(seat.page, `viewer-${state}-${seat.size}`)));
  for (const seat of seats) assert.deepEqual(await barriers(seat.page), [], `${state} on a ${seat.size}`);
}
