import { appendFile } from "node:fs/promises";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startVercelFunction } from "../../vercel/function.js";
import type { ServerProcess, StartProcess } from "../servers/fleet.js";

/** What production gives a process after SIGTERM, in milliseconds. */
const ENDS_WITHIN_MS = 500;

const production = new URL("../../vercel/production.mjs", import.meta.url).href;
const source = (name: string) => fileURLToPath(new URL(`function/${name}.ts`, import.meta.url));

/** The file in `function/` of each shape. */
const ENTRIES = {
  node: "node",
  methods: "methods",
  fetch: "fetch",
  listen: "listen",
  cron: "methods",
  edge: "edge",
} as const;

/** @param folder an existing directory for the functions */
export async function prepareFunctions(folder: string): Promise<StartProcess> {
  const { edge: _, ...bundled } = ENTRIES;
  await build({
    entryPoints: [...new Set(Object.values(bundled))].map(source),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    external: ["undici"],
  });
  return async ({ shape, bare, env }): Promise<ServerProcess> => {
    const entry = ENTRIES[shape as keyof typeof ENTRIES];
    const notes = await startNotes(env["NOTES"]!);
    const started = await startVercelFunction({
      // The builder bundles functions of the edge runtime itself.
      entrypoint: shape === "edge" ? source(entry) : join(folder, `${entry}.mjs`),
      isolateErrors: true,
      env: {
        NODE_OPTIONS: `--import ${production}`,
        ...env,
        ...(bare && { BARE: "1" }),
        NOTES_URL: notes.url,
      },
    });
    return {
      url: started.url,
      headers: {
        "x-forwarded-host": new URL(started.url).host,
        "x-forwarded-proto": "http",
        "x-forwarded-for": "127.0.0.1",
        "x-vercel-id": "fra1::fra1::test",
      },
      async terminate() {
        const { graceful } = await started.stop({ by: "SIGTERM", limitMs: ENDS_WITHIN_MS });
        await notes.stop();
        return graceful;
      },
      async kill() {
        await started.stop({ by: "SIGTERM", limitMs: 0 });
        await notes.stop();
      },
      logs: () => started.logs(),
    };
  };
}

/** Writes down what functions without files note. */
async function startNotes(file: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    await appendFile(file, `${await text(request)}\n`);
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async stop() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
