import { fileURLToPath } from "node:url";
import { installLane } from "@prefreeze/install-lane";

/** The folder with the tools that read templates: 98 MB, so they are no part of everybody's install. */
export const templatesLane = fileURLToPath(new URL(".", import.meta.url));

export async function installTemplateTools(): Promise<void> {
  await installLane(templatesLane);
}
