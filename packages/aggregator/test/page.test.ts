import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { findChromium } from "../../../test/browser/chromium.js";
import { useGateway } from "../../../test/pushgateway/use-gateway.js";
import { PAGE_HEADERS, renderPage } from "../src/page/render-page.js";
import type { AggregatorStatus } from "../src/page/status.js";
import { snapshot } from "./snapshot.js";
import { ask, start } from "./use-aggregator.js";

const NOW_MS = Date.UTC(2026, 10, 29, 12);
const EVIL = `<script>document.title = "owned"</script><img src=x onerror="document.title='owned'">"'&`;

const status: AggregatorStatus = {
  name: undefined,
  version: "1.2.3",
  startedMs: NOW_MS - 3 * 86_400_000,
  jobs: [
    {
      labels: { job: "orders", region: "eu-central-1" },
      lives: 8412,
      series: 212,
      newestPushMs: NOW_MS - 95_000,
    },
    { labels: { job: "reports" }, lives: 0, series: 10_000, newestPushMs: NOW_MS - 5 * 3_600_000 },
  ],
  lives: 12_345,
  maxLives: 200_000,
  maxSeries: 10_000,
  gateway: {
    url: "http://127.0.0.1:9091",
    state: "up",
    sinceMs: NOW_MS - 60_000,
    acknowledgedMs: NOW_MS - 2000,
    reason: undefined,
  },
};

describe("the text of the page", () => {
  test.each([
    "prefreeze 1.2.3, running for 3 days",
    "8,412",
    "12,345 lives remembered, of at most 200,000",
    "at most 10,000 a job",
    "<bdi>region</bdi>=<b><bdi>eu-central-1</bdi></b>",
    "95 seconds ago",
    "5 hours ago",
    "up to date",
    "The limit is reached: new label values add up as _overflow.",
  ])("has: %s", (text) => {
    expect(renderPage(status, NOW_MS)).toContain(text);
  });

  test("says for how long the Pushgateway has been away, and why", () => {
    const gateway = {
      ...status.gateway,
      state: "away" as const,
      sinceMs: NOW_MS - 180_000,
      reason: "connect ECONNREFUSED",
    };
    const page = renderPage({ ...status, gateway }, NOW_MS);
    expect(page).toContain("away for 3 minutes");
    expect(page).toContain("connect ECONNREFUSED");
    expect(page).toContain("<title>Aggregator: the Pushgateway is away</title>");
  });

  test("says what to do when nothing has been pushed", () => {
    expect(renderPage({ ...status, jobs: [] }, NOW_MS)).toContain("No function has pushed yet");
  });

  test("shows the newest 200 of many jobs, and says how many are left out", () => {
    const jobs = Array.from({ length: 203 }, (_, i) => ({
      labels: { job: `job-${i}` },
      lives: 1,
      series: 1,
      newestPushMs: NOW_MS - i,
    }));
    const page = renderPage({ ...status, jobs: jobs.toReversed() }, NOW_MS);
    expect(page).toContain("<bdi>job-199</bdi>");
    expect(page).not.toContain("<bdi>job-200</bdi>");
    expect(page).toContain("3 more jobs, silent for longer");
  });

  test("is short whatever names are pushed, and has no tag and no quote of theirs", () => {
    const plain = renderPage(withLabels({ job: "", label: "" }), NOW_MS);
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 5000 }),
      fc.constantFrom(EVIL, "</bdi></th>", "\u202E\u2066x", "\uD800", "<".repeat(5000)),
    );
    fc.assert(
      fc.property(text, text, (job, label) => {
        const page = renderPage(withLabels({ job, label }), NOW_MS);
        expect(page.length).toBeLessThan(plain.length + 2000);
        const marks = (html: string) =>
          html.replaceAll("<i>empty</i>", "<bdi></bdi>").match(/[<>"]/g);
        expect(marks(page)).toEqual(marks(plain));
        expect(page).not.toMatch(/[\u202a-\u202e\u2066-\u2069]|[^\n\P{Cc}]/u);
      }),
    );
  });

  function withLabels(labels: Readonly<Record<string, string>>): AggregatorStatus {
    return { ...status, jobs: [{ labels, lives: 1, series: 1, newestPushMs: NOW_MS }] };
  }
});

const found = await findChromium();

// Without a browser, the name of the tests says how to get one.
describe.runIf(typeof found !== "string")(
  `the page in Chromium${typeof found === "string" ? ` (${found})` : ""}`,
  () => {
    const gateway = useGateway(false);
    let browser: Browser;
    beforeAll(async () => {
      const { program, environment } = found as Exclude<typeof found, string>;
      browser = await chromium.launch({
        executablePath: program,
        env: { ...process.env, ...environment },
        // Chromium's sandbox does not work for root.
        args: ["--no-sandbox"],
      });
    });
    afterAll(() => browser?.close());

    /** Opens the page. @returns it, and all that the browser complained of */
    async function open(
      url: string,
      options: Parameters<Browser["newPage"]>[0] = {},
    ): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
      const page = await browser.newPage(options);
      onTestFinished(() => page.close());
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
      await page.goto(url);
      return { page, complaints };
    }

    /** Serves the page for this status. */
    async function serve(shown: AggregatorStatus): Promise<string> {
      const server = createServer((_, response) =>
        response.writeHead(200, PAGE_HEADERS).end(renderPage(shown, NOW_MS)),
      ).listen(0, "127.0.0.1");
      await once(server, "listening");
      onTestFinished(() => {
        server.closeAllConnections();
        server.close();
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    }

    test("of a running aggregator shows each job, as it is after a push, and runs nothing that was pushed", async () => {
      const aggregator = await start({ pushgateway: gateway.url, name: "west" });
      const evil = Buffer.from(EVIL).toString("base64url");
      for (const path of ["job/orders/region/eu/instance/a", "job/orders/region/eu/instance/b"]) {
        const pushed = snapshot(1, { 'orders_total{plan="pro"}': 3 });
        expect(await ask("PUT", `${aggregator.url}/metrics/${path}`, pushed)).toEqual([200, ""]);
      }
      const hostile = `${aggregator.url}/metrics/job@base64/${evil}/zone@base64/${evil}/instance/c`;
      expect(await ask("PUT", hostile, snapshot(1, { orders_total: 1 }))).toEqual([200, ""]);

      const { page, complaints } = await open(`${aggregator.url}/`);
      expect(await page.title()).toBe("Aggregator");
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Aggregator west");
      const row = (name: string) => page.getByRole("row").filter({ hasText: name });
      const header = row("orders").getByRole("rowheader");
      expect(await header.locator(".label").allInnerTexts()).toEqual(
        expect.arrayContaining(["region=eu", "aggregator=west"]),
      );
      expect(await row("orders").getByRole("cell").allInnerTexts()).toEqual([
        "2",
        expect.stringMatching(/^just now$|^\d+ seconds? ago$/),
        expect.stringMatching(/^\d+$/),
      ]);
      expect(await row("script").getByRole("rowheader").innerText()).toContain(EVIL.slice(0, 40));
      expect(await page.locator("script, img, iframe, [onerror], [style]").count()).toBe(0);
      expect(complaints).toEqual([]);

      await page.getByRole("link", { name: "/metrics" }).click();
      expect(new URL(page.url()).pathname).toBe("/metrics");
    });

    test("says that the Pushgateway is away", async () => {
      const url = await serve({ ...status, gateway: { ...status.gateway, state: "away" } });
      const { page } = await open(url);
      expect(await page.getByText("away for 60 seconds").isVisible()).toBe(true);
    });

    test.each([320, 390, 768, 1280])(
      "needs no sideways scrolling in a window %i pixels wide, whatever the names",
      async (width) => {
        const labels = {
          job: "x".repeat(1000),
          other: "y".repeat(1000),
          third: "z z ".repeat(100),
        };
        const job = { ...status.jobs[1]!, labels };
        const url = await serve({ ...status, jobs: [...status.jobs, job] });
        const { page } = await open(url, { viewport: { width, height: 800 } });
        const { inner, scroll } = (await page.evaluate(
          "({ inner: innerWidth, scroll: document.documentElement.scrollWidth })",
        )) as { readonly inner: number; readonly scroll: number };
        expect(scroll).toBe(inner);
        expect(inner).toBe(width);
      },
    );

    test("is dark for those who want it dark, with readable contrast in both", async () => {
      const url = await serve(status);
      const lightness: Record<string, readonly number[]> = {};
      for (const colorScheme of ["light", "dark"] as const) {
        const { page, complaints } = await open(url, { colorScheme });
        // The style sheet applies, though the policy allows no other.
        expect(complaints).toEqual([]);
        lightness[colorScheme] =
          (await page.evaluate(`["background-color", "color"].map((property) =>
          getComputedStyle(document.body).getPropertyValue(property).match(/\\d+/g).slice(0, 3)
            .reduce((sum, part) => sum + Number(part) / 765, 0))`)) as number[];
      }
      const { light: [paper = 0, ink = 0] = [], dark: [night = 0, chalk = 0] = [] } = lightness;
      expect([paper > 0.9, ink < 0.2, night < 0.15, chalk > 0.85]).toEqual([
        true,
        true,
        true,
        true,
      ]);
    });
  },
);
