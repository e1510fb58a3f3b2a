import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Dashboard, QueryPanel } from "../../../packages/cli/src/dashboard/dashboard.js";
import { shippedDashboards } from "../../../packages/cli/src/dashboard/shipped-dashboards.js";
import { writtenDashboard } from "../../../packages/cli/src/dashboard/written-dashboard.js";
import { compileDashboards } from "./compile-dashboards.js";

const infra = fileURLToPath(new URL("../../../infra", import.meta.url));
const folder = join(infra, "grafana/dashboards");
const files = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]),
);
const dashboards = Object.entries(files).map(
  ([name, text]) => [name, JSON.parse(text) as Dashboard] as const,
);
const queryPanels = ({ panels }: Dashboard) =>
  panels.filter((panel): panel is QueryPanel => panel.type !== "row");

test("the shipped files are what their source writes: `npm run dashboards` writes them again", () => {
  const written = Object.entries(shippedDashboards()).map(([name, dashboard]) => [
    name,
    writtenDashboard(dashboard),
  ]);
  expect(files).toEqual(Object.fromEntries(written));
});

test("the shipped files are values of Grafana's own types, without a property that these do not have", async () => {
  expect(await compileDashboards(files)).toBe("");
}, 60_000);

test.each([
  ['"drawStyle": "line"', '"drawStyle": "wavy"'],
  ['"lineWidth": 1', '"lineHeight": 1'],
  ['"graphTooltip": 1', '"graphTooltip": 3'],
  ['"cellHeight": "sm"', '"cellHeight": "tiny"'],
  ['"refresh": 2', '"refreshed": 2'],
  ['"colorMode": "value"', '"colorMode": "values"'],
])(
  "the check by Grafana's types accepts %s, and refuses %s",
  async (right, wrong) => {
    const spoilt = files["overview.json"]!.replace(right, wrong);
    expect(spoilt).toContain(wrong);
    const word = wrong.match(/\w+/g)!.find((each) => !right.includes(each))!;
    expect(await compileDashboards({ "overview.json": spoilt })).toContain(word);
  },
  60_000,
);

test("dashboards have uids and titles of their own", () => {
  for (const key of ["uid", "title"] as const) {
    const values = dashboards.map(([, dashboard]) => dashboard[key]);
    expect(new Set(values).size).toBe(values.length);
  }
  for (const [, { uid }] of dashboards) expect(uid).toMatch(/^[a-z-]{1,40}$/);
});

test("the provisioned data source has the interval at which the shipped Prometheus scrapes", () => {
  const read = (path: string) => parse(readFileSync(join(infra, path), "utf8")) as unknown;
  const { global } = read("prometheus/prometheus.yml") as {
    readonly global: { readonly scrape_interval: string };
  };
  expect(read("grafana/provisioning/datasources/prometheus.yaml")).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: "prometheus", jsonData: { timeInterval: global.scrape_interval } }],
  });
  // The guide copies the files to where the provider looks for them.
  const guide = readFileSync(join(infra, "grafana/README.md"), "utf8");
  const { providers } = read("grafana/provisioning/dashboards/prefreeze.yaml") as {
    readonly providers: readonly { readonly options: { readonly path: string } }[];
  };
  expect(guide).toContain(`-t ${providers[0]!.options.path} infra/grafana/dashboards/*.json`);
});

describe.each(dashboards)("%s", (_, dashboard) => {
  test("asks the data source that the reader has chosen, and no other", () => {
    const uids = JSON.stringify(dashboard).match(/"uid":"[^"]*"/g)!;
    expect(new Set(uids)).toEqual(new Set(['"uid":"${datasource}"', `"uid":"${dashboard.uid}"`]));
    expect(dashboard.templating.list[0]).toMatchObject({
      name: "datasource",
      type: "datasource",
      query: "prometheus",
    });
  });

  test("explains every panel and every variable", () => {
    for (const { title, description } of queryPanels(dashboard)) {
      expect(title).not.toBe("");
      expect(description, title).toMatch(/^[A-Z0-9*].{20,}[.]$/s);
    }
    for (const { name, description } of dashboard.templating.list)
      expect(description, name).toMatch(/^[A-Z].*[.]$/);
  });

  test("gives every number a unit", () => {
    for (const panel of queryPanels(dashboard)) {
      const { defaults, overrides } = panel.fieldConfig;
      const units =
        panel.type === "heatmap"
          ? [(panel.options["yAxis"] as { readonly unit: string }).unit]
          : panel.type === "table"
            ? overrides.flatMap(({ properties }) =>
                properties.filter(({ id }) => id === "unit").map(({ value }) => value),
              )
            : [defaults.unit];
      // A table of labels has no numbers.
      if (panel.title !== "target_info") expect(units, panel.title).not.toEqual([]);
      for (const unit of units)
        expect(["s", "bytes", "percentunit", "ops", "short"]).toContain(unit);
    }
  });

  test("names its series, and selects no bucket by the text of its bound", () => {
    for (const { title, type, targets } of queryPanels(dashboard)) {
      for (const { expr, legendFormat } of targets) {
        if (type === "timeseries" && title !== "$gauge") expect(legendFormat, title).not.toBe("");
        expect(expr).not.toMatch(/\ble\s*[=!]/);
        // A window of its own leaves out data when the steps are longer.
        expect(expr).not.toMatch(/\[\d/);
      }
    }
  });

  test("has panels that do not overlap, within 24 columns, with ids of their own", () => {
    const taken = new Set<string>();
    for (const { gridPos, title } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x},${y}`), title).toBe(false);
          taken.add(`${x},${y}`);
        }
    }
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("links to runbooks that exist", () => {
    const runbooks = readFileSync(join(infra, "prometheus/RUNBOOKS.md"), "utf8");
    const alerts = runbooks.matchAll(/^### (\w+)$/gm);
    const anchors = new Set(Array.from(alerts, ([, alert]) => alert!.toLowerCase()));
    const linked = Array.from(JSON.stringify(dashboard).matchAll(/RUNBOOKS\.md#(\w+)/g));
    expect(linked.length).toBeGreaterThan(5);
    for (const [, anchor] of linked) expect(anchors).toContain(anchor);
  });

  test("links to dashboards that exist", () => {
    const linked = JSON.stringify(dashboard).matchAll(/\/d\/([\w-]+)/g);
    for (const [, uid] of linked) expect(dashboards.map(([, each]) => each.uid)).toContain(uid);
  });
});
