import type { IncomingMessage } from "node:http";
import { BadRequest } from "../text/bad-request.js";
import { groupingLabels, isPushPath } from "./grouping-path.js";
import { groupOf } from "../store/group.js";
import { renderPage } from "./page.js";
import { parseText } from "../text/parse-text.js";
import { readBody } from "./push-body.js";
import { renderJson } from "../store/render-json.js";
import { renderText } from "../store/render-text.js";
import { cleanPath, encodePath, requestPath } from "./request-path.js";
import { status } from "./status.js";
import { deleteGroup, push } from "../store/store.js";
import type { Store } from "../store/stored-group.js";

/** The response to one request. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const TEXT = "text/plain; charset=utf-8";
const EXPOSITION = "text/plain; version=0.0.4; charset=utf-8";
const JSON_TYPE = "application/json";
const PROTOBUF = /^application\/vnd\.google\.protobuf\b/i;

const pages: Readonly<Record<string, (store: Store) => Answer>> = {
  "/": (store) => page(store),
  "/status": (store) => page(store),
  "/metrics": (store) => answer(200, EXPOSITION, renderText(store)),
  "/-/healthy": () => answer(200, TEXT, "OK"),
  "/-/ready": () => answer(200, TEXT, "OK"),
  "/api/v1/metrics": (store) => answer(200, JSON_TYPE, renderJson(store)),
  "/api/v1/status": () => answer(200, JSON_TYPE, status()),
};

/**
 * Answers one request. Pushes and deletions change the store.
 *
 * Rejects only if the client goes away: whatever it sends gets an answer.
 */
export async function answerTo(request: IncomingMessage, store: Store): Promise<Answer> {
  try {
    // Like the real gateway, refuse a bad gzip body before looking at the path.
    const body = await readBody(request);
    return route(request, body, store);
  } catch (error) {
    if (error instanceof BadRequest) return answer(error.status, TEXT, `${error.message}\n`);
    throw error;
  }
}

function route(
  { method = "GET", url = "/", headers }: IncomingMessage,
  body: Buffer,
  store: Store,
): Answer {
  const path = requestPath(url);
  const cleaned = cleanPath(path);
  if (cleaned !== path) return redirect(301, cleaned);
  const allowed = allowedMethods(path);
  if (allowed === undefined) {
    const near = nearestPath(path);
    if (near !== undefined) return redirect(method === "GET" ? 301 : 307, near);
    return answer(404, TEXT, "404 page not found\n");
  }
  if (method === "OPTIONS")
    return { ...answer(200, TEXT, ""), headers: { allow: allowed.join(", ") } };
  if (!allowed.includes(method)) {
    const refused = answer(405, TEXT, "Method Not Allowed\n");
    return { ...refused, headers: { ...refused.headers, allow: allowed.join(", ") } };
  }
  const page = pages[path];
  if (page !== undefined) return page(store);
  const labels = groupingLabels(path);
  if (method === "DELETE") {
    deleteGroup(store, labels);
    return answer(202, TEXT, "");
  }
  if (PROTOBUF.test(headers["content-type"] ?? "")) {
    throw new BadRequest("this gateway does not read protobuf; send the text format 0.0.4", 415);
  }
  push(store, labels, parseText(body), method === "PUT" ? "PUT" : "POST");
  return answer(200, TEXT, "");
}

function allowedMethods(path: string): readonly string[] | undefined {
  if (Object.hasOwn(pages, path)) return ["GET", "HEAD", "OPTIONS"];
  return isPushPath(path) ? ["DELETE", "OPTIONS", "POST", "PUT"] : undefined;
}

/** The known path that differs from this one only in case or in a final slash. */
function nearestPath(path: string): string | undefined {
  if (path === "/metrics/job/") return "/metrics/job";
  const lower = path.toLowerCase();
  const page = [lower, lower.replace(/\/$/, "")].find((known) => Object.hasOwn(pages, known));
  if (page !== undefined) return page;
  const start = /^\/metrics\/job(?:@base64)?\//i.exec(path)?.[0] ?? "";
  const near = start.toLowerCase() + path.slice(start.length);
  return start !== "" && isPushPath(near) ? near : undefined;
}

function page(store: Store): Answer {
  const { status, headers, body } = answer(
    200,
    "text/html; charset=utf-8",
    renderPage([...store.values()].map(groupOf), Date.now()),
  );
  // The page shows text from strangers, so nothing on it may load, run or be framed.
  const policy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  return { status, headers: { ...headers, "content-security-policy": policy }, body };
}

function redirect(status: number, path: string): Answer {
  return { status, headers: { location: encodePath(path) }, body: "" };
}

function answer(status: number, type: string, body: string): Answer {
  return { status, headers: { "content-type": type, "x-content-type-options": "nosniff" }, body };
}
