export function bundleWithWebpack(
  entry: string,
  outdir: string,
  options: { format: "cjs" | "esm"; minify: boolean },
): Promise<void>;
