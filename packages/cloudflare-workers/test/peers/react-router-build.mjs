// What React Router's build writes: the routes, and the entry that renders them as a stream.
import { counter } from "@prefreeze/cloudflare-workers";
import { createElement, Suspense, use } from "react";
import { renderToReadableStream } from "react-dom/server.edge";
import { Outlet, ServerRouter, useLoaderData } from "react-router";

const orders = counter({ name: "orders_total", help: "Orders." });

export const entry = {
  module: {
    default: async (request, status, headers, context) => {
      headers.set("content-type", "text/html");
      const element = createElement(ServerRouter, { context, url: request.url });
      return new Response(await renderToReadableStream(element), { status, headers });
    },
  },
};

function Order() {
  const { greeting, slow } = useLoaderData();
  return createElement(
    "main",
    null,
    createElement("h1", null, greeting),
    createElement(Suspense, { fallback: "…" }, createElement(Slow, { slow })),
  );
}

function Slow({ slow }) {
  return createElement("p", null, use(slow));
}

export const routes = {
  root: {
    id: "root",
    path: "",
    module: {
      default: () =>
        createElement("html", null, createElement("body", null, createElement(Outlet))),
    },
  },
  order: {
    id: "order",
    parentId: "root",
    path: "order",
    module: {
      default: Order,
      loader({ context }) {
        orders.inc();
        return {
          greeting: context.cloudflare.env.GREETING,
          slow: scheduler.wait(20).then(() => {
            orders.inc();
            return "later";
          }),
        };
      },
    },
  },
  api: {
    id: "api",
    parentId: "root",
    path: "api",
    module: {
      loader: () => Response.json({ api: true }, { status: 202 }),
      action() {
        throw new RangeError("broken");
      },
    },
  },
};

const manifestOf = ({ id, parentId, path, module }) => ({
  id,
  parentId,
  path,
  module: `/${id}.js`,
  hasLoader: "loader" in module,
  hasAction: "action" in module,
  hasErrorBoundary: false,
  imports: [],
});

export const assets = {
  entry: { imports: [], module: "/entry.js" },
  routes: Object.fromEntries(Object.values(routes).map((route) => [route.id, manifestOf(route)])),
  url: "/manifest.js",
  version: "1",
};
export const assetsBuildDirectory = "build/client";
export const basename = "/";
export const future = {};
export const isSpaMode = false;
export const prerender = [];
export const publicPath = "/";
export const routeDiscovery = { mode: "initial" };
export const ssr = true;
