import { type Gateway, startGateway } from "@prefreeze/gateway";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";

async function importOrders(pushgatewayUrl: string): Promise<void> {
  await fetch(`${pushgatewayUrl}/metrics/job/import`, {
    method: "PUT",
    body: `# TYPE orders_imported_total counter
orders_imported_total{plan="pro"} 2
orders_imported_total{plan="free"} 1
`,
  });
}

let gateway: Gateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterEach(async () => {
  await gateway.reset();
});

afterAll(async () => {
  await gateway.stop();
});

test("the import pushes how many orders it read", async () => {
  await importOrders(gateway.url);
  expect(await gateway.value("orders_imported_total")).toBe(3);
  expect(await gateway.value("orders_imported_total", { plan: "pro" })).toBe(2);
  expect(await gateway.value("orders_imported_total", { plan: "trial" })).toBeUndefined();
});
