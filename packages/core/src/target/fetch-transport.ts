import { nothingSent } from "./push-error.js";
import type { Transport } from "./transport.js";

/** Sends requests by the standard `fetch`, which every platform has. */
export const fetchTransport: Transport = async (request) => {
  const { url, method, headers, body, signal, answerCharacters = 10_000 } = request;
  const init: RequestInit = { method, headers, redirect: "manual", ...(body && { body }) };
  const response = await fetch(url, { ...init, signal }).catch((error: unknown) => {
    throw isValid(url, init) ? error : nothingSent(error);
  });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let answer = "";
  let over = !reader;
  // An answer may be endless.
  while (!over && answer.length < answerCharacters) {
    const { done, value } = await reader!.read();
    answer += decoder.decode(value, { stream: true });
    over = done;
  }
  await reader?.cancel();
  const location = response.headers.get("location") ?? undefined;
  return { status: response.status, body: answer, location };
};

/** `fetch` sends nothing if it cannot make a request of its arguments. */
function isValid(url: string, init: RequestInit): boolean {
  try {
    return Boolean(new Request(url, init));
  } catch {
    return false;
  }
}
