import { expect, onTestFinished, test, vi } from "vitest";

test("concurrent calls of a server action that is bound to the same value are all counted", async () => {
  for (const [name, value] of Object.entries({ VERCEL: "1", PUSHGATEWAY_URL: "" }))
    vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.spyOn(console, "warn").mockReturnValue();
  const { counter, instrument, onInvocation } = await import("@prefreeze/vercel");
  const likes = counter({ name: "likes_total", help: "Likes." });
  const seen: unknown[] = [];
  onInvocation((record) => seen.push(record.value("likes_total")));
  const like = instrument(async (_product: string, _form: FormData) => {
    await Promise.resolve();
    likes.inc();
  });
  const likeOne = like.bind(null, "one");
  await Promise.all([likeOne(new FormData()), likeOne(new FormData())]);
  expect(seen).toEqual([1, 1]);
});
