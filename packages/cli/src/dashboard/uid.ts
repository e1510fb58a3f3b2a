import { createHash } from "node:crypto";

/**
 * The same uid for the same title, in the letters and the length that Grafana takes.
 *
 * @param title any text
 */
export function uidOf(title: string): string {
  const words = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 24)
    .replaceAll(/^-|-$/g, "");
  // Titles that differ in other letters only are different ones.
  return `${words}-${createHash("sha256").update(title).digest("hex").slice(0, 8)}`;
}
