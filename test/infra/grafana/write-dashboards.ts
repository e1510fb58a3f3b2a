// `npm run dashboards`: writes the dashboards of infra/grafana/dashboards/ again, from packages/cli/src/dashboard/.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shippedDashboards } from "../../../packages/cli/src/dashboard/shipped-dashboards.js";
import { writtenDashboard } from "../../../packages/cli/src/dashboard/written-dashboard.js";

const folder = fileURLToPath(new URL("../../../infra/grafana/dashboards", import.meta.url));

mkdirSync(folder, { recursive: true });
for (const [name, dashboard] of Object.entries(shippedDashboards()))
  writeFileSync(join(folder, name), writtenDashboard(dashboard));
