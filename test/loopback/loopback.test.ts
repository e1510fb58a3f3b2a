import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { ownPort } from "./own-port.js";
import { REFUSING_ADDRESS } from "./refusing-address.js";

async function listen(port: number): Promise<number> {
  const server = createServer().listen(port, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("connections to the refusing address are refused, also those of fetch", async () => {
  const socket = connect(Number(new URL(REFUSING_ADDRESS).port), "127.0.0.1");
  await expect(once(socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(fetch(REFUSING_ADDRESS)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
});

test("an own port can be listened on, and is below those that servers are given", async () => {
  const port = await ownPort();
  expect(await listen(port)).toBe(port);
  expect(await listen(0)).toBeGreaterThan(port);
});

test("an own port stays its owner's while nothing listens on it", async () => {
  const random = vi.spyOn(Math, "random");
  onTestFinished(() => random.mockRestore());
  const first = await ownPort();
  // The next call tries the same place first: had the first port been free, it would have been given again.
  const place = random.mock.results.at(-1)?.value as number;
  random.mockClear().mockReturnValueOnce(place);
  const second = await ownPort();
  expect(random.mock.results[0]?.value).toBe(place);
  expect(second).not.toBe(first);
});
