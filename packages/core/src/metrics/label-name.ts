/**
 * Whether a label may have this name: no `__…`, and none that Prometheus or the gateway sets itself.
 *
 * Source: https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 */
export function isLabelName(name: string): boolean {
  return typeof name === "string" && /^(?!__|(le|quantile|job|instance)$)[a-zA-Z_]\w*$/.test(name);
}
