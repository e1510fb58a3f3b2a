import type { RequestListener } from "node:http";
import type { Aggregate } from "@prefreeze/core/aggregate";
import type { Commits } from "../store/commits.js";
import { answer } from "./answer.js";

/**
 * Answers scrapes with the totals of all jobs, and with what the aggregator tells about itself.
 *
 * @param ownText the aggregator's own metrics
 */
export function createScrape(
  aggregate: Pick<Aggregate, "page" | "pageShown">,
  commits: Commits,
  ownText: () => string,
): RequestListener {
  return (request, response) => {
    const text = aggregate.page(Date.now()) + ownText();
    // What is shown must not fall when this process is killed now.
    commits.whenDurable((error) => {
      if (error) {
        answer(
          response,
          503,
          "the state cannot be written now, and no total may be shown before it is",
        );
        return;
      }
      // A scrape that was given up has shown nothing.
      response.on("finish", () => {
        if (request.method !== "GET") return;
        aggregate.pageShown(Date.now());
        commits.whenDurable(() => undefined);
      });
      response.writeHead(200, {
        "content-type": "text/plain; version=0.0.4; charset=utf-8",
        "content-length": Buffer.byteLength(text),
      });
      response.end(request.method === "HEAD" ? undefined : text);
    });
  };
}
