import type { Transport } from "./transport.js";

/** A transport over the standard `fetch`, which every platform has. */
export const fetchTransport: Transport = async ({ url, method, headers, body, signal }) => {
  const response = await fetch(url, {
    method,
    headers,
    signal,
    redirect: "manual",
    ...(body && { body }),
  });
  return { status: response.status, body: await response.text() };
};
