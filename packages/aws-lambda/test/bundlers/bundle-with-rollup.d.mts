export function bundleWithRollup(
  entry: string,
  outdir: string,
  options: { format: "cjs" | "esm"; fromCommonJs: boolean },
): Promise<void>;
