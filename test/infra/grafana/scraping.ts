import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";

const shippedFile = fileURLToPath(
  new URL("../../../infra/prometheus/prometheus.yml", import.meta.url),
);

interface Configuration {
  readonly scrape_configs: readonly { readonly job_name: string }[];
}

/**
 * Adds to a configuration of Prometheus what it does besides scraping gateways.
 *
 * @param aggregators the URLs of aggregators: the shipped job `aggregator` scrapes them, without a token
 * @param rules files with rules
 */
export function scraping(
  aggregators: readonly string[],
  rules: readonly string[],
): (configuration: string) => string {
  return (configuration) => {
    const { scrape_configs, ...others } = parse(configuration) as Configuration;
    const shipped = parse(readFileSync(shippedFile, "utf8")) as Configuration;
    const job = shipped.scrape_configs.find(({ job_name }) => job_name === "aggregator");
    if (job === undefined) throw new Error(`${shippedFile} has no job for the aggregator`);
    return stringify({
      ...others,
      rule_files: rules,
      scrape_configs: [
        ...scrape_configs.filter(({ job_name }) => job_name === "pushgateway"),
        {
          ...job,
          authorization: undefined,
          static_configs: [{ targets: aggregators.map((url) => new URL(url).host) }],
        },
      ],
    });
  };
}
