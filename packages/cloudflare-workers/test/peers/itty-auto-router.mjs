// AutoRouter answers 404 and errors by itself, and makes responses of what routes return.
import { counter, instrument } from "@prefreeze/cloudflare-workers";
import { AutoRouter, error } from "itty-router";

const greetings = counter({ name: "greetings_total", help: "Greetings." });

const router = AutoRouter({ base: "/api" });
router
  .get("/hello/:name", ({ name }, env) => {
    greetings.inc();
    return { hello: name, greeting: env.GREETING };
  })
  .get("/broken", () => {
    throw new RangeError("broken");
  })
  .get("/refused", () => error(403, "refused"));

// As its documentation exports it.
export default instrument({ ...router });
