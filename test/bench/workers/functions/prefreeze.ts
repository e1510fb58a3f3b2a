import { instrument } from "@prefreeze/cloudflare-workers";
import { shop } from "./shop.js";

export default instrument(shop);
