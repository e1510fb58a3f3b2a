import { instrument } from "@prefreeze/aws-lambda";
import { shop } from "./shop.js";

export const handler = instrument(shop);
