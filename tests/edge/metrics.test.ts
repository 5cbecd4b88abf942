// The metrics as Prometheus' own client for Python reads them, which refuses what is not OpenMetrics.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { begun, call, type Event } from "./harness/calls.ts";
import { Runtime } from "./harness/runtime.ts";
import { TOKENS } from "./harness/tokens.ts";
import { until } from "./harness/until.ts";
import { join } from "./harness/viewer.ts";

let runtime: Runtime;
before(async () => {
  runtime = await Runtime.start("metrics");
});
after(() => runtime.end());

interface Sample { name: string; labels: Record<string, string>; value: number }

const READ = `
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
samples = [sample for family in text_string_to_metric_families(sys.stdin.read()) for sample in family.samples]
print(json.dumps([{"name": one.name, "labels": one.labels, "value": one.value} for one in samples]))
`;

async function metrics(event: Event): Promise<Sample[]> {
  const { status, headers, text } = await call(runtime, "GET", `${event.path}/metrics`, { token: TOKENS.reader });
  assert.equal(status, 200, text);
  assert.equal(headers.get("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
  assert.equal(headers.get("cache-control"), "no-store");
  return JSON.parse(execFileSync("python3", ["-c", READ], { input: text, encoding: "utf8" }));
}

/** Returns the sum of a metric's samples with these labels. */
function sum(samples: Sample[], name: string, labels: Record<string, string> = {}): number {
  const has = (one: Sample) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value);
  return samples.filter(has).reduce((sum, { value }) => sum + value, 0);
}

test("status, revision, sockets and what viewers acknowledged are read as they are", async () => {
  const event = await begun(runtime, "gala", 60_000);
  const idle = await metrics(event);
  assert.equal(sum(idle, "downbeat_event_status", { downbeat_event_status: "running" }), 1);
  assert.equal(sum(idle, "downbeat_sockets"), 0);
  assert.ok(idle.every(({ labels }) => labels["event"] === "gala"));

  const viewers = await join(runtime, "gala", 5);
  const pause = await event.command("pause");
  for (const viewer of viewers) {
    await viewer.has(pause.rev);
    viewer.send(JSON.stringify({ type: "ack", rev: pause.rev, appliedAt: pause.effectiveAt + 12, bound: 18 }));
  }
  await event.reaches(pause.effectiveAt);
  const paused = await until(() => metrics(event), (samples) => sum(samples, "downbeat_sample_applied") > 0, "an ack");
  assert.equal(sum(paused, "downbeat_event_status"), 1, "one status at a time");
  assert.equal(sum(paused, "downbeat_event_status", { downbeat_event_status: "paused" }), 1);
  assert.equal(sum(paused, "downbeat_event_revision"), pause.rev);
  assert.equal(sum(paused, "downbeat_sockets"), 5);
  assert.equal(sum(paused, "downbeat_hubs"), sum(paused, "downbeat_hubs_answering"));
  viewers.forEach((viewer) => viewer.end());
});
