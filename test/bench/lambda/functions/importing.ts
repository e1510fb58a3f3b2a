import { createRequire } from "node:module";
import { cpuUs } from "./cpu-report.js";

/** What a cold start has taken. */
export interface ColdStart {
  readonly importMs: number;
  /** CPU time of the whole process, in microseconds, with that of threads that have ended. */
  readonly importCpuUs: number;
  /** The same, from the end of the import until the second invocation began. */
  readonly firstInvocationCpuUs: number;
}

type Handler = (event: unknown, context: unknown) => Promise<void>;

const { IMPORTED = "", LOADED_BY } = process.env;
// Reading `performance` would load a module that the import may have to load.
const startedNs = process.hrtime.bigint();
const startedUs = cpuUs();
const loaded = (
  LOADED_BY === "require" ? createRequire(import.meta.url)(IMPORTED) : await import(IMPORTED)
) as { readonly handler: Handler };
const importMs = Number(process.hrtime.bigint() - startedNs) / 1e6;
const importedAtCpuUs = cpuUs();
let invocations = 0;

/** Calls the imported handler, which the environment's start waited for, once. The second call returns what that took. */
export const handler = async (event: unknown, context: unknown): Promise<ColdStart> => {
  const firstInvocationCpuUs = cpuUs() - importedAtCpuUs;
  if (invocations++ === 0) await loaded.handler(event, context);
  return { importMs, importCpuUs: importedAtCpuUs - startedUs, firstInvocationCpuUs };
};
