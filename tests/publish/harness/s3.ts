// As much of S3 as the tests need besides the command line: signed requests (AWS signature, version 4), and listing.

import { createHash, createHmac } from "node:crypto";

export interface Credentials {
  accessKey: string;
  secretKey: string;
}

const REGION = "us-east-1";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Sends a signed request. `path` begins with the bucket; its query has its keys in order. */
export function signed(url: string, method: string, path: string, who: Credentials, body = ""): Promise<Response> {
  const { host } = new URL(url);
  const [bare, query = ""] = path.split("?") as [string, string?];
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const day = time.slice(0, 8);
  const headers: Record<string, string> = { host, "x-amz-content-sha256": sha256(body), "x-amz-date": time };
  const names = Object.keys(headers).join(";");
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`).join("");
  const request = [method, bare, query, lines, names, sha256(body)].join("\n");
  const scope = `${day}/${REGION}/s3/aws4_request`;
  const text = ["AWS4-HMAC-SHA256", time, scope, sha256(request)].join("\n");
  const key = [REGION, "s3", "aws4_request"].reduce(hmac, hmac(`AWS4${who.secretKey}`, day));
  const signature = hmac(key, text).toString("hex");
  const authorization =
    `AWS4-HMAC-SHA256 Credential=${who.accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const { host: _, ...sent } = headers;
  return fetch(url + path, { method, headers: { ...sent, authorization }, ...(body ? { body } : {}) });
}

/** Returns every object beneath a prefix as its key and its tag, sorted. */
export async function listing(url: string, bucket: string, prefix: string, who: Credentials): Promise<string[]> {
  const query = `list-type=2&max-keys=1000&prefix=${encodeURIComponent(prefix)}`;
  const answer = await signed(url, "GET", `/${bucket}?${query}`, who);
  const text = await answer.text();
  if (!answer.ok || !text.includes("<IsTruncated>false</IsTruncated>")) throw new Error(`no whole listing: ${text}`);
  const contents = [...text.matchAll(/<Contents>.*?<Key>(.*?)<\/Key>.*?<ETag>(.*?)<\/ETag>/gs)];
  return contents.map(([, key, tag]) => `${key} ${tag}`).sort();
}
