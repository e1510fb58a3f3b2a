// Wrapped handlers inside frameworks, which make a response of what the handlers throw.
import { counter, instrument } from "@prefreeze/vercel";
import { error, redirect } from "@sveltejs/kit";
import { createApp, createError, createRouter, eventHandler, toWebHandler } from "h3";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { createStaticHandler, data, redirect as redirectTo } from "react-router";

const calls = counter({ name: "calls_total", help: "Calls.", labelNames: ["thrown"] });

/** A handler that throws, at once or after it has returned a promise. */
const throws = (thrown, make) =>
  instrument(() => {
    calls.inc({ thrown });
    return make();
  });
const rejects = (thrown, make) =>
  instrument(async () => {
    await Promise.resolve();
    calls.inc({ thrown });
    throw make();
  });

const hono = new Hono();
hono.get(
  "/hono",
  throws("hono", () => {
    throw new HTTPException(403);
  }),
);
hono.get(
  "/client",
  rejects("client", () =>
    Object.assign(new Error("Request failed with status code 404"), {
      name: "AxiosError",
      status: 404,
      request: {},
      response: { status: 404, headers: {} },
    }),
  ),
);

const h3 = toWebHandler(
  createApp().use(
    createRouter()
      .get("/h3", eventHandler(rejects("h3", () => createError({ statusCode: 404 }))))
      .get("/h3-down", eventHandler(rejects("h3-down", () => createError({ statusCode: 503 })))),
  ),
);

const loader = (thrown, make) => async (request) => {
  const { query } = createStaticHandler([{ path: thrown, loader: rejects(thrown, make) }]);
  const context = await query(request);
  if (context instanceof Response) return context;
  return new Response("", { status: context.statusCode });
};

/** SvelteKit makes a response of its own classes, and 500 of anything else. */
const svelteKit = async (handler) => {
  try {
    return await handler();
  } catch ({ status, location }) {
    return new Response("", { status: status ?? 500, headers: location ? { location } : {} });
  }
};

/** Next.js knows its own errors by their digests. */
const nextJs = async (handler) => {
  try {
    return await handler();
  } catch ({ digest }) {
    return new Response("", { status: Number(/;(\d+);?$/.exec(digest)?.[1] ?? 500) });
  }
};
const digest = (digest) => () => Object.assign(new Error(digest.split(";")[0]), { digest });

const served = {
  "/hono": (request) => hono.fetch(request),
  "/client": (request) => hono.fetch(request),
  "/h3": h3,
  "/h3-down": h3,
  "/loader": loader("loader", () => redirectTo("/login")),
  "/loader-none": loader("loader-none", () => new Response("none", { status: 404 })),
  "/loader-data": loader("loader-data", () => data("none", { status: 404 })),
  "/svelte": () => svelteKit(rejects("svelte", () => catchIt(() => error(410)))),
  "/svelte-login": () =>
    svelteKit(rejects("svelte-login", () => catchIt(() => redirect(303, "/login")))),
  "/next": () => nextJs(rejects("next", digest("NEXT_REDIRECT;replace;/login;307;"))),
  "/next-none": () => nextJs(rejects("next-none", digest("NEXT_HTTP_ERROR_FALLBACK;404"))),
};

function catchIt(throwing) {
  try {
    return throwing();
  } catch (thrown) {
    return thrown;
  }
}

export default {
  fetch: (request) => served[new URL(request.url).pathname](request),
};
