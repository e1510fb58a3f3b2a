export function bundleWithRollup(
  entry: string,
  outdir: string,
  options: { format: "cjs" | "esm" },
): Promise<void>;
