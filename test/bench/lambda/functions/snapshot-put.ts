import { readFileSync } from "node:fs";
import { barePut } from "../../workloads/bare-put.js";

const { PUSHGATEWAY_URL = "", SNAPSHOT_FILE = "" } = process.env;

/** Pushes the bytes of `SNAPSHOT_FILE`. */
export const { put } = barePut(PUSHGATEWAY_URL, readFileSync(SNAPSHOT_FILE, "utf8"));
