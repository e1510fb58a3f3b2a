import type { Transport } from "./transport.js";

/** Sends requests by the standard `fetch`, which every platform has. */
export const fetchTransport: Transport = async ({ url, method, headers, body, signal }) => {
  const response = await fetch(url, {
    method,
    headers,
    signal,
    redirect: "manual",
    ...(body && { body }),
  });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let answer = "";
  let over = !reader;
  // An answer may be endless.
  while (!over && answer.length < 10_000) {
    const { done, value } = await reader!.read();
    answer += decoder.decode(value, { stream: true });
    over = done;
  }
  await reader?.cancel();
  return { status: response.status, body: answer };
};
