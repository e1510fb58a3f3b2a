import { describe, expect, it } from "vitest";
import { isThrownAnswer } from "../src/invocation/thrown-answer.js";

const error = (properties: object) => Object.assign(new Error("secret"), properties);

describe("a thrown value is an answer if it is", () => {
  it.each([
    ["redirect() of Next.js", error({ digest: "NEXT_REDIRECT;replace;/login;307;" })],
    ["notFound() of Next.js", error({ digest: "NEXT_HTTP_ERROR_FALLBACK;404" })],
    ["unauthorized() of Next.js", error({ digest: "NEXT_HTTP_ERROR_FALLBACK;401" })],
    ["notFound() of Next.js 14", error({ digest: "NEXT_NOT_FOUND" })],
    ["the end of a prerender in Next.js", error({ digest: "HANGING_PROMISE_REJECTION" })],
    ["a Response", new Response("gone", { status: 410 })],
    ["a redirect of React Router", Response.redirect("http://localhost/login", 302)],
    ["data() of React Router", { type: "DataWithResponseInit", data: "", init: { status: 404 } }],
    ["what React Router makes of it", { status: 404, statusText: "", internal: false, data: "" }],
    ["error() of SvelteKit", { status: 404, body: { message: "Not Found" } }],
    ["redirect() of SvelteKit", { status: 303, location: "/login" }],
    ["an error of h3", error({ statusCode: 404, fatal: false, unhandled: false })],
    ["an error of http-errors", error({ status: 401, statusCode: 401, expose: true, headers: {} })],
    ["an HTTPException of Hono", error({ status: 403, res: undefined })],
    [
      "an HttpException of Nest",
      error({ status: 403, response: { status: 403, error: "No" }, options: {} }),
    ],
    ["an error of Fastify", error({ statusCode: 400, code: "FST_ERR_VALIDATION" })],
  ])("%s", (_, thrown) => {
    expect(isThrownAnswer(thrown)).toBe(true);
  });
});

describe("a thrown value is a failure if it is", () => {
  const response = { status: 404, headers: {}, data: "" };
  it.each([
    ["an error", error({})],
    ["an error with a status of 500 or more", error({ status: 503, statusCode: 503 })],
    ["a Response with a status of 500 or more", new Response("", { status: 500 })],
    ["a Response without a status", Response.error()],
    ["data() of React Router without a status", { type: "DataWithResponseInit", init: null }],
    ["data() of React Router with a status of 500 or more", { data: "", init: { status: 503 } }],
    ["an error with a status that is no HTTP status", error({ status: 7 })],
    ["an error with the exit code of a process", error({ status: 1, stderr: "" })],
    ["an error with a status in words", error({ status: "NOT_FOUND", code: 5 })],
    ["an error with a digest of React", error({ digest: "2338291704" })],
    [
      "an error of axios",
      error({ isAxiosError: true, status: 404, config: {}, request: {}, response }),
    ],
    ["an error of octokit", error({ status: 404, request: {}, response })],
    ["an error of superagent", error({ status: 404, response })],
    ["an error of ofetch", error({ status: 404, statusCode: 404, request: "/", response })],
    ["an error of AWS's SDK", error({ statusCode: 404, $fault: "client", $metadata: {} })],
    ["an error of Stripe", error({ statusCode: 402, requestId: "req_1", raw: {} })],
    ["an error of OpenAI", error({ status: 429, headers: {}, requestID: "req_1" })],
    ["a text", "404"],
    ["a number", 404],
    ["nothing", undefined],
  ])("%s", (_, thrown) => {
    expect(isThrownAnswer(thrown)).toBe(false);
  });
});
