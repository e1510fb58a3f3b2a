import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findOrFetch } from "../../pushgateway/fetch.mjs";

export const composeFile = fileURLToPath(
  new URL("../../../infra/compose/compose.yaml", import.meta.url),
);

export interface ComposeService {
  readonly image: string;
  readonly command: readonly string[];
  readonly restart: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[] };
  readonly networks: Readonly<Record<string, unknown>>;
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly published: string;
    readonly target: number;
  }[];
  readonly volumes?: readonly {
    readonly type: "bind" | "volume";
    readonly source: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
  readonly secrets?: readonly { readonly source: string }[];
}

/** What `docker compose config` makes of a file: it checks the schema, and writes every short form in full. */
export interface ComposeProject {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/**
 * Reads a file as the real Docker Compose does. It asks no daemon.
 *
 * @throws Error with what it says, if it refuses the file
 */
export async function composeProject(file = composeFile): Promise<ComposeProject> {
  const program = await findOrFetch("docker-compose", "trixie");
  const words = ["--file", file, "config", "--format", "json"];
  const { stdout } = await promisify(execFile)(program, words);
  return JSON.parse(stdout) as ComposeProject;
}
