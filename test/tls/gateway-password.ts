import { execFile } from "node:child_process";
import { join } from "node:path";
import { fetchWithDependencies } from "../pushgateway/fetch.mjs";

/** The htpasswd of Debian's apache2-utils, and what it needs to run from where it is unpacked. */
export async function htpasswd(): Promise<{ program: string; env: Record<string, string> }> {
  const folder = await fetchWithDependencies(["apache2-utils"], "apache2-utils");
  const libraries = ["x86_64-linux-gnu", "aarch64-linux-gnu"];
  return {
    program: join(folder, "usr/bin/htpasswd"),
    env: { LD_LIBRARY_PATH: libraries.map((name) => join(folder, "usr/lib", name)).join(":") },
  };
}

/** The bcrypt hash of a password, as the guide makes it. */
export async function bcryptHash(password: string): Promise<string> {
  const { program, env } = await htpasswd();
  return new Promise((resolve, reject) => {
    const child = execFile(program, ["-niBC", "10", "prefreeze"], { env }, (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim().replace(/^prefreeze:/, "")),
    );
    child.stdin!.end(`${password}\n`);
  });
}
