/** What each alert means, and what to do. */
export const RUNBOOKS =
  "https://github.com/prefreeze/prefreeze/blob/main/infra/prometheus/RUNBOOKS.md";
