// The same handlers bare and wrapped, to compare their answers.
import { instrument } from "@prefreeze/vercel";

export const wrap = process.env.BARE ? (handler) => handler : instrument;

/** A body of two chunks, which takes 200 ms. */
export function chunks() {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(encoder.encode("a"));
      await new Promise((resolve) => setTimeout(resolve, 200));
      controller.enqueue(encoder.encode("b"));
      controller.close();
    },
  });
}
