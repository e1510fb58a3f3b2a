import type { DataSource } from "./dashboard.js";

/** The data source that the reader has chosen: no dashboard knows the one of another installation. */
export const chosenDataSource: DataSource = { type: "prometheus", uid: "${datasource}" };
