import { quoted } from "./series.js";

/** PromQL reads these as numbers or words of its own, not as metrics. */
const KEYWORD =
  /^(inf|nan|and|or|unless|atan2|sum|avg|count|min|max|group|stddev|stdvar|topk|bottomk|count_values|quantile|limitk|limit_ratio|offset|smoothed|anchored|by|without|on|ignoring|group_left|group_right|bool|start|end|step|range)$/i;

/** A metric as PromQL selects it, also if its name is a word of PromQL. */
export function selector(name: string): string {
  return KEYWORD.test(name) ? `{__name__=${quoted(name)}}` : name;
}
