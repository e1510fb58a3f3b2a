import { type Dashboard, type DashboardLink, SCHEMA_VERSION, type Variable } from "./dashboard.js";
import { layOut, type Section } from "./layout.js";
import { RUNBOOKS } from "./runbooks.js";

const TAG = "prefreeze";

/** A dashboard of these sections, with links to the others. */
export function dashboardWith(words: {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
}): Dashboard {
  const { uid, title, description, variables, sections } = words;
  return {
    uid,
    title,
    description,
    tags: [TAG],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    // All panels show the time that the mouse points at.
    graphTooltip: 1,
    time: { from: "now-1h", to: "now" },
    refresh: "30s",
    timezone: "browser",
    fiscalYearStartMonth: 0,
    weekStart: "",
    timepicker: {},
    annotations: { list: [] },
    links,
    templating: { list: variables },
    panels: layOut(sections),
  };
}

const link: DashboardLink = {
  asDropdown: false,
  icon: "external link",
  includeVars: false,
  keepTime: false,
  tags: [],
  targetBlank: false,
  title: "",
  tooltip: "",
  type: "dashboards",
  url: "",
};

const links: readonly DashboardLink[] = [
  {
    ...link,
    asDropdown: true,
    includeVars: true,
    keepTime: true,
    tags: [TAG],
    title: "prefreeze",
    tooltip: "The other dashboards, at the same time",
  },
  {
    ...link,
    icon: "doc",
    targetBlank: true,
    title: "Runbooks",
    tooltip: "What each alert means, and what to do",
    type: "link",
    url: RUNBOOKS,
  },
];
