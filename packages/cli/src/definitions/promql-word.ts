/** Whether PromQL reads a name as a number or as a word of its own, not as a metric. */
export function isPromqlWord(name: string): boolean {
  return WORDS.test(name);
}

const WORDS =
  /^(inf|nan|and|or|unless|atan2|sum|avg|count|min|max|group|stddev|stdvar|topk|bottomk|count_values|quantile|limitk|limit_ratio|offset|smoothed|anchored|by|without|on|ignoring|group_left|group_right|bool|start|end|step|range)$/i;
