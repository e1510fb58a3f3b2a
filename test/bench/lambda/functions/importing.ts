import { createRequire } from "node:module";
import { cpuUs } from "./cpu-report.js";

/** What a cold start has taken so far. */
export interface ColdStart {
  readonly pid: number;
  readonly importMs: number;
  /** CPU time of the whole process, in microseconds. */
  readonly importCpuUs: number;
  /** The same, from the start of the process until the import had ended. */
  readonly importedAtCpuUs: number;
}

type Handler = (event: unknown, context: unknown) => Promise<void>;

const { IMPORTED = "", LOADED_BY } = process.env;
const startedMs = performance.now();
const startedUs = cpuUs();
const loaded = (
  LOADED_BY === "require" ? createRequire(import.meta.url)(IMPORTED) : await import(IMPORTED)
) as { readonly handler: Handler };
const importMs = performance.now() - startedMs;
const importedAtCpuUs = cpuUs();
const coldStart: ColdStart = {
  pid: process.pid,
  importMs,
  importCpuUs: importedAtCpuUs - startedUs,
  importedAtCpuUs,
};

/** Calls the imported handler. The environment's start waited for the import. */
export const handler = async (event: unknown, context: unknown) => {
  await loaded.handler(event, context);
  return coldStart;
};
