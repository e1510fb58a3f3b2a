import { reportCpu } from "./cpu-report.js";

export const handler = async () => reportCpu();
