import { instrument } from "@prefreeze/cloudflare-workers";
import sentry from "./sentry.mjs";

export default instrument(sentry);
