import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Whether the nearest package.json makes `.js` files ES modules. An unreadable package.json does not, and the
 * search ends at `node_modules`, as in aws-lambda-ric 3.
 */
export function isTypeModule(folder: string): boolean {
  if (folder.endsWith("/node_modules")) return false;
  const file = join(folder, "package.json");
  if (existsSync(file)) return typeIn(file) === "module";
  const parent = dirname(folder);
  return parent !== folder && isTypeModule(parent);
}

function typeIn(file: string): unknown {
  try {
    return (JSON.parse(readFileSync(file, "utf8")) as { readonly type?: unknown }).type;
  } catch {
    return undefined;
  }
}
