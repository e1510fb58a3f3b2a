// `npm run check`: types, lint, format, unused code, and the packages as npm would publish them. Installs and
// builds what is missing.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

const checks = [
  { what: "types of tests and examples", command: ["tsc", "-p", "test"] },
  {
    what: "types of the Workers example, with Cloudflare's",
    command: ["tsc", "-p", "examples/cloudflare-workers"],
  },
  { what: "lint", command: ["oxlint"], fix: "`npx oxlint --fix` fixes some of them." },
  { what: "format", command: ["oxfmt", "--check"], fix: "`npx oxfmt` fixes it." },
  { what: "unused files, exports and dependencies", command: ["knip"] },
  { what: "packed packages", command: ["tsx", "test/packaging/check-published.ts"] },
  { what: "docstrings of the public API", command: ["tsx", "test/api-reference/check.ts"] },
];

try {
  await prepare();
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

const failed = checks.filter(({ what, command: [program, ...args], fix }) => {
  const startedMs = performance.now();
  const { status, stdout, stderr, error } = spawnSync(
    join(root, "node_modules/.bin", program),
    args,
    {
      cwd: root,
      encoding: "utf8",
      shell: process.platform === "win32",
    },
  );
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${what} (${seconds} s)`);
  if (status === 0) return false;
  console.error([stdout, stderr, error?.message, fix].filter(Boolean).join("\n"));
  return true;
});

const names = failed.map(({ what }) => what).join(", ");
console.log(failed.length === 0 ? "\nAll checks passed." : `\nFailed: ${names}`);
process.exitCode = failed.length === 0 ? 0 : 1;
