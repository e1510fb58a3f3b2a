import type { IncomingMessage, ServerResponse } from "node:http";
import { instrument } from "@prefreeze/vercel";
import { type Equal, holds } from "../../../../test/types/equal.js";

// The types of `@vercel/node`, reduced to what matters here.
type VercelRequest = IncomingMessage & {
  readonly query: Partial<Record<string, string | string[]>>;
};
type VercelResponse = ServerResponse & { json(body: unknown): VercelResponse };
type VercelApiHandler = (
  req: VercelRequest,
  res: VercelResponse,
) => void | VercelResponse | Promise<void | VercelResponse>;

// Declared handlers keep their types.
declare const api: VercelApiHandler;
const wrappedApi = instrument(api, { job: "shop" });
holds<Equal<typeof wrappedApi, VercelApiHandler>>();

const typed = instrument((req: VercelRequest, res: VercelResponse) => res.json(req.query));
holds<Equal<typeof typed, (req: VercelRequest, res: VercelResponse) => VercelResponse>>();

// A route handler of Next.js keeps its second parameter.
const route = instrument(
  async (_request: Request, { params }: { params: Promise<{ id: string }> }) =>
    Response.json(await params),
);
holds<
  Equal<
    typeof route,
    (request: Request, context: { params: Promise<{ id: string }> }) => Promise<Response>
  >
>();

// Inline handlers: the request needs no annotation.
export const GET = instrument(async (request) => {
  holds<Equal<typeof request, Request>>();
  return new Response(request.url);
});
holds<Equal<typeof GET, (request: Request) => Promise<Response>>>();

const handlers = instrument({
  fetch(request) {
    holds<Equal<typeof request, Request>>();
    return new Response(request.url);
  },
  helper: (): number => 7,
});
holds<Equal<ReturnType<typeof handlers.fetch>, Response>>();
holds<Equal<ReturnType<typeof handlers.helper>, number>>();

// @ts-expect-error -- not a handler
instrument("handler");
// @ts-expect-error -- it has no `fetch`
instrument({ helper: (): number => 7 });
// @ts-expect-error -- there is no such option
instrument(api, { flushTimeout: 1_000 });
