import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { PAGE_HEADERS } from "../page/render-page.js";
import { answer } from "./answer.js";
import type { Gatekeeper } from "./credentials.js";
import { type Receiver, receiveDelete, receiveOther, receivePush } from "./receive-push.js";

/** What a server of an aggregator serves. */
export interface Served {
  readonly gatekeeper: Gatekeeper;
  readonly receiver: Receiver;
  /** The state is read. */
  readonly isReady: () => boolean;
  /** Answers a scrape. */
  readonly scrape: (request: IncomingMessage, response: ServerResponse) => void;
  readonly page: () => string;
}

/** Decides what becomes of a request. */
export function serve({ gatekeeper, receiver, isReady, scrape, page }: Served): RequestListener {
  return (request, response) => {
    const { method = "", url = "" } = request;
    if (!url.startsWith("/")) {
      answer(response, 400, "the request names no path of this server");
      return;
    }
    const query = url.indexOf("?");
    const path = query < 0 ? url : url.slice(0, query);
    const isRead = method === "GET" || method === "HEAD";
    if (isRead && path === "/-/healthy") {
      answer(response, 200, "healthy");
      return;
    }
    if (isRead && path === "/-/ready") {
      if (isReady()) answer(response, 200, "ready");
      else answer(response, 503, "the state is being read: try again in a moment");
      return;
    }
    if (gatekeeper.asks && !gatekeeper.admits(request)) {
      response.setHeader("www-authenticate", gatekeeper.challenge);
      answer(response, 401, gatekeeper.wanted);
      return;
    }
    if (!isReady()) {
      answer(response, 503, "the state is being read: try again in a moment");
      return;
    }
    if (isRead && path === "/metrics") scrape(request, response);
    else if (isRead && path === "/") show(response, method, page());
    else if (method === "PUT" && path.includes("/instance"))
      receivePush(request, response, path, receiver);
    else if (method === "DELETE" && path.includes("/instance"))
      receiveDelete(request, response, path, receiver);
    else if (method === "PUT" || method === "POST" || method === "DELETE")
      receiveOther(request, response, path, receiver);
    else receiver.passOn(request, response);
  };
}

function show(response: ServerResponse, method: string, page: string): void {
  response
    .writeHead(200, { ...PAGE_HEADERS, "content-length": Buffer.byteLength(page) })
    .end(method === "HEAD" ? undefined : page);
}
