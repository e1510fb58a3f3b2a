import { instrument } from "@prefreeze/cloudflare-workers";
import { Router } from "itty-router";

const router = instrument(Router());
router.get("/hello/:name", ({ params }) => new Response(`hello ${params.name}`));
router.all("*", () => new Response("nothing here", { status: 404 }));

export default router;
