import { SourceMap, type SourceMapPayload } from "node:module";
import { type Bundle, gzippedBytes } from "./bundle.js";

/** What one module adds to a bundle. */
export interface Contribution {
  /** Its path below `packages/`, such as `core/dist/esm/metrics/cells.js`. */
  readonly module: string;
  readonly minifiedBytes: number;
  /** How much smaller the gzipped bundle is without the module's text. The sum is less than the whole. */
  readonly gzippedBytes: number;
}

/** Returns the contributions of all modules, the largest first. */
export function contributionsTo(bundle: Bundle): readonly Contribution[] {
  const spans = spansByModule(bundle);
  const modules = [...new Set(spans.map(({ module }) => module))];
  return modules
    .map((module) => {
      const text = (ofThis: boolean) =>
        spans.flatMap((span) => ((span.module === module) === ofThis ? [span.text] : [])).join("");
      return {
        module,
        minifiedBytes: Buffer.byteLength(text(true)),
        gzippedBytes: bundle.gzippedBytes - gzippedBytes(text(false)),
      };
    })
    .sort((a, b) => b.gzippedBytes - a.gzippedBytes);
}

/** Cuts the bundle's text at each change of the source module. */
function spansByModule({ text, map }: Bundle): { module: string; text: string }[] {
  const sourceMap = new SourceMap(JSON.parse(map) as SourceMapPayload);
  const spans: { module: string; text: string }[] = [];
  for (const [lineIndex, line] of text.split("\n").entries()) {
    for (let column = 0; column < line.length; column++) {
      const entry = sourceMap.findEntry(lineIndex, column);
      const source = "originalSource" in entry ? entry.originalSource : "";
      const module = source.replace(/^.*\/packages\//, "") || "(esbuild's own)";
      const last = spans.at(-1);
      if (last?.module === module) last.text += line[column];
      else spans.push({ module, text: line[column] ?? "" });
    }
  }
  return spans;
}
