import type { ReactNode } from "react";
import type { Instrumentation, NextApiHandler } from "next";
import { type NextProxy, type NextRequest, NextResponse } from "next/server";
import {
  instrument,
  instrumentAction,
  instrumentPage,
  onRequestError,
  register,
} from "@prefreeze/vercel/next";

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function holds<_T extends true>(): void {}

const route = instrument(
  async (_request: NextRequest, { params }: { params: Promise<{ id: string }> }) =>
    Response.json(await params),
  { job: "shop" },
);
holds<
  Equal<
    typeof route,
    (request: NextRequest, context: { params: Promise<{ id: string }> }) => Promise<Response>
  >
>();

// Inline handlers: the request needs no annotation.
const inline = instrument(async (request) => {
  holds<Equal<typeof request, Request>>();
  return new Response(request.url);
});
holds<Equal<typeof inline, (request: Request) => Promise<Response>>>();

export const proxy: NextProxy = instrument((request, event) => {
  holds<Equal<typeof request, NextRequest>>();
  event.waitUntil(Promise.resolve());
  return NextResponse.next();
});

export const api: NextApiHandler = instrument(async (request, response) => {
  // @ts-expect-error -- a response has no such method
  response.nonsense();
  response.status(200).json(request.query);
});

const action = instrumentAction(async (plan: string, form: FormData) => `${plan}${form.get("n")}`);
holds<Equal<typeof action, (plan: string, form: FormData) => Promise<string>>>();

const Layout = instrumentPage(({ children }: { readonly children: ReactNode }) => (
  <main>{children}</main>
));
export const used = <Layout>text</Layout>;
// @ts-expect-error -- it needs children
export const wrong = <Layout />;

export const hook: Instrumentation.onRequestError = onRequestError;
export const started: Promise<void> = register({ job: "shop" });
// @ts-expect-error -- there is no such option
void register({ jobs: "shop" });
// @ts-expect-error -- not a handler
instrument("handler");
