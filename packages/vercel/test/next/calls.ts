import type { NextServer } from "../../../../test/vercel/next-server.js";

/** A request to the app, and what is to be counted for it. */
export interface Call {
  readonly path: string;
  readonly method?: "POST";
  readonly status: number;
  /** How many invocations succeed. Default: 1. */
  readonly succeeded?: number;
  /** The error type of the invocation that fails. */
  readonly failed?: string;
  /** The code that runs, by its `route`. */
  readonly hits?: readonly string[];
}

const nothing = { succeeded: 0 };

/** @param fresh a parameter that the app has not rendered yet */
export const callsWith = (fresh: string): readonly Call[] => [
  { path: "/", status: 200, ...nothing },
  { path: "/dynamic?plan=pro", status: 200, hits: ["get"] },
  { path: "/dynamic", method: "POST", status: 201, hits: ["post"] },
  // Static: their code ran in the build.
  { path: "/static", status: 200, ...nothing },
  { path: "/params/a", status: 200, ...nothing },
  { path: "/no-dynamic", status: 200, ...nothing },
  { path: "/page-static", status: 200, ...nothing },
  { path: "/page-no-dynamic", status: 200, ...nothing },
  { path: "/page-params/a", status: 200, ...nothing },
  // Static, and rendered at its first request.
  { path: `/params/${fresh}`, status: 200, hits: ["params"] },
  { path: `/page-params/${fresh}`, status: 200, hits: ["page-params"] },
  { path: "/stream", status: 200, hits: ["stream"] },
  { path: "/throws/redirect", status: 307 },
  { path: "/throws/not-found", status: 404 },
  { path: "/throws/unauthorized", status: 401 },
  { path: "/throws/forbidden", status: 403 },
  { path: "/throws/text", status: 500, ...nothing, failed: "string" },
  { path: "/throws/error", status: 500, ...nothing, failed: "OutOfStock" },
  { path: "/throws/status", status: 503, ...nothing, failed: "503" },
  { path: "/bare", status: 500, ...nothing, failed: "EvalError" },
  // The proxy alone is wrapped.
  { path: "/proxied", status: 200, hits: ["proxy"] },
  { path: "/proxied/throws", status: 500, ...nothing, failed: "URIError", hits: ["proxy"] },
  // A layout and a page are one invocation.
  { path: "/page-dynamic", status: 200, hits: ["layout", "page"] },
  { path: "/page-dynamic?how=redirect", status: 307, hits: ["layout", "page"] },
  { path: "/page-dynamic?how=not-found", status: 404, hits: ["layout", "page"] },
  {
    path: "/page-dynamic?how=throws",
    status: 500,
    ...nothing,
    failed: "URIError",
    hits: ["layout", "page"],
  },
  {
    path: "/page-dynamic?how=child-throws",
    status: 500,
    ...nothing,
    failed: "EvalError",
    hits: ["layout", "page"],
  },
  {
    path: "/page-dynamic?how=late-throws",
    status: 200,
    ...nothing,
    failed: "SyntaxError",
    hits: ["layout", "page"],
  },
  { path: "/page-edge", status: 200, hits: ["page-edge"] },
  { path: "/edge", status: 200, hits: ["edge"] },
  { path: "/edge?throws", status: 500, ...nothing, failed: "RangeError", hits: ["edge"] },
  { path: "/api/node", status: 200, hits: ["api"] },
  { path: "/api/node?how=throws", status: 500, ...nothing, failed: "RangeError", hits: ["api"] },
  { path: "/api/edge", status: 200, hits: ["api-edge"] },
];

/** The buttons of the form, in its order. */
export const actions = [
  { action: "save", status: 303, succeeded: 1, hits: ["save"] },
  { action: "keep", status: 200, succeeded: 1, hits: ["keep"] },
  { action: "fail", status: 500, succeeded: 0, failed: "RangeError", hits: [] },
  { action: "missing", status: 404, succeeded: 1, hits: [] },
  // Wrapped by the package's main entry.
  { action: "elsewhere", status: 303, succeeded: 1, hits: ["elsewhere"] },
];

/** Sends one request. @returns what the caller sees; of HTML, whose file names differ, only that it is HTML */
export async function answerTo(
  app: NextServer,
  { path, method }: Pick<Call, "path" | "method">,
): Promise<string> {
  const response = await app.fetch(path, method && { method, body: "body" });
  return `${method ?? "GET"} ${path}: ${await readAnswer(response)}`;
}

/** Submits the form with each of its buttons, without JavaScript. */
export async function answersOfActions(app: NextServer): Promise<string[]> {
  const page = await (await app.fetch("/actions")).text();
  const names = [...page.matchAll(/name="(\$ACTION_ID_[^"]+)"/g)].map(([, name]) => name!);
  const answers = [];
  for (const name of names) {
    const body = new FormData();
    body.set(name, "");
    body.set("name", "Ada");
    answers.push(await readAnswer(await app.fetch("/actions", { method: "POST", body })));
  }
  return answers;
}

async function readAnswer(response: Response): Promise<string> {
  const type = response.headers.get("content-type")?.split(";")[0] ?? "nothing";
  const text = await response.text();
  const to = response.headers.get("location");
  const where = to === null ? "" : ` to ${new URL(to, "http://localhost").pathname}`;
  return `${response.status}${where} ${type === "text/html" || type.includes("x-component") ? type : text}`;
}
